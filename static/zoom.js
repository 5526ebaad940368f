// A part of the time, on all charts: dragged over, or by the keys. They stand still at it until the
// whole span is asked for again.
{
  const { ringside: page } = globalThis;
  const { points, charts } = page;
  const [nav, zoomed] = document.querySelector(".charts .spans").children;
  /** A drag is longer than a trembling hand. */
  const DRAG_PIXELS = 5;

  page.zoomTo = (range) => {
    // Two points are the least that can be told apart.
    if (range !== null && points.find(range[1]) - points.find(range[0]) < 2) return;
    page.zoom = range;
    const focused = zoomed.contains(document.activeElement);
    nav.classList.toggle("off", range !== null);
    zoomed.classList.toggle("off", range === null);
    if (range !== null) zoomed.firstChild.textContent = `${range.map(page.clock).join(" to ")}`;
    else if (focused) nav.querySelector("[aria-current]")?.focus();
    page.renew();
  };

  /** Whether the key meant something here. */
  page.zoomKey = (key, moment) => {
    const [from, to] = page.view();
    if (key === "Escape" && page.zoom !== null) page.zoomTo(null);
    else if (key === "+" || key === "=") {
      const around = moment ?? (from + to) / 2;
      page.zoomTo([around - (around - from) / 2, around + (to - around) / 2]);
    } else if (key === "-" && page.zoom !== null) {
      const [begin, end] = [page.now() - page.span, page.now()];
      const wider = [Math.max(begin, from - (to - from) / 2), Math.min(end, to + (to - from) / 2)];
      page.zoomTo(wider[0] === begin && wider[1] === end ? null : wider);
    } else return false;
    return true;
  };

  const dragged = (box, chart) => {
    const band = document.createElement("i");
    band.className = "band";
    let begun = null;
    const place = (event) => [begun, page.under(event, chart)].sort((a, b) => a - b);
    const end = () => {
      begun = null;
      band.remove();
    };
    // Words that are marked would be dragged instead.
    box.style.userSelect = "none";
    box.addEventListener("pointerdown", (event) => {
      if (event.button === 0 && chart.plot !== null) begun = page.under(event, chart);
    });
    box.addEventListener("pointermove", (event) => {
      if (begun === null) return;
      const [from, to] = place(event);
      if ((to - from) * chart.plot.over.clientWidth < DRAG_PIXELS) return;
      box.setPointerCapture(event.pointerId);
      chart.plot.over.append(band);
      band.style.left = `${from * 100}%`;
      band.style.width = `${(to - from) * 100}%`;
    });
    box.addEventListener("pointerup", (event) => {
      if (band.isConnected) {
        const [from, to] = page.view();
        page.zoomTo(place(event).map((share) => from + share * (to - from)));
      }
      end();
    });
    box.addEventListener("pointercancel", end);
    box.addEventListener("dblclick", () => page.zoomTo(null));
  };
  for (const [box, chart] of charts) dragged(box, chart);
  zoomed.querySelector("button").addEventListener("click", () => page.zoomTo(null));
  addEventListener("keydown", ({ key, target }) => {
    if (key === "Escape" && page.zoom !== null && !target.closest(".plot")) page.zoomTo(null);
  });
}

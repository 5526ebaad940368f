// One moment on all charts: under the pointer, or moved by the arrow keys. Each chart says its values
// at that moment over its caption, and what the keys move is read aloud.
{
  const { ringside: page, ringsideScale: { label, counted } } = globalThis;
  const { points, charts } = page;
  /** Of the last word to the next. */
  const HEARD_MS = 400;
  const FAR = 10;

  /** Seconds since 1970; null where no chart is looked at. */
  let at = null;
  /** Share of the width, of a pointer that rests while the charts go on. */
  let share = null;
  let heard = 0;

  const heardAs = document.createElement("p");
  heardAs.className = "sr";
  heardAs.role = "status";
  document.body.append(heardAs);

  page.clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19);

  const parts = new Map();
  for (const chart of charts.values()) {
    const said = document.createElement("p");
    said.className = "said";
    said.ariaHidden = "true";
    chart.box.before(said);
    parts.set(chart, { said, line: document.createElement("i") });
  }

  /** Index of the point that is next to the moment. */
  const pointAt = () => {
    const after = points.find(at);
    const { seconds } = points;
    const last = seconds.length - 1;
    return after > last || after > 0 && at - seconds[after - 1] < seconds[after] - at
      ? Math.max(0, after - 1)
      : after;
  };

  /** Name, value and, where it is an estimate, how much was counted: of each line. */
  const valuesOf = (chart, point) => {
    const [lines, shares] = [chart.lines(), chart.shares()];
    return chart.names.map((name, index) => {
      const value = lines[index][point] ?? null;
      const part = shares[index]?.[point] ?? 1;
      return {
        name,
        value: value === null ? "not measured" : label(value, chart.scale),
        share: value === null || part === 1 ? "" : counted(part),
      };
    });
  };

  const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });

  const show = () => {
    if (share !== null) at = page.view()[0] + share * (page.view()[1] - page.view()[0]);
    // What the keys chose leaves the axis as it goes on.
    const gone = at === null || at < page.view()[0] || points.seconds.length === 0;
    const point = gone ? -1 : pointAt();
    for (const [chart, { said, line }] of parts) {
      if (chart.plot === null) continue;
      said.classList.toggle("on", point >= 0);
      said.classList.toggle("doubt", chart.least < 1);
      line.hidden = point < 0;
      if (point < 0 || !chart.seen) continue;
      if (!line.isConnected) {
        line.className = "moment";
        chart.plot.over.append(line);
      }
      const time = points.seconds[point];
      line.style.transform = `translateX(${chart.plot.valToPos(time, "x")}px)`;
      said.replaceChildren(
        element("time", page.clock(time)),
        ...valuesOf(chart, point).map(({ name, value, share }) => {
          const item = element("span", chart.names.length > 1 ? `${name} ` : "");
          item.append(element("b", value), element("small", share));
          return item;
        }),
      );
    }
  };

  /** Said when the keys have rested. */
  const tell = (chart) => {
    clearTimeout(heard);
    heard = setTimeout(() => {
      if (at === null) return heardAs.textContent = "";
      const point = pointAt();
      const values = valuesOf(chart, point).map(({ name, value, share }) => {
        const doubt = share === "" ? "" : `, estimated ${share}`;
        return `${name} ${value}${doubt}`;
      });
      heardAs.textContent = `${page.clock(points.seconds[point])}: ${values.join(", ")}`;
    }, HEARD_MS);
  };

  let asked = false;
  const renew = () => {
    if (!asked) {
      requestAnimationFrame(() => {
        asked = false;
        show();
      });
    }
    asked = true;
  };
  const moveTo = (seconds) => {
    share = null;
    at = seconds;
    renew();
  };

  /** The chart and the share of its width that a pointer is at. */
  page.under = ({ clientX }, chart) => {
    const { left, width } = chart.plot.over.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width));
  };
  page.moment = () => at;

  const keys = (chart) => (event) => {
    const { seconds } = points;
    if (event.ctrlKey || event.altKey || event.metaKey || seconds.length === 0) return;
    const [from, to] = page.view();
    const [first, last] = [points.find(from), points.find(to + 0.01) - 1];
    const here = at === null ? last + 1 : pointAt();
    const step = event.shiftKey ? FAR : 1;
    const target = {
      ArrowLeft: here - step,
      ArrowRight: at === null ? last : here + step,
      Home: first,
      End: last,
    }[event.key];
    if (target !== undefined) moveTo(seconds[Math.min(last, Math.max(first, target))]);
    else if (event.key === "Escape" && at !== null) moveTo(null);
    else if (page.zoomKey(event.key, at)) renew();
    else return;
    event.preventDefault();
    tell(chart);
  };

  for (const [box, chart] of charts) {
    box.addEventListener("keydown", keys(chart));
    for (const type of ["pointerdown", "pointermove"]) {
      box.addEventListener(type, (event) => {
        if (chart.plot === null) return;
        share = page.under(event, chart);
        renew();
      });
    }
    box.addEventListener("pointercancel", () => moveTo(null));
    // What a finger points at is read when it does not cover it any more.
    box.addEventListener("pointerleave", ({ pointerType }) => {
      if (pointerType !== "touch") moveTo(null);
    });
    box.addEventListener("blur", ({ relatedTarget }) => {
      if (!charts.has(relatedTarget)) moveTo(null);
    });
  }
  document.addEventListener("pointerdown", ({ target }) => {
    if (at !== null && !target.closest(".plot")) moveTo(null);
  });
  document.addEventListener("ringside:drawn", () => {
    if (at !== null) show();
  });
}

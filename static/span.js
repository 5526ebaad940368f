// How far back the charts show: chosen by the links of the controls, remembered, and applied to all of
// them. A longer span asks for points from before those that the stream began with.
{
  const { ringside: page, ringsideTimes: times, ringsideHistory: { older, thin } } = globalThis;
  const { points, charts } = page;
  const { body } = document;
  const KEY = "ringside-span";
  /** The axis of all that there is begins at a round time. */
  const ROUND_SECONDS = 10;
  const links = [...document.querySelectorAll(".charts [data-span]")];
  /** The stream begins with points of so many seconds. */
  const FIRST = Number(document.querySelector(".charts").dataset.held);

  // Storage may be denied altogether; then a choice lasts as long as the page.
  const storage = (use) => {
    try {
      return use(localStorage);
    } catch {
      return null;
    }
  };

  let chosen = new URLSearchParams(location.search).get("span") ??
    storage((store) => store.getItem(KEY));
  let told = "";
  let fetched = FIRST;

  const linkOf = () =>
    links.find(({ search }) => new URLSearchParams(search).get("span") === chosen);

  /** A zoomed chart has the time of the day below it. */
  const tellTimes = () => {
    const { zoom } = page;
    const marks = zoom === null
      ? times(page.span)
      : [0, 0.5, 1].map((at) => [at, page.clock(zoom[0] + at * (zoom[1] - zoom[0]))]);
    const text = marks.join();
    if (text === told) return;
    told = text;
    for (const { box } of charts.values()) {
      const [first] = box.querySelectorAll(".times text");
      first.parentNode.replaceChildren(...marks.map(([at, name]) => {
        const mark = first.cloneNode();
        mark.textContent = name;
        mark.setAttribute("class", at > 0 && at < 1 ? "between" : "");
        mark.setAttribute("x", `${at * 100}%`);
        mark.setAttribute("text-anchor", at === 0 ? "start" : at === 1 ? "end" : "middle");
        return mark;
      }));
    }
  };

  const ask = async () => {
    const link = linkOf();
    // All that there is has no number.
    const wanted = Number(link?.dataset.span) || Infinity;
    if (link === undefined || wanted <= fetched || points.seconds.length === 0) return;
    const asked = { columns: points.columns, before: fetched };
    fetched = wanted;
    const answer = await fetch(body.dataset.stream.replace("stream", "sample") + "&span=" + chosen)
      .catch(() => ({ ok: false }));
    // The points are others by now, since the stream began anew or another answer came: they may not
    // reach as far back.
    if (asked.columns !== points.columns) {
      fetched = Math.min(fetched, asked.before);
      return ask();
    }
    if (answer.ok) older(points, await answer.json());
    else fetched = asked.before;
    fit();
    page.renew();
  };

  /** All that there is grows. */
  const fit = () => {
    const link = linkOf();
    if (link === undefined) return;
    const all = points.seconds.length > 0 ? page.now() - points.seconds[0] : FIRST;
    const round = ROUND_SECONDS * Math.max(1, Math.ceil(all / ROUND_SECONDS));
    page.span = Number(link.dataset.span) || round;
  };

  const choose = (name) => {
    chosen = name;
    const current = linkOf();
    for (const link of links) link.ariaCurrent = link === current ? "true" : null;
    // The tables of the charts show what they show.
    for (const table of document.querySelectorAll("figcaption a")) {
      const fields = new URLSearchParams(table.search);
      fields.set("span", chosen);
      table.search = fields;
    }
    page.zoomTo?.(null);
    fit();
    ask();
    page.renew();
  };

  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const name = new URLSearchParams(link.search).get("span");
      storage((store) => store.setItem(KEY, name));
      // An address that names another span would have it back when the page is loaded again.
      if (/span=/.test(location.search)) history.replaceState(history.state, "", link.href);
      choose(name);
    });
  }

  page.took = ({ reset }) => {
    if (reset) {
      fetched = FIRST;
      ask();
    }
    fit();
    thin(points);
  };
  document.addEventListener("ringside:drawn", tellTimes);
  if (linkOf() !== undefined) choose(chosen);
}

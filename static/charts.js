// All charts of the page, and the small trends in its tables: a `sample` event brings columns of points,
// and each takes its own.
{
  const { trend } = ringsideTrace;
  const { forget } = ringsidePalette;
  const { body, documentElement: root } = document;
  const controls = document.querySelector(".charts");
  const points = new RingsidePoints();
  const charts = new Map();
  /** More points than these are finer than a second, or reach further back than the page's span. */
  const MANY = 700;
  /** What could not be loaded is asked for again when it is next needed, and no sooner than this. */
  const RETRY_MS = 1000;

  let asked = false;
  let explored = controls === null;
  /** The newest moment that was shown when the page was paused; undefined while it is not. */
  let paused;
  /** The second that was drawn last. */
  let drawn;

  const page = globalThis.ringside = {
    points,
    charts,
    marks: [],
    /** How far back the charts show, and how far back there are points. */
    span: Number(body.dataset.span),
    /** From, to in seconds: what the charts stand still at; null while they go with the time. */
    zoom: null,
    now: () => paused ?? points.seconds.at(-1),
    view: () => page.zoom ?? [page.now() - page.span, page.now()],
    /** Draws everything anew in the next frame, and once for each frame. */
    renew() {
      for (const chart of charts.values()) chart.dirty = true;
      ask();
    },
  };

  const draw = () => {
    asked = false;
    if (document.hidden || points.seconds.length === 0) return;
    for (const chart of charts.values()) {
      chart.draw(page.view());
      if (chart.least < 1 && !chart.all || chart.gaps.length > 0) explore();
    }
    trends();
    document.dispatchEvent(new Event("ringside:drawn"));
  };
  const ask = () => {
    if (!asked) requestAnimationFrame(draw);
    asked = true;
  };

  /** Draws what has moved by a pixel since it was drawn, and trends once a second. */
  const follow = () => {
    const now = page.now();
    let due = Math.floor(now) !== drawn;
    for (const chart of charts.values()) {
      chart.dirty ||= !chart.seen || chart.isDue(now);
      due ||= chart.dirty && chart.seen;
    }
    if (due) ask();
  };

  const trends = () => {
    const { seconds, columns } = points;
    const now = page.now();
    drawn = Math.floor(now);
    const [from, to] = [points.find(now - page.span), points.find(now + 0.01)];
    for (const svg of document.querySelectorAll("svg.spark")) {
      const values = columns[svg.dataset.column];
      // A second moves a trend by a fifth of a pixel.
      const told = `${svg.dataset.column} ${page.span} ${drawn}`;
      if (values === undefined || svg.told === told) continue;
      svg.told = told;
      svg.firstElementChild.setAttribute("d", trend(seconds, values, from, to, page.span));
    }
  };

  /** The lines of the page are others than those that it was made for: once it is made anew. */
  const isForeign = (key) => {
    if ((body.dataset.key ?? key) === key || !key || history.state === key) return false;
    history.replaceState(key, "");
    location.reload();
    return true;
  };

  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) charts.get(target).seen = isIntersecting;
    ask();
  });
  const sized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const chart = charts.get(target);
      chart.plot?.setSize(chart.size());
      // That drew what stood at places where other points stand by now.
      chart.dirty = true;
    }
    ask();
  });
  for (const figure of document.querySelectorAll("figure[data-columns]")) {
    const chart = new RingsideChart(figure, page);
    const { box, title } = chart;
    charts.set(box, chart);
    box.tabIndex = 0;
    Object.assign(box, { role: "application", ariaLabel: title, ariaRoleDescription: "chart" });
    seen.observe(box);
    sized.observe(box);
  }

  body.addEventListener("sample", (event) => {
    const sample = JSON.parse(event.detail.data);
    if (isForeign(sample.key)) return;
    points.take(sample);
    page.marks = sample.marks ?? page.marks;
    if (points.seconds.length > MANY || page.marks.length > 0) explore();
    page.took?.(sample);
    if (paused !== undefined || page.zoom !== null) return;
    if (sample.reset || sample.gap || sample.marks) page.renew();
    else follow();
  });
  document.addEventListener("ringside:paused", () => {
    paused = root.dataset.paused === undefined ? undefined : page.now();
    page.renew();
  });
  document.addEventListener("visibilitychange", ask);

  const repaint = (scheme) => {
    forget(scheme);
    for (const chart of charts.values()) {
      chart.plot?.batch(() => chart.plot.setSize(chart.size(scheme)));
    }
  };
  document.addEventListener("ringside:theme", () => repaint(""));
  // Paper is light, and has what nobody looked at too.
  addEventListener("beforeprint", () => {
    if (points.seconds.length === 0) return;
    for (const chart of charts.values()) {
      chart.dirty = true;
      chart.draw(page.view(), true);
    }
    repaint("light");
  });
  addEventListener("afterprint", () => repaint(""));

  // Other spans, values under the pointer, zoom and export, and what opens: loaded for those who use it.
  const explore = () => {
    if (explored) return;
    explored = true;
    const script = document.createElement("script");
    script.src = controls.dataset.script;
    script.onerror = () => {
      script.remove();
      setTimeout(() => explored = false, RETRY_MS);
    };
    body.append(script);
  };
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, ({ target }) => {
      if (target.closest(".plot, .charts")) explore();
    });
  }
  document.addEventListener("toggle", explore, true);
  // The browser may have kept some open.
  if (document.querySelector("main details[open]")) explore();
  // Storage may be denied altogether.
  try {
    if (/span=/.test(location.search) || localStorage["ringside-span"]) explore();
  } catch {
    page.forgets = true;
  }
}

// What messages bring for the page, until it is shown: the newest of each part. What nobody sees waits.
globalThis.ringsideTold = (() => {
  const write = ringsidePart;
  const PART = /<hx-partial hx-target="([^"]+)".*?>(.*?)<\/hx-partial>/gs;
  /** Nobody reads figures that change faster. */
  const GAP_MS = 480;
  /** What is out of sight is looked for, read aloud and copied, and is no older than this. */
  const AWAY_MS = 5000;
  /** So near it is about to be seen. */
  const NEAR = "64px";

  const held = new Map();
  /** What was told of a part and is shown. */
  const shown = new Map();
  /** Cards out of sight. */
  const away = new Set();
  let timer = 0;
  /** Something came while figures stood for their time. */
  let late = false;
  let sweptMs = -Infinity;

  /** New text in the place of old would take it away. It is not asked for then: that lays the page out. */
  let selected = null;
  document.addEventListener("selectionchange", () => {
    const { isCollapsed, anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
    selected = isCollapsed ? null : [anchorNode, anchorOffset, focusNode, focusOffset];
  });
  const restore = () => {
    try {
      if (selected !== null) getSelection().setBaseAndExtent(...selected);
    } catch {
      // A text has become shorter than what was selected of it.
    }
  };

  /** Of what is held all, or what is in sight. A morph is done at once: it waits for promises alone. */
  const show = async (all) => {
    let text = "";
    for (const [place, [partial, , html]] of held) {
      const part = document.querySelector(place);
      if (!all && away.has(part?.closest(".card"))) continue;
      held.delete(place);
      if (!part || !write(part, shown.get(place) ?? "", html)) text += partial;
      shown.set(place, html);
    }
    restore();
    if (text !== "") await htmx.swap({ text, swap: "none" });
  };

  const turn = async () => {
    late = false;
    timer = setTimeout(pass, GAP_MS);
    const all = performance.now() - sweptMs >= AWAY_MS;
    if (all) sweptMs = performance.now();
    await show(all);
    document.dispatchEvent(new Event("ringside:shown"));
  };
  const pass = () => {
    timer = 0;
    // What came just before a pause is shown with what comes after it.
    if (late && document.documentElement.dataset.paused === undefined) turn();
  };

  const sight = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) away.delete(target);
      else away.add(target);
    }
    show(false);
  }, { rootMargin: NEAR });
  for (const card of document.querySelectorAll(".card")) sight.observe(card);

  document.addEventListener("htmx:after:swap", restore);
  addEventListener("beforeprint", () => show(true));

  /** Takes the parts of a message, and shows them if it is their time. */
  return async (text) => {
    for (const part of text.matchAll(PART)) held.set(part[1], part);
    if (timer === 0) await turn();
    else late = true;
  };
})();

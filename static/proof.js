// What is closed at first: sheets that tell how figures were measured, and figures that few look at.
// Both are asked for when they open, and again with each tick while they are open. A sheet comes from
// where the link in its place leads.
{
  /** Ticks may be a tenth of a second apart: nobody reads a sheet so fast. */
  const GAP_MS = 950;

  const OPEN = ".proof[open],.more[data-fold][open]";

  let askedMs = 0;

  const sheetOf = (ring) =>
    (ring.closest("tr") ?? ring.closest("header")).nextElementSibling.querySelector(".sheet");

  const open = () => document.querySelector(".proof[open]");

  const fill = (place, url) =>
    htmx.ajax("GET", url, { source: place, target: place, swap: "innerMorph" });

  const ask = (opened) => {
    if (opened.dataset.fold !== undefined) {
      fill(opened.lastElementChild, opened.dataset.fold);
      return;
    }
    const sheet = sheetOf(opened);
    fill(sheet, sheet.querySelector("a[href^=proof]").href);
  };

  const askAll = () => {
    askedMs = performance.now();
    for (const opened of document.querySelectorAll(OPEN)) ask(opened);
  };

  if (globalThis.htmx !== undefined) {
    document.addEventListener("toggle", ({ target }) => {
      if (target.matches(OPEN)) ask(target);
    }, true);
    document.addEventListener("ringside:told", () => {
      if (performance.now() - askedMs >= GAP_MS) askAll();
    });
    // What became of a sheet says nothing of the stream.
    for (const name of ["htmx:response:error", "htmx:error"]) {
      document.addEventListener(name, (event) => {
        if (event.target.matches?.(".sheet,.more>*")) event.stopPropagation();
      }, true);
    }
    // The browser may have kept some open.
    askAll();
  }

  document.addEventListener("keydown", (event) => {
    // A chart takes it for itself: the end of a zoom, or of a moment.
    const ring = event.key === "Escape" && !event.defaultPrevented ? open() : null;
    if (ring === null) return;
    ring.open = false;
    ring.querySelector("summary").focus();
  });
}

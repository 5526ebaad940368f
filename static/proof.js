// Sheets that tell how figures were measured: asked for when a ring opens, and again with each tick
// while it is open. It comes from where the link in its place leads.
{
  /** Ticks may be a tenth of a second apart: nobody reads a sheet so fast. */
  const GAP_MS = 950;

  let askedMs = 0;

  const sheetOf = (ring) =>
    (ring.closest("tr") ?? ring.closest("header")).nextElementSibling.querySelector(".sheet");

  const open = () => document.querySelector(".proof[open]");

  const ask = (ring) => {
    if (ring === null) return;
    askedMs = performance.now();
    const sheet = sheetOf(ring);
    const { href } = sheet.querySelector("a[href^='/proof']");
    htmx.ajax("GET", href, { source: sheet, target: sheet, swap: "innerMorph" });
  };

  if (globalThis.htmx !== undefined) {
    document.addEventListener("toggle", ({ target }) => {
      if (target.matches(".proof[open]")) ask(target);
    }, true);
    document.addEventListener("ringside:told", () => {
      if (performance.now() - askedMs >= GAP_MS) ask(open());
    });
    // What became of a sheet says nothing of the stream.
    for (const name of ["htmx:response:error", "htmx:error"]) {
      document.addEventListener(name, (event) => {
        if (event.target.matches?.(".sheet")) event.stopPropagation();
      }, true);
    }
    // The browser may have kept one open.
    ask(open());
  }

  document.addEventListener("keydown", (event) => {
    const ring = event.key === "Escape" ? open() : null;
    if (ring === null) return;
    ring.open = false;
    ring.querySelector("summary").focus();
  });
}

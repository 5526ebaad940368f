// Colours of the charts as a canvas takes them: a custom property alone would still say light-dark().
globalThis.ringsidePalette = (() => {
  const INKS = ["a", "b", "c", "d", "e"];
  const probe = document.createElement("i");
  probe.hidden = true;
  // Colours that are forced on text are no lines.
  probe.style.forcedColorAdjust = "none";
  document.body.append(probe);
  let known = {};

  return {
    colour(css) {
      if (known[css] === undefined) {
        probe.style.color = css;
        known[css] = getComputedStyle(probe).color;
      }
      return known[css];
    },
    /** Of a line; the one before the first is the whole of all. */
    ink: (index) => `var(--${INKS[index % INKS.length] ?? "ink"})`,
    /** Asks for colours anew, of this scheme or of the page's own. */
    forget(scheme) {
      known = {};
      probe.style.colorScheme = scheme;
    },
  };
})();

// A part of the page anew. Mostly it differs in words and figures alone from what it was: these are written
// into the places of the old ones. What differs in more than that is left to a morph, which costs several
// times as much and would do no harm to what was written.
globalThis.ringsidePart = (() => {
  /** As the page's configuration of htmx says it. */
  const OURS = /^open$|^data-htmx-powered$/;
  const SKIPPED = "[hx-morph-skip], .spark";

  /** Makes an element, or a text, like a new one. False where it has other nodes in it than that. */
  const write = (old, made) => {
    if (old?.nodeName !== made.nodeName) return false;
    if (made.nodeType === Node.TEXT_NODE) {
      if (old.data !== made.data) old.data = made.data;
      return true;
    }
    for (const { name, value } of made.attributes) {
      if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    }
    if (old.attributes.length > made.attributes.length) {
      for (const name of old.getAttributeNames()) {
        if (!made.hasAttribute(name) && !OURS.test(name)) old.removeAttribute(name);
      }
    }
    if (old.matches(SKIPPED)) return true;
    let place = old.firstChild;
    let child = made.firstChild;
    while (child !== null && write(place, child)) {
      place = place.nextSibling;
      child = child.nextSibling;
    }
    if (child === null && place === null) return true;
    // A picture holds nothing that the reader has touched.
    if (old.localName !== "svg") return false;
    old.replaceChildren(...made.childNodes);
    return true;
  };

  /**
   * Writes what is told otherwise than the last time: words that follow the beginning of an element, and
   * values of attributes. False where there is more to it, or where other nodes stand than were told.
   */
  const amend = (part, was, now) => {
    // What an open sheet tells is its own.
    const [before, pieces] = [was, now].map((html) =>
      html.replace(/(class="sheet">).*?(?=<\/div>)/g, "$1").split("<")
    );
    if (before.length !== pieces.length) return false;
    const places = part.querySelectorAll(":not(.sheet *)");
    let at = -3;
    for (let index = 0; index < pieces.length; index++) {
      const piece = pieces[index];
      if (piece[0] !== "/") at++;
      if (piece === before[index]) continue;
      // Words behind an end, and signs that HTML has names for.
      if (/^\/|&/.test(piece)) return false;
      const [tag, words] = piece.split(">");
      const [oldTag, oldWords] = before[index].split(">");
      const place = places[at] ?? part;
      if (words !== oldWords) {
        const text = place.firstChild;
        if (text?.data !== oldWords) return false;
        text.data = words;
      }
      if (tag === oldTag) continue;
      const values = tag.split('"');
      const oldValues = oldTag.split('"');
      if (values.length !== oldValues.length) return false;
      for (let i = 0; i < values.length; i++) {
        if (values[i] === oldValues[i]) continue;
        // A name.
        if (i % 2 === 0) return false;
        place.setAttribute(values[i - 1].match(/[\w-]+(?==)/)[0], values[i]);
      }
    }
    return at + 1 === places.length;
  };

  return { write, amend };
})();

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

  return write;
})();

// A part of the page anew. Mostly it differs in words and figures alone from what was told of it the last
// time: these are written into their places, and nothing of it is parsed. What differs in more than that is
// left to a morph, which costs many times as much.

/**
 * Writes words that follow the beginning of an element, and values of attributes. False where there is more
 * to it, or where other nodes stand than were told.
 */
globalThis.ringsidePart = (part, was, now) => {
  // What an open sheet tells is its own.
  const [before, pieces] = [was, now].map((html) =>
    html.replace(/<a href="proof.*?<\/a>/g, "").split("<")
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
    const place = places[at] ?? part;
    const { firstChild } = place;
    // Values are at odd places behind their names, the words at the last of them.
    const [values, old] = [piece, before[index]].map((text) => text.split(/[">]/));
    for (const [i, value] of values.entries()) {
      if (value === old[i]) continue;
      if (i % 2 === 0 || values.length !== old.length) return false;
      if (values[i + 1] !== undefined) {
        place.setAttribute(/[\w-]+(?==)/.exec(values[i - 1])[0], value);
      } else if (firstChild?.data === old[i]) firstChild.data = value;
      else return false;
    }
  }
  return at + 1 === places.length;
};

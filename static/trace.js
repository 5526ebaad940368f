// The shapes of a chart: where a line is solid and where dashed, how far it is an estimate, and which
// spans are missing. Knows lists and two functions from a point to its place, and no canvas.
globalThis.ringsideTrace = (() => {
  /** Sums from the first line upwards, into `into`; null only where no line has a value. */
  const stack = (lines, into) =>
    lines.map((line, row) => {
      const sums = into[row] ??= [];
      sums.length = line.length;
      for (let at = 0; at < line.length; at++) {
        const base = row > 0 ? into[row - 1][at] : null;
        const value = line[at];
        sums[at] = value === null || base === null ? value ?? base : value + base;
      }
      return sums;
    });

  /** From the last value before to the first value after what is missing in all lines: indices. */
  const voids = (lines, from, to) => {
    const found = [];
    let last = to;
    for (let at = from; at <= to; at++) {
      if (lines.every((line) => line[at] === null)) continue;
      if (at - last > 1) found.push([last, at]);
      last = at;
    }
    return found;
  };

  /** The least share of the lines, and whether no point that has steps before it is exact. */
  const doubt = (lines, shares, from, to) => {
    let [least, exact] = [1, false];
    for (let at = from; at <= to; at++) {
      let share = 1;
      for (const column of shares) {
        if (column !== null && column[at] < share) share = column[at];
      }
      if (share < least) least = share;
      // A step counts for the time before its point: there is none before the first.
      if (!exact && share === 1 && at > from && lines.some((line) => line[at] !== null)) {
        exact = true;
      }
    }
    return { least, all: least < 1 && !exact };
  };

  /**
   * Draws a line into `solid` where it is exact and into `dashed` where it is not, and the area between
   * it and `zero` into `area`. A point between two gaps is a dot.
   */
  const line = (values, shares, from, to, { x, y, zero, solid, dashed, area }) => {
    let before = null;
    let begun = false;
    let lastX, lastY;
    for (let at = from; at <= to + 1; at++) {
      const value = at > to ? null : values[at];
      if (value === null) {
        if (begun) {
          area.lineTo(lastX, zero);
          if (before === null) {
            solid.moveTo(lastX, lastY);
            solid.lineTo(lastX + 1, lastY);
          }
        }
        before = null;
        begun = false;
        continue;
      }
      const toX = x(at);
      const toY = y(value);
      if (begun) {
        const path = shares?.[at] < 1 ? dashed : solid;
        if (path !== before) path.moveTo(lastX, lastY);
        path.lineTo(toX, toY);
        before = path;
      } else area.moveTo(toX, zero);
      area.lineTo(toX, toY);
      begun = true;
      lastX = toX;
      lastY = toY;
    }
  };

  /**
   * The path of a small trend, 60 by 20, from 0 to its greatest value: of each two units across the
   * greatest. `from`, `to`: indices of the points of so many seconds.
   */
  const trend = (seconds, values, from, to, span) => {
    const most = Math.max(...values.slice(from, to)) || 1;
    const dots = [];
    for (let at = from; at < to; at++) {
      const x = 2 * Math.round(30 * (1 - (seconds[to - 1] - seconds[at]) / span));
      const y = 19 - Math.round(18 * values[at] / most);
      const last = dots.at(-1);
      if (values[at] === null) dots.push(null);
      else if (last?.[0] === x) last[1] = Math.min(last[1], y);
      else dots.push([x, y]);
    }
    return dots.map((dot, index) => dot && (dots[index - 1] ? `L${dot}` : `M${dot}h0`)).join("");
  };

  return { stack, voids, doubt, line, trend };
})();

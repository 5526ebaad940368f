// What stands below the time axis of a chart. The server writes the same.
globalThis.ringsideTimes = (() => {
  const TIME_STEPS = [10, 30, 60, 300, 900, 3600, 7200, 14400, 28800];
  /** Marks of the time axis: share of the width from the left, and minutes before now. */
  const times = (span) => {
    const step = TIME_STEPS.find((seconds) => span / seconds <= 6) ?? TIME_STEPS.at(-1);
    const [size, unit] = step < 60 ? [1, "s"] : step < 3600 ? [60, "min"] : [3600, "h"];
    const marks = [];
    for (let back = Math.floor(span / step) * step; back >= 0; back -= step) {
      const suffix = marks.length === 0 ? `\u00a0${unit}` : "";
      marks.push([1 - back / span, back === 0 ? "now" : `−${back / size}${suffix}`]);
    }
    return marks;
  };

  return times;
})();

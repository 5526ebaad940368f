// What becomes of points: those from further back come before them, and fine ones that became old are
// thinned. Works on the points of points.js.
globalThis.ringsideHistory = (() => {
  /** Older points need not be closer than a step. */
  const FINE_SECONDS = 120;
  const STEP_SECONDS = 1.05;
  /** What is taken out is taken out together. */
  const BATCH = 64;
  const SAME_SECONDS = 0.02;

  /**
   * Points from further back: they take the places of those of their time. What came since stays, and
   * what is from before them, which the service forgot when it was started again. False where they are
   * of other lines.
   */
  const older = (points, sample) => {
    const { seconds, columns, shares } = points;
    if (sample.y.length !== columns.length || sample.x.length === 0) return false;
    const part = (from, to) => ({
      x: seconds.slice(from, to),
      y: columns.map((column) => column.slice(from, to)),
      z: shares.map((column) => column?.slice(from, to)),
    });
    const first = points.find(sample.x[0] - SAME_SECONDS);
    const since = points.find(sample.x.at(-1) + SAME_SECONDS);
    // What is missing may be less now, and is still missing.
    const gap = columns.every((column) => (column[first] ?? null) === null);
    const [before, after] = [part(0, first), part(since)];
    points.take({ ...before, reset: true });
    points.take({ ...sample, reset: false, gap });
    points.take(after);
    return true;
  };

  /** Of points that became old those stay that are a step apart, as they were measured. */
  const thin = (points) => {
    const { seconds, columns } = points;
    const end = points.find(seconds.at(-1) - FINE_SECONDS);
    let begin = end;
    // Down to those that were thinned before, or never were finer.
    while (begin > 1 && seconds[begin] - seconds[begin - 2] <= STEP_SECONDS) begin--;
    if (end - begin < BATCH) return;
    const kept = [];
    let last = seconds[begin - 1];
    for (let index = begin; index < end; index++) {
      const near = seconds[index + 1] - last <= STEP_SECONDS;
      // No line may run across what is missing.
      if (near && columns.every((c) => c[index] !== null || c[index + 1] === null)) continue;
      kept.push(index);
      last = seconds[index];
    }
    for (const list of points.lists()) {
      kept.forEach((from, to) => list[begin + to] = list[from]);
      list.splice(begin + kept.length, end - begin - kept.length);
    }
  };

  return { older, thin };
})();

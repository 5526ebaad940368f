// The spans of a chart that are estimates, where others are exact.
globalThis.ringsideDoubts = (() => {
  /**
   * Of each span the index before, or of, its first estimate, the index of its last one, and the least
   * share.
   */
  const doubts = (lines, shares, from, to) => {
    const spans = [];
    let open = null;
    for (let at = from; at <= to; at++) {
      const share = Math.min(1, ...shares.map((column) => column?.[at] ?? 1));
      if (share === 1) {
        open = null;
        continue;
      }
      if (open === null) {
        const before = at > from && lines.some((line) => line[at - 1] !== null);
        spans.push(open = { from: before ? at - 1 : at, to: at, share });
      }
      open.to = at;
      open.share = Math.min(open.share, share);
    }
    return spans;
  };

  return doubts;
})();

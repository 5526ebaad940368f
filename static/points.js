// The points of the page as samples bring them: times, and a column of values for each line beside
// a column of shares where some of them are below 1. Columns grow at their ends and are handed out as
// they are, so that a tick costs what it brings.
globalThis.RingsidePoints = class {
  seconds = [];
  columns = [];
  /** Of each column; null where all are 1. */
  shares = [];

  take({ reset, gap, x, y, z }) {
    const { seconds: held } = this;
    // The clock was set back: what was before has no place any more.
    const back = x.at(-1) < held.at(-1) - 2;
    if (reset || back || this.columns.length !== y.length) {
      this.seconds = [];
      this.columns = y.map(() => []);
      this.shares = y.map(() => null);
    }
    const { seconds, columns, shares } = this;
    // Closer times are those of the same point, told twice.
    const from = x.findIndex((at) => seconds.length === 0 || at > seconds.at(-1) + 0.02);
    if (from < 0) return;
    // What is missing between two points shows as missing.
    const hole = gap && seconds.length > 0;
    columns.forEach((column, index) => {
      const news = z?.[index];
      if (news) shares[index] ??= seconds.map(() => 1);
      const share = shares[index];
      if (hole) column.push(null);
      if (hole) share?.push(1);
      for (let at = from; at < x.length; at++) {
        column.push(y[index][at]);
        share?.push(news ? news[at] : 1);
      }
    });
    if (hole) seconds.push(x[from] - 0.001);
    for (let at = from; at < x.length; at++) seconds.push(x[at]);
    // No more than the service remembers, beside those of the last minutes, which may be finer.
    const late = seconds.length - this.find(seconds.at(-1) - 120);
    if (seconds.length - late > 1020) this.lists().forEach((list) => list.splice(0, 20));
  }

  lists() {
    return [this.seconds, ...this.columns, ...this.shares].filter((list) => list !== null);
  }

  /** Index of the first point at this time or later. */
  find(at) {
    let low = 0;
    let high = this.seconds.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.seconds[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
};

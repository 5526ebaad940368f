// Where the scale of a chart ends and what stands at its lines, from the three words that a figure
// carries: data-scale, data-suffix, data-small. The server draws its pictures by the same rules.
globalThis.ringsideScale = (() => {
  const STEPS = [1, 2, 4, 6, 8, 10];
  const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
  const DECIMAL = ["", "k", "M", "G", "T", "P", "E"];
  const SMALL = ["", "m", "µ", "n"];

  /** What one of the shown unit is worth: 0.01 for per cent, 1024² for MiB. */
  const sizeOf = (most, { kind }) => {
    if (kind === "percent") return 0.01;
    if (kind === "plain") return 1;
    const base = kind === "binary" ? 1024 : 1000;
    return base ** Math.floor(Math.log(most) / Math.log(base) + 1e-9);
  };

  /** The round end of a scale from 0 that holds `most`; null where there is nothing to hold. */
  const niceTop = (most, scale) => {
    if (!(most > 0)) return null;
    const size = sizeOf(most, scale);
    const shown = most / size;
    if (scale.kind === "binary" && shown > 800) return 1024 * size;
    const magnitude = 10 ** Math.floor(Math.log10(shown));
    const step = STEPS.find((candidate) => candidate * magnitude >= shown * (1 - 1e-9)) ?? 10;
    return step * magnitude * size;
  };

  /** What stands at a line is round, and has all of its decimals. */
  const digits = (value, round) => {
    const fine = round && value >= 0.0001 && value < 0.1;
    if (value < 0.005 && !fine) return "≈0";
    const text = fine
      ? value.toFixed(Math.ceil(-Math.log10(value)))
      : value < 9.995
      ? value.toFixed(2)
      : value < 99.95
      ? value.toFixed(1)
      : value.toFixed(0);
    return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  };

  const label = (value, { kind, suffix, small }, round) => {
    if (value === 0) return "0";
    let amount = Math.abs(value);
    let prefix = "";
    if (kind === "percent") amount *= 100;
    else if (kind !== "plain") {
      const base = kind === "binary" ? 1024 : 1000;
      const below = small && amount < 0.9995;
      const prefixes = below ? SMALL : kind === "binary" ? BINARY : DECIMAL;
      let step = 0;
      while ((below ? amount < 0.9995 : amount >= 999.5) && step < prefixes.length - 1) {
        amount = below ? amount * base : amount / base;
        step++;
      }
      prefix = prefixes[step];
    }
    const unit = prefix + suffix;
    return digits(amount, round) + (unit === "" ? "" : `\u00a0${unit}`);
  };

  /** Of time that was counted, never more than there was. */
  const counted = (share) =>
    `${share && share < 0.01 ? "under 1" : Math.floor(share * 100 + 1e-6)}\u00a0%`;

  return { niceTop, label, counted };
})();

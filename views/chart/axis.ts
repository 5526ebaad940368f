/**
 * The scale of a chart: where it ends, and what stands at its lines. `static/scale.js` does the same
 * in the browser, told only the three fields of a `Scale`.
 *
 * @module
 */
import { type Scale, spellAt } from "../format.ts";

/** Ends that halve well. */
const STEPS = [1, 2, 4, 6, 8, 10] as const;
/** Seconds between marks of the time axis. */
const TIME_STEPS = [10, 30, 60, 300, 900, 3600, 7200, 14_400, 28_800] as const;

/**
 * The end of a scale from 0 that holds `most`, round in the unit that is shown: 0.31 in per cent is
 * 0.4. Null where there is nothing to hold.
 */
export function niceTop(most: number, scale: Scale): number | null {
  if (!(most > 0)) return null;
  const size = stepSize(most, scale);
  const shown = most / size;
  // 1000 KiB is no round number: the next is 1 MiB.
  if (scale.kind === "binary" && shown > 800) return 1024 * size;
  const magnitude = 10 ** Math.floor(Math.log10(shown));
  const step = STEPS.find((candidate) => candidate * magnitude >= shown * (1 - 1e-9)) ?? 10;
  return step * magnitude * size;
}

/** What one of the shown unit is worth: 0.01 for per cent, 1024² for MiB. */
function stepSize(most: number, scale: Scale): number {
  switch (scale.kind) {
    case "percent":
      return 0.01;
    case "plain":
      return 1;
    default: {
      const base = scale.kind === "binary" ? 1024 : 1000;
      return base ** Math.floor(Math.log(most) / Math.log(base) + 1e-9);
    }
  }
}

/** Lines between these have all of their decimals: rounded, a half of 0.01 would be 0.01 as well. */
const FINE_LEAST = 0.0001;
const FINE_BELOW = 0.1;

/** A value at a line of a chart: `1.5 GB/s`, and a bare 0. */
export function axisLabel(value: number, scale: Scale): string {
  if (value === 0) return "0";
  // On an axis 200 k is plainer than 200 000.
  const plain: Scale = scale.kind === "count" ? { kind: "decimal", suffix: "" } : scale;
  const { value: spelled, unit } = spellAt(value, plain);
  const shown = scale.kind === "percent" ? value * 100 : value;
  const fine = shown >= FINE_LEAST && shown < FINE_BELOW && !scale.small;
  // A line is a round number: one digit says it.
  const text = fine ? shown.toFixed(Math.ceil(-Math.log10(shown))) : spelled;
  const short = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  return unit === "" ? short : `${short}\u00a0${unit}`;
}

/** Marks of the time axis: minutes before now, as share of the width from the left. */
export function timeMarks(spanSeconds: number): readonly { at: number; text: string }[] {
  const step = TIME_STEPS.find((seconds) => spanSeconds / seconds <= 6) ?? TIME_STEPS.at(-1)!;
  const [size, unit]: [number, string] = step < 60
    ? [1, "s"]
    : step < 3600
    ? [60, "min"]
    : [3600, "h"];
  const marks: { at: number; text: string }[] = [];
  for (let back = Math.floor(spanSeconds / step) * step; back >= 0; back -= step) {
    const suffix = marks.length === 0 ? `\u00a0${unit}` : "";
    const text = back === 0 ? "now" : `−${back / size}${suffix}`;
    marks.push({ at: 1 - back / spanSeconds, text });
  }
  return marks;
}

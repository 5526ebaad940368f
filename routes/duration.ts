/** Spans of time as people write them: `250ms`, `1s`, `1.5s`, `5m`. @module */

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
/** Three decimals of a second are whole milliseconds; parts of a millisecond are refused. */
const PATTERN = /^(?:(\d{1,7})(ms)|(\d{1,5}(?:\.\d{1,3})?)(s|m))$/;

/** Whole milliseconds, or undefined where the text is no span of time. */
export function parseDuration(text: string): number | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const number = match[1] ?? match[3];
  const unit = match[2] ?? match[4];
  return Math.round(Number(number) * UNIT_MS[unit!]!);
}

/** In the largest unit that leaves a whole number: `250ms`, `90s`, `5m`. */
export function printDuration(ms: number): string {
  const unit = ["m", "s"].find((candidate) => ms % UNIT_MS[candidate]! === 0) ?? "ms";
  return `${ms / UNIT_MS[unit]!}${unit}`;
}

/**
 * Numbers for people. A value and its unit stay apart, because the unit is set lighter; an absence
 * becomes words, never a dash and never a 0.
 *
 * @module
 */
import type { Grade, Measurement, Reason } from "../collectors/trust.ts";

/** A number as it is read: `{ value: "412", unit: "MB/s" }`. `unit` may be empty. */
export interface Spelled {
  readonly value: string;
  readonly unit: string;
}

/** How numbers of a unit are scaled. Static scripts are told the same three things. */
export interface Scale {
  /** `percent` multiplies by 100, `plain` takes no prefix, `count` shows whole numbers whole. */
  readonly kind: "percent" | "binary" | "decimal" | "plain" | "count";
  /** What follows the prefix: `B/s`. */
  readonly suffix: string;
  /** Prefixes below one are in use: `ms`. */
  readonly small?: true;
}

export const NARROW_SPACE = "\u202f";
const MINUS = "\u2212";
/** As wide as a digit, and as a point, where digits are tabular. */
export const DIGIT_SPACE = "\u2007";
const POINT_SPACE = "\u2008";

const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"] as const;
const DECIMAL = ["", "k", "M", "G", "T", "P", "E"] as const;
const SMALL = ["", "m", "µ", "n"] as const;
/** Whole numbers are written out below this. */
const WHOLE_MOST = 1e7;
/** Spans are written in two units from here on. */
const DURATION_FROM_SECONDS = 100;
/** Nothing lasts for thirty years here: such seconds are counted since 1970. */
const MOMENT_FROM_SECONDS = 1e9;
/** Less than this prints as 0.00, which it is not. */
const VISIBLE_LEAST = 0.005;

const SCALES: Readonly<Record<string, Scale>> = {
  "1": { kind: "percent", suffix: "%" },
  "By": { kind: "binary", suffix: "B" },
  "By/s": { kind: "decimal", suffix: "B/s" },
  "s": { kind: "decimal", suffix: "s", small: true },
  "Hz": { kind: "decimal", suffix: "Hz" },
  "Cel": { kind: "plain", suffix: "°C" },
  "J": { kind: "decimal", suffix: "J", small: true },
  "J/s": { kind: "decimal", suffix: "W", small: true },
  "W": { kind: "decimal", suffix: "W", small: true },
  // Its row's name says of what: of 10⁹ instructions.
  "J/{gigainstruction}": { kind: "decimal", suffix: "J", small: true },
  "J/GBy": { kind: "decimal", suffix: "J/GB", small: true },
};

/** How a UCUM unit is shown. What is counted stands in the row's name: `{packet}/s` is `/s`. */
export function scaleOf(unit: string): Scale {
  const known = SCALES[unit];
  if (known !== undefined) return known;
  if (/^\{[^}]*\}$/.test(unit)) return { kind: "count", suffix: "" };
  if (/^\{[^}]*\}\/s$/.test(unit)) return { kind: "decimal", suffix: "/s" };
  // Events by events: a plain ratio.
  if (/^\{[^}]*\}\/\{[^}]*\}$/.test(unit)) return { kind: "plain", suffix: "" };
  return { kind: "plain", suffix: unit };
}

/** The sign before a number that is a bound: `≥`; empty where it is none. */
export function boundSign({ bound }: Measurement): "" | "≥" | "≤" {
  return bound === undefined ? "" : bound === "lower" ? "≥" : "≤";
}

/** A measurement in one string: `≥ 412 MB/s`. */
export function measuredText(measured: Measurement, unit: string): string {
  const sign = boundSign(measured);
  const text = spellOut(measured.value, unit);
  return sign === "" ? text : `${sign}\u00a0${text}`;
}

/** A finite number in a UCUM unit, as a person reads it. */
export function spell(value: number, unit: string): Spelled {
  if (unit === "s" && value >= MOMENT_FROM_SECONDS) {
    return { value: instant(value * 1000).join("\u00a0"), unit: "" };
  }
  if (unit === "s" && Math.abs(value) >= DURATION_FROM_SECONDS) {
    return { value: duration(value), unit: "" };
  }
  return spellAt(value, scaleOf(unit));
}

/** A total in one string. Its seconds are a span, however many: those of 256 CPUs are a date in a year. */
export function spellTotal(value: number, unit: string): string {
  return unit === "s" && value >= MOMENT_FROM_SECONDS ? duration(value) : spellOut(value, unit);
}

/**
 * `spell` in one string, its unit behind a space that does not break.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { spellOut } from "./format.ts";
 *
 * assertEquals(spellOut(0.435, "1"), "43.5\u00a0%");
 * // What is stored counts in powers of 1024, what flows in powers of 1000.
 * assertEquals(spellOut(2 ** 30, "By"), "1.00\u00a0GiB");
 * assertEquals(spellOut(412e6, "By/s"), "412\u00a0MB/s");
 * assertEquals(spellOut(2.5e-5, "s"), "25.0\u00a0µs");
 * ```
 */
export function spellOut(value: number, unit: string): string {
  const spelled = spell(value, unit);
  return spelled.unit === "" ? spelled.value : `${spelled.value}\u00a0${spelled.unit}`;
}

export function spellAt(value: number, scale: Scale): Spelled {
  if (value < 0) {
    const spelled = spellAt(-value, scale);
    return { ...spelled, value: MINUS + spelled.value };
  }
  switch (scale.kind) {
    case "percent":
      return { value: threeDigits(value * 100), unit: scale.suffix };
    case "plain":
      return { value: threeDigits(value), unit: scale.suffix };
    case "count":
      if (Number.isInteger(value) && value < WHOLE_MOST) return { value: whole(value), unit: "" };
      return prefixed(value, 1000, DECIMAL, "");
    case "binary":
      return prefixed(value, 1024, BINARY, scale.suffix);
    default:
      if (scale.small && value > 0 && value < 0.9995) return submultiple(value, scale.suffix);
      return prefixed(value, 1000, DECIMAL, scale.suffix);
  }
}

function prefixed(
  value: number,
  base: number,
  prefixes: readonly string[],
  suffix: string,
): Spelled {
  let step = 0;
  // 999.5 would print as 1000: it goes to the next prefix, where it has three digits again.
  while (value >= 999.5 && step < prefixes.length - 1) {
    value /= base;
    step++;
  }
  // Bytes do not come in parts.
  const text = base === 1024 && step === 0 ? String(Math.round(value)) : threeDigits(value);
  return { value: text, unit: prefixes[step]! + suffix };
}

function submultiple(value: number, suffix: string): Spelled {
  let step = 0;
  while (value < 0.9995 && step < SMALL.length - 1) {
    value *= 1000;
    step++;
  }
  return { value: threeDigits(value), unit: SMALL[step]! + suffix };
}

/** 1.23, 12.3, 123. Nothing but zero prints as zero. */
function threeDigits(value: number): string {
  if (value === 0) return "0";
  if (value < VISIBLE_LEAST) return "≈0";
  if (value < 9.995) return value.toFixed(2);
  if (value < 99.95) return value.toFixed(1);
  return whole(Math.round(value));
}

/** A whole number with its thousands set apart. */
export function whole(value: number): string {
  // Most are, and a search costs more than all the rest.
  if (value < 1000 && value > -1000) return String(value);
  return String(value).replace(/\B(?=(\d{3})+$)/g, NARROW_SPACE);
}

/**
 * A span in its two largest units.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { duration } from "./format.ts";
 *
 * assertEquals(duration(3_564_000), "41\u00a0d\u00a06\u00a0h");
 * assertEquals(duration(59.9), "59\u00a0s");
 * ```
 */
export function duration(seconds: number): string {
  if (seconds < 0) return MINUS + duration(-seconds);
  const s = Math.floor(seconds);
  const steps: readonly (readonly [number, string])[] = [[86400, "d"], [3600, "h"], [60, "min"], [
    1,
    "s",
  ]];
  const first = steps.findIndex(([size]) => s >= size);
  if (first < 0) return "0 s";
  const [size, name] = steps[first]!;
  const next = steps[first + 1];
  const rest = next === undefined ? 0 : Math.floor((s % size) / next[0]);
  const head = `${Math.floor(s / size)}\u00a0${name}`;
  return rest === 0 ? head : `${head}\u00a0${rest}\u00a0${next![1]}`;
}

/**
 * Fills a number with blanks up to three digits and a point, so that its last digit stands still while
 * its text begins where it began: right-aligned live text counts as layout shift, this does not.
 */
export function pad(value: string): string {
  const point = value.includes(".");
  const missing = 3 - (point ? value.length - 1 : value.length);
  if (missing < 0) return value;
  return (point ? "" : POINT_SPACE) + DIGIT_SPACE.repeat(missing) + value;
}

const ABSENT: Readonly<Record<Reason, string>> = {
  not_supported: "not available",
  denied: "no permission",
  not_yet: "not yet",
  not_counted: "not counted",
  no_events: "no operations",
  coarser_only: "whole host only",
  finer_only: "one by one only",
  gone: "gone",
  not_watched: "not read now",
  left_out: "left out",
  failed: "failed",
};

/** Why there is no number, in the place of the number. */
export function absentWords(reason: Reason): string {
  return ABSENT[reason];
}

/** Sums of times are rounded. */
const WHOLE_COVERAGE = 1 - 1e-9;

const GRADE_WORDS: Readonly<Record<Grade, string>> = {
  exact: "exact",
  estimated: "estimated",
  low: "low",
  implausible: "implausible",
};

const BOUND_WORDS = { lower: "at least", upper: "at most" } as const;

const HEARSAY_WORDS = { third_party: "third party's word", unverified: "unverified" } as const;

/** Of a percentage: a hundred times 0.29 is a little less than 29. */
const ROUNDING = 1e-6;

/** A share in whole per cent, never more than it was. */
export function wholePercent(share: number): number {
  return Math.floor(share * 100 + ROUNDING);
}

/** A share of time that was counted, rounded down; one that is not none is not 0. */
export function countedShare(share: number, space = " "): string {
  return share > 0 && share < 0.01 ? `under 1${space}%` : `${wholePercent(share)}${space}%`;
}

/** A grade in a few words: `exact`, `62 %`, `low 14 %`, `3 of 4`, `62 %, 3 of 4, mixed`, `at least`. */
export function trustWords(measured: Measurement): string {
  const { grade, coverage, partial, mixed, bound, hearsay } = measured;
  if (grade === "exact" || grade === "implausible") return GRADE_WORDS[grade];
  const words: string[] = [];
  const share = countedShare(coverage);
  if (grade === "low") words.push(`low ${share}`);
  // All of the time says nothing where something else is why this is an estimate.
  else if (
    coverage < WHOLE_COVERAGE ||
    (partial === undefined && !mixed && bound === undefined && hearsay === undefined)
  ) words.push(share);
  if (partial !== undefined) words.push(`${partial.counted} of ${partial.present}`);
  if (mixed) words.push("mixed");
  if (bound !== undefined) words.push(BOUND_WORDS[bound]);
  if (hearsay !== undefined) words.push(HEARSAY_WORDS[hearsay]);
  return words.join(", ");
}

const BOUND_SENTENCES = {
  lower: "it is as much or more",
  upper: "it is as much or less",
} as const;

const HEARSAY_SENTENCES = {
  third_party: "on the word of a third party",
  unverified: "nobody has verified what is counted",
} as const;

/** The same for those who hear it: `estimated, counted 62 % of the time`. */
export function trustSentence(measured: Measurement): string {
  const parts = [GRADE_WORDS[measured.grade]];
  if (measured.bound !== undefined) parts.push(BOUND_SENTENCES[measured.bound]);
  if (measured.coverage < 1) {
    parts.push(`counted ${countedShare(measured.coverage)} of the time`);
  }
  if (measured.partial !== undefined) {
    parts.push(`${measured.partial.counted} of ${measured.partial.present} parts in it`);
  }
  if (measured.mixed) parts.push("terms counted at different times");
  if (measured.hearsay !== undefined) parts.push(HEARSAY_SENTENCES[measured.hearsay]);
  return parts.join(", ");
}

/** A point in time: `2026-01-02` and `03:04:05 UTC`. */
export function instant(wallMs: number): readonly [date: string, time: string] {
  const text = timestamp(wallMs);
  return [text.slice(0, 10), `${text.slice(11, 19)} UTC`];
}

/** The same for programs: to the nearest millisecond, as the times of series are. */
export function timestamp(wallMs: number): string {
  return new Date(Math.round(wallMs)).toISOString();
}

/**
 * A count with its noun.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { plural } from "./format.ts";
 *
 * assertEquals(plural(1, "socket"), "1 socket");
 * assertEquals(plural(2, "quantity", "quantities"), "2 quantities");
 * ```
 */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

const SUPERSCRIPTS = [..."⁰¹²³⁴⁵⁶⁷⁸⁹"];
/** Fewer zeros are read at a glance. */
const POWER_LEAST = 1e6;

/** A number of a formula: 0.05, 1000, 10⁹. */
export function factor(value: number): string {
  const power = Math.round(Math.log10(value));
  if (value < POWER_LEAST || 10 ** power !== value) return String(value);
  return `10${[...String(power)].map((digit) => SUPERSCRIPTS[Number(digit)]).join("")}`;
}

/**
 * What a number is worth. A reading is either a value with the share of time it was counted, or an
 * absence with its reason; there is no third way, so a zero can never stand for "not measured".
 *
 * @module
 */
import type { Doubt } from "./doubt.ts";

/** How far a value may be believed, best first. */
export const GRADES = ["exact", "estimated", "low", "implausible"] as const;
export type Grade = (typeof GRADES)[number];

/** Why a value is absent. Each word is a different state on the page, in JSON and in `/metrics`. */
export const REASONS = [
  /** This kernel or machine does not have it. */
  "not_supported",
  /** It exists, and this process may not read it. */
  "denied",
  /** Counters show a rate only after their second reading. */
  "not_yet",
  /** It was open, and its counter had no turn in this window. */
  "not_counted",
  /** A ratio whose denominator did not move: nothing happened to be measured. */
  "no_events",
  /** The source has it at a coarser scope only; it is never copied down. */
  "coarser_only",
  /** It has a value per instance and no sensible sum: a temperature, a frequency. */
  "finer_only",
  /** The instance (a CPU, a disk, an interface) is gone. */
  "gone",
  /** Read only while somebody looks. */
  "not_watched",
  /** The options leave it out. */
  "left_out",
  /** The source broke its format or could not be read. */
  "failed",
] as const;
export type Reason = (typeof REASONS)[number];

/**
 * One cause, told once: what was tried, on what, what came back and what it needs.
 * `remedy` is a command or a setting that a person can paste, least privilege first.
 */
export interface Problem {
  /** Stable within one collector: the same cause keeps the same key. */
  readonly key: string;
  readonly collector: string;
  readonly reason: Reason;
  /** One sentence, capital first, no full stop: `Cannot read "/proc/pressure/cpu": ENOENT, ...`. */
  readonly message: string;
  readonly remedy?: string | undefined;
  /** The metrics that this cause costs; absent where it costs the whole collector. */
  readonly metrics?: readonly string[] | undefined;
  /** The one instance that it costs; absent where it costs several or all. */
  readonly instance?: string | undefined;
  /** The instances that it costs, where they are several and not all. */
  readonly instances?: readonly string[] | undefined;
  /** In the nature of the machine, and nothing to be mended: told to who asks for its metrics, else not. */
  readonly quiet?: true | undefined;
}

/** Who says that a counter counts this, where neither the kernel nor the maker does; the weaker last. */
export const HEARSAY = ["third_party", "unverified"] as const;
export type Hearsay = (typeof HEARSAY)[number];

export interface Measurement {
  readonly value: number;
  /** Share of the window in which the source really counted, 0 to 1. */
  readonly coverage: number;
  readonly grade: Grade;
  /** The terms of a ratio were counted in different groups, so at different times. */
  readonly mixed?: true;
  /** The true value is as much or more (`lower`), as much or less (`upper`). Never `exact`. */
  readonly bound?: "lower" | "upper";
  /** On whose word alone it is what it says. Never `exact`. */
  readonly hearsay?: Hearsay;
  /** Why it is `implausible`. */
  readonly doubt?: Doubt;
  /** A sum over instances that lacks some: how many are in it, and how many there are. */
  readonly partial?: { readonly counted: number; readonly present: number };
}

export interface Absence {
  readonly absent: Reason;
  readonly problem?: Problem | undefined;
}

export type Reading = Measurement | Absence;

/** Below this share of time a scaled value is `low`. */
export const LOW_COVERAGE = 0.2;
/** Below this counting time a scaled value is `low`, whatever its share. */
export const LOW_RUNNING_SECONDS = 0.01;

export function isMeasured(reading: Reading): reading is Measurement {
  return "value" in reading;
}

/** Absent from this window, and not from this machine. */
const PASSING: readonly Reason[] = ["not_yet", "not_counted", "no_events", "finer_only"];

/** Whether a machine has a quantity, though it may have no value in this window. */
export function isHere(reading: Reading): boolean {
  return isMeasured(reading) || (reading.problem === undefined && PASSING.includes(reading.absent));
}

export function exact(value: number): Measurement {
  return { value, coverage: 1, grade: "exact" };
}

/** The same value, no better than an estimate. */
export function estimated(reading: Measurement): Measurement {
  return reading.grade === "exact" ? { ...reading, grade: "estimated" } : reading;
}

/** The same value on somebody's word. */
export function onHearsay(reading: Measurement, hearsay: Hearsay): Measurement {
  return { ...estimated(reading), hearsay };
}

/** The weaker of two words; undefined where both stand on firmer ground. */
export function weaker(a: Hearsay | undefined, b: Hearsay | undefined): Hearsay | undefined {
  return a === undefined || b === "unverified" ? b ?? a : a;
}

export function absent(reason: Reason, problem?: Problem): Absence {
  return problem === undefined ? { absent: reason } : { absent: reason, problem };
}

/** What says more of why there is nothing than that a machine does not have it. */
const TELLING: readonly Reason[] = [
  "coarser_only",
  "denied",
  "left_out",
  "not_yet",
  "not_counted",
];

/**
 * The absence to tell where two ways to a value were tried and neither led there: the first one's,
 * unless it only says that the machine lacks it, and the second knows more.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { absent, moreTelling } from "./trust.ts";
 *
 * const [lacking, denied] = [absent("not_supported"), absent("denied")];
 * assertEquals(moreTelling(lacking, denied), denied);
 * assertEquals(moreTelling(absent("not_yet"), denied), absent("not_yet"));
 * ```
 */
export function moreTelling(left: Absence, right: Absence): Absence {
  if (left.absent !== "not_supported") return left;
  return left.problem === undefined || TELLING.includes(right.absent) ? right : left;
}

/**
 * The grade that a coverage earns. `enabledSeconds` is the time the event asked to be counted.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { gradeOf } from "./trust.ts";
 *
 * assertEquals(gradeOf(1, 1), "exact");
 * assertEquals(gradeOf(0.62, 1), "estimated");
 * assertEquals(gradeOf(0.14, 1), "low");
 * // Six milliseconds of counting say little, however large their share.
 * assertEquals(gradeOf(0.6, 0.01), "low");
 * ```
 */
export function gradeOf(coverage: number, enabledSeconds: number): Grade {
  // Sums of times are rounded.
  if (coverage > 1 - 1e-9) return "exact";
  if (coverage < LOW_COVERAGE || coverage * enabledSeconds < LOW_RUNNING_SECONDS) return "low";
  return "estimated";
}

/**
 * The worse of two grades: a derived value is as good as its worst input.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { worse } from "./trust.ts";
 *
 * assertEquals(worse("estimated", "exact"), "estimated");
 * assertEquals(worse("low", "implausible"), "implausible");
 * ```
 */
export function worse(a: Grade, b: Grade): Grade {
  return GRADES.indexOf(a) >= GRADES.indexOf(b) ? a : b;
}

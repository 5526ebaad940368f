/**
 * Why a number cannot be true: the rule that it breaks, with the numbers of the later one of the two
 * windows in which it did. Views put it into words.
 *
 * @module
 */
import type { Formula } from "./formula.ts";

interface Judged {
  /** Whose rule it is: of a derived value perhaps one of its terms. */
  readonly metric: string;
  /** The part that breaks it, where a sum was asked for. */
  readonly instance?: string;
  /** In the unit that people are shown; for a witness the increase across the window, in its own. */
  readonly value: number;
}

/** Outside the band that its values have. */
export interface OutOfBand extends Judged {
  readonly rule: "least" | "most";
  readonly bound: number;
}

/** More than `factor` times what it cannot exceed. */
export interface OverLimit extends Judged {
  readonly rule: "limit";
  readonly factor: number;
  readonly of: number;
  /** What `of` is: `the peak of the memory`. */
  readonly why: string;
}

/** A counter that does not keep up with what cannot happen without it. */
export interface Lagging extends Judged {
  readonly rule: "witness";
  /** The least that it had to rise by for each of the witness. */
  readonly least: number;
  /** What the witness rose by. */
  readonly of: number;
  readonly witness: Formula;
  /** Both since they were opened: it did not move at all. */
  readonly ever?: true;
}

export type Doubt = OutOfBand | OverLimit | Lagging;

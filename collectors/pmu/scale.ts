/**
 * From readings of a group to increases. Counters are u64 and pass 2^53 within weeks; their words are
 * subtracted first and made into a number after, so that the increase is exact.
 *
 * Where more events are asked for than the CPU has counters, each group is counted for a part of the
 * time. The increase is then scaled by enabled / running of the same span: `dV * dE / dR`, of deltas
 * and never of totals, which would mix the phases of a day.
 *
 * @module
 */
import { type GroupReading, MISSING, TIME_ENABLED_WORD, TIME_RUNNING_WORD } from "./read_format.ts";

const TWO_POW_32 = 2 ** 32;
/** In `GroupScale`'s words. */
const LAST_WORD = 4;
const MEMBERS_WORD = 6;

/**
 * `to - from` of two u64 given as 32-bit words, in the 64 bits that the kernel counts in: between -2^63
 * and 2^63, also past the end. Exact while the difference is below 2^53.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { difference } from "./scale.ts";
 *
 * // From 2^32 - 1 to 2^32 + 1: the low word wrapped.
 * assertEquals(difference(0xffffffff, 0, 1, 1), 2);
 * ```
 */
export function difference(
  fromLow: number,
  fromHigh: number,
  toLow: number,
  toHigh: number,
): number {
  return ((toHigh - fromHigh) | 0) * TWO_POW_32 + (toLow - fromLow);
}

/** The increases of one group since its baseline, scaled. Allocates nothing after it is made. */
export class GroupScale {
  /** By member, as the CPU would have counted them all the time; NaN where a member is missing. */
  readonly increases: Float64Array<ArrayBuffer>;
  /** Seconds since the baseline in which the group asked to be counted. */
  enabledSeconds = 0;
  /** Seconds since the baseline in which it was. */
  runningSeconds = 0;
  /** The group had a turn since the baseline. */
  ran = false;
  /** Time went by since the baseline, and the group had no turn in it. */
  waited = false;
  /**
   * No time went by since the last reading, though it did before: the CPU went offline, and a group of
   * one event still answers.
   */
  stands = false;
  /**
   * As low and high word: enabled and running of the baseline, enabled of the last reading, and then each
   * member of the baseline. One array, because on a host of many CPUs each is read from memory anew.
   */
  readonly #baseline: Uint32Array<ArrayBuffer>;

  constructor(members: number) {
    this.increases = new Float64Array(members);
    this.#baseline = new Uint32Array(MEMBERS_WORD + members * 2);
  }

  /** Takes a decoded reading as the baseline: what was counted before it is nobody's. */
  begin(reading: GroupReading): void {
    const baseline = this.#baseline;
    const words = reading.words;
    copy(baseline, 0, words, TIME_ENABLED_WORD);
    copy(baseline, 2, words, TIME_RUNNING_WORD);
    for (let member = 0; member < this.increases.length; member++) {
      const word = reading.wordOf(member);
      if (word !== MISSING) copy(baseline, MEMBERS_WORD + member * 2, words, word);
    }
  }

  /**
   * Works out what a decoded reading adds, and takes it as the new baseline. When the group had no
   * turn since, there is nothing to scale: false, and the baseline stays, so that the next increase
   * covers the whole span. When a counter fell, as the clocks of `msr` do that a suspend sets to 0, nobody
   * knows what it counted: false, and neither the counts nor the time of the span are told.
   */
  advance(reading: GroupReading): boolean {
    const baseline = this.#baseline;
    const words = reading.words;
    const enabled = increase(baseline, 0, words, TIME_ENABLED_WORD);
    const running = increase(baseline, 2, words, TIME_RUNNING_WORD);
    const lastLow = baseline[LAST_WORD]!;
    const lastHigh = baseline[LAST_WORD + 1]!;
    const again = lastLow === words[TIME_ENABLED_WORD] &&
      lastHigh === words[TIME_ENABLED_WORD + 1];
    this.stands = again && (lastLow !== 0 || lastHigh !== 0);
    copy(baseline, LAST_WORD, words, TIME_ENABLED_WORD);
    this.ran = running > 0;
    this.waited = enabled > 0 && !this.ran;
    if (running <= 0) {
      this.#tellNothing();
      return false;
    }
    copy(baseline, 0, words, TIME_ENABLED_WORD);
    copy(baseline, 2, words, TIME_RUNNING_WORD);
    this.enabledSeconds = enabled / 1e9;
    this.runningSeconds = running / 1e9;
    let fell = false;
    for (let member = 0; member < this.increases.length; member++) {
      const word = reading.wordOf(member);
      if (word === MISSING) {
        this.increases[member] = NaN;
        continue;
      }
      const counted = increase(baseline, MEMBERS_WORD + member * 2, words, word);
      copy(baseline, MEMBERS_WORD + member * 2, words, word);
      if (counted < 0) fell = true;
      // The quotient first: it is exactly 1 for a group that was always counted, and leaves it exact.
      this.increases[member] = counted * (enabled / running);
    }
    if (fell) this.#tellNothing();
    return !fell;
  }

  #tellNothing(): void {
    this.enabledSeconds = 0;
    this.runningSeconds = 0;
    this.increases.fill(0);
  }
}

function increase(from: Uint32Array, fromAt: number, to: Uint32Array, toAt: number): number {
  return difference(from[fromAt]!, from[fromAt + 1]!, to[toAt]!, to[toAt + 1]!);
}

function copy(into: Uint32Array, intoAt: number, from: Uint32Array, fromAt: number): void {
  into[intoAt] = from[fromAt]!;
  into[intoAt + 1] = from[fromAt + 1]!;
}

/**
 * What a guest says to the host: one line a check, `ok` or `BAD`, with the figures that decided it.
 *
 * @module
 */
import { isMeasured, type Reading } from "../../../collectors/trust.ts";

let failed = 0;

export function check(holds: boolean, what: string): void {
  if (!holds) failed++;
  console.log(`${holds ? "ok " : "BAD"} ${what}`);
}

/** A check that cannot be made on this machine; `why` says what it lacks. */
export function skip(what: string, why: string): void {
  console.log(`skip ${what}: ${why}`);
}

/** Runs one part of a script: what it throws is one failed check, and the next part still runs. */
export async function part(name: string, run: () => void | Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    check(false, `${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Ends the script with its result. */
export function finish(): never {
  Deno.exit(failed === 0 ? 0 : 1);
}

/** A share as people read it: `0.034 %`. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(3)} %`;
}

/** A reading as a figure of a check. */
export function describe(reading: Reading): string {
  if (!isMeasured(reading)) return `${reading.absent} (${reading.problem?.message})`;
  return `${reading.value}, ${reading.grade}${reading.mixed ? ", mixed" : ""}`;
}

/** How far a reading is from what it should be; NaN, which no check takes, where it is absent. */
export function readingApart(reading: Reading, expected: number): number {
  return isMeasured(reading) ? apart(reading.value, expected) : NaN;
}

/** How far a value is from what it should be, as a share of that. */
export function apart(value: number, expected: number): number {
  return expected === 0 ? Math.abs(value) : Math.abs(value - expected) / Math.abs(expected);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Many deviations as one check: the worst is named. */
export class Worst {
  #share = -1;
  #name = "";
  #count = 0;

  add(share: number, name: string): void {
    this.#count++;
    // NaN is worse than anything.
    if (share <= this.#share || Number.isNaN(this.#share)) return;
    this.#share = share;
    this.#name = name;
  }

  get count(): number {
    return this.#count;
  }

  get share(): number {
    return this.#share;
  }

  /** Holds when there was something to judge and none was further off than `most`. */
  check(what: string, most: number): void {
    const figures = this.#count === 0
      ? "nothing to judge"
      : `${this.#count}, the worst ${percent(this.#share)} off (${this.#name})`;
    check(this.#count > 0 && this.#share <= most, `${what}: ${figures}, at most ${percent(most)}`);
  }
}

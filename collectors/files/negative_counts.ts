/**
 * Counts that fell below zero, as drivers let theirs do: the kernel prints them without a sign, as almost
 * 2^64. Taken for a count, one would leave a total to which nothing small can be added any more.
 *
 * @module
 */
import type { Site } from "../collector.ts";
import { listed } from "../listed.ts";

/** Half of what 64 bits hold: no counter comes so far from zero. */
const LEAST = 2 ** 63;
const KEY = "negative counts";
/** Of interfaces that a message names. */
const NAMES_MOST = 4;

export class NegativeCounts {
  readonly #site: Site;
  readonly #path: string;
  readonly #metrics = new Set<string>();
  readonly #instances = new Set<string>();
  #isTold = false;

  constructor(site: Site, path: string) {
    this.#site = site;
    this.#path = path;
  }

  /** Whether a count is one. */
  is(count: number): boolean {
    return count >= LEAST;
  }

  /** Whose count of what is one, in the reading that goes on. */
  add(metric: string, instance: string): void {
    this.#metrics.add(metric);
    this.#instances.add(instance);
  }

  /** At the end of a reading: tells those of it, or that there are none any more. */
  tell(): void {
    if (this.#metrics.size > 0) this.#report();
    else if (this.#isTold) {
      this.#isTold = false;
      this.#site.resolve(KEY);
    }
  }

  // Apart, because a function that makes strings costs more to enter.
  #report(): void {
    const [metrics, instances] = [[...this.#metrics], [...this.#instances]];
    this.#isTold = true;
    this.#metrics.clear();
    this.#instances.clear();
    this.#site.report({
      key: KEY,
      reason: "failed",
      message:
        `Cannot count all of ${
          listed(instances, NAMES_MOST)
        } in "${this.#path}": found counts of 2^63 ` +
        "or more, which are below zero without their sign, needs a driver that counts up",
      metrics,
      instances,
    });
  }
}

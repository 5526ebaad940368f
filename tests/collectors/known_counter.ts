/** Counters whose totals a test sets, and one whose total is known at each moment. @module */
import { assert, assertAlmostEquals } from "@std/assert";
import type { CollectorSpec } from "../../collectors/collector.ts";
import type { Series } from "../../collectors/readings/series.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const QUARTER_MS = 900_000;

/** Counters of CPUs, as the test sets them; undefined: not measured. */
export type Totals = (number | undefined)[];

export function cpus(totals: Totals, minIntervalMs = 0): CollectorSpec {
  return {
    id: "cpu_time",
    minIntervalMs,
    open: (site) => {
      const user = site.column("cpu_user_seconds");
      const cpu = site.instances("cpu");
      return {
        read: (row) => {
          for (const [n, total] of totals.entries()) {
            const slot = cpu.claim(String(n));
            if (total === undefined) row.none(user, slot);
            else row.count(user, slot, total);
          }
        },
        close: () => {},
      };
    },
  };
}

/** A counter whose total is known at each moment at which it was read. */
export class Known {
  readonly totals: number[] = [0, 0];
  readonly stage: Stage;
  readonly key = { metric: "cpu_user_seconds", instance: "0" };
  readonly #at = new Map<number, number>();
  #state = 7;

  constructor(minIntervalMs = 0) {
    this.stage = new Stage([cpus(this.totals, minIntervalMs)], { tree: new TextTree() });
  }

  /** Ticks, each early or late by up to `jitterMs`, in which the counter rises by something. */
  ticks(count: number, intervalMs: number, jitterMs = 0): void {
    this.stage.intervalMs = intervalMs;
    let late = 0;
    for (let tick = 0; tick < count; tick++) {
      const next = Math.round(jitterMs * this.#random());
      this.totals[0]! += this.#random() * intervalMs / 1000;
      this.stage.tick(intervalMs + next - late);
      late = next;
      this.#at.set(this.stage.clock.wall, this.totals[0]!);
    }
  }

  read(after = -1, spanMs = QUARTER_MS, until = Infinity): Series {
    return this.stage.feed.series.read([this.key], after, spanMs, { fine: true, until });
  }

  /** Each value is the rate between its moment and that of the point before. */
  holds(seconds: readonly number[], values: readonly (number | null)[]): void {
    for (let n = 1; n < seconds.length; n++) {
      const [from, to] = [wallMs(seconds[n - 1]!), wallMs(seconds[n]!)];
      assert(from < to, `point ${n} at ${to} is not after ${from}`);
      const rate = 1000 * (this.#at.get(to)! - this.#at.get(from)!) / (to - from);
      assertAlmostEquals(values[n]!, rate, 1e-9, `point ${n}: ${values[n]}, not ${rate}`);
    }
  }

  #random(): number {
    return (this.#state = (this.#state * 48_271) % 2_147_483_647) / 2_147_483_647;
  }
}

function wallMs(seconds: number): number {
  return Math.round(1000 * seconds);
}

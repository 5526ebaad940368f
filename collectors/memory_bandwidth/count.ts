/**
 * One plan of memory traffic that is being counted. Memory never rests, so counters that stand are
 * counters that do not count: nothing is shown while all of a plan stands, be it from the start or later,
 * nor of a socket that stands while others move. Memory on the package and persistent memory may rest,
 * once they moved.
 *
 * @module
 */
import type { RowWriter, Site, Tick } from "../collector.ts";
import type { Narrowing } from "../narrowing.ts";
import type { MemoryPlan } from "../pmu/memory_source.ts";
import { type UncoreBox, UncoreCounters } from "../uncore/counters.ts";
import { needRoom } from "../uncore/room.ts";
import { memoryBoxes, type MemoryTarget, metricsOf, scopeOf } from "./boxes.ts";
import { MemorySockets } from "./sockets.ts";

export interface MemoryCountOptions {
  readonly site: Site;
  readonly narrowing: Narrowing;
  readonly plan: MemoryPlan;
  readonly target: MemoryTarget;
  /** The boxes were looked for anew, and with them the sources. */
  readonly changed: () => void;
}

const NOT_STILL = -1;

export class MemoryCount {
  /** Another one of the same source takes its place when PMUs come with their CPUs. */
  plan: MemoryPlan;
  readonly counters: UncoreCounters;
  /** Bytes that each box moved since the reading before, in the order of `boxes`; NaN where not counted. */
  bytes: Float64Array = new Float64Array(0);
  /** Whether anything moved since it was opened. */
  moved = false;
  readonly #mayRest: boolean;
  readonly #sockets: MemorySockets;
  #boxes: readonly UncoreBox[] = [];
  /** Seconds counted since anything moved. */
  #still = NOT_STILL;
  #seconds = 0;

  /** Throws `CollectorError` where no box can be counted. */
  constructor({ site, narrowing, plan, target, changed }: MemoryCountOptions) {
    this.plan = plan;
    this.#mayRest = target === "hbm" || target === "pmem";
    this.#sockets = new MemorySockets(site, plan, target);
    const split = new Set<string>();
    const find = (): readonly UncoreBox[] => memoryBoxes(this.plan, target, site.tree, split);
    this.counters = new UncoreCounters({
      site,
      narrowing,
      whom: plan.name,
      scope: scopeOf(target),
      metrics: metricsOf(target),
      find: () => needRoom(site, narrowing, plan.name, find()),
      kept: true,
      changed,
    });
  }

  get boxes(): readonly UncoreBox[] {
    return this.counters.boxes;
  }

  /** Whether it moved in the last reading that counted, or may rest. */
  get moving(): boolean {
    return this.moved && this.#still === NOT_STILL;
  }

  /** Seconds for which it was counted and nothing moved; 0 while something does. */
  get stillSeconds(): number {
    return Math.max(0, this.#still);
  }

  read(row: RowWriter, tick: Tick): void {
    const { counters } = this;
    counters.read(row, tick);
    const anew = counters.boxes !== this.#boxes;
    if (anew) {
      this.#boxes = counters.boxes;
      this.bytes = new Float64Array(this.#boxes.length);
    }
    counters.unitsInto(this.bytes);
    this.#watch(row, tick, anew);
    this.#seconds = tick.seconds;
    if (!this.#mayRest) this.#sockets.judge(row, tick, this);
  }

  close(): void {
    this.counters.close();
  }

  /** Closes, and leaves nothing of it behind. */
  retire(): void {
    this.counters.retire();
    this.#sockets.retire();
  }

  #watch(row: RowWriter, tick: Tick, anew: boolean): void {
    if (this.moved && this.#mayRest) return;
    let counted = false;
    let moves = false;
    for (let i = 0; i < this.bytes.length; i++) {
      if (this.bytes[i]! > 0) moves = true;
      else if (this.bytes[i] === 0) counted = true;
    }
    if (moves) {
      this.moved = true;
      this.#still = NOT_STILL;
      return;
    }
    const stood = this.#still !== NOT_STILL;
    // What had no turn says so itself, and proves nothing.
    if (counted) this.#still = stood ? this.#still + tick.seconds - this.#seconds : 0;
    // Totals where counting begins are what rates start from; later ones would be rates of zero.
    if (stood || counted && !anew) this.counters.writeNone(row);
  }
}

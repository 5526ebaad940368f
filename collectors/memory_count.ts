/**
 * One plan of memory traffic that is being counted. Nothing is shown of it until something moves: memory
 * never rests, so counters that stand are counters that do not count.
 *
 * @module
 */
import type { RowWriter, Site, Tick } from "./collector.ts";
import { memoryBoxes, type MemoryTarget, metricsOf, scopeOf } from "./memory_boxes.ts";
import type { Narrowing } from "./narrowing.ts";
import type { MemoryPlan } from "./pmu/memory_source.ts";
import { type UncoreBox, UncoreCounters } from "./uncore_counters.ts";
import { needRoom } from "./uncore_room.ts";

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
  readonly plan: MemoryPlan;
  readonly counters: UncoreCounters;
  /** Bytes that each box moved since the reading before, in the order of `boxes`; NaN where not counted. */
  bytes: Float64Array = new Float64Array(0);
  /** Whether anything moved since it was opened. */
  moved = false;
  #boxes: readonly UncoreBox[] = [];
  #opened = false;
  #stillSince = NOT_STILL;
  #now = 0;

  /** Throws `CollectorError` where no box can be counted. */
  constructor({ site, narrowing, plan, target, changed }: MemoryCountOptions) {
    this.plan = plan;
    this.counters = new UncoreCounters({
      site,
      narrowing,
      whom: plan.name,
      scope: scopeOf(target),
      metrics: metricsOf(target),
      find: () => needRoom(site, narrowing, plan.name, memoryBoxes(plan, target, site.tree)),
      changed,
    });
  }

  get boxes(): readonly UncoreBox[] {
    return this.counters.boxes;
  }

  /** Seconds for which it was counted and nothing moved; 0 once something did. */
  get stillSeconds(): number {
    return this.moved || this.#stillSince === NOT_STILL ? 0 : this.#now - this.#stillSince;
  }

  read(row: RowWriter, tick: Tick): void {
    const { counters } = this;
    counters.read(row, tick);
    if (counters.boxes !== this.#boxes) {
      this.#boxes = counters.boxes;
      this.bytes = new Float64Array(this.#boxes.length);
    }
    counters.unitsInto(this.bytes);
    if (this.moved) return;
    this.#now = tick.seconds;
    let counted = false;
    for (let i = 0; i < this.bytes.length; i++) {
      if (this.bytes[i]! > 0) this.moved = true;
      else if (this.bytes[i] === 0) counted = true;
    }
    if (this.moved) return;
    // Totals of zero where counting begins are what rates start from; later ones would be rates of zero.
    // What had no turn says so itself.
    if (this.#opened && (counted || this.#stillSince !== NOT_STILL)) counters.writeNone(row);
    if (counted && this.#stillSince === NOT_STILL) this.#stillSince = tick.seconds;
    this.#opened = true;
  }
}

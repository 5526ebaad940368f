/**
 * What one counter rose by between two rows, by instance, for some of them and for the host. Each
 * increase is worked out once: the shares of a whole ask for the same ones over and over.
 *
 * @module
 */
import type { Measured } from "../catalogue.ts";
import {
  collectorIndex,
  HEADER,
  type Instance,
  type Layout,
  metricIndex,
  NO_COLUMNS,
  readAtColumn,
} from "../sampling/layout.ts";
import {
  absent,
  estimated,
  exact,
  gradeOf,
  HEARSAY,
  isMeasured,
  type Measurement,
  onHearsay,
  type Reading,
  type Reason,
} from "../trust.ts";
import { wasPresent } from "./presence.ts";

/**
 * Counted for less than this share of a window, it was not all of it: an instance came in between. What
 * takes turns may lack its last ones.
 */
const WHOLE_SHARE = 0.75;

/** What instances rose by together. */
interface Sum {
  value: number;
  /** In a second of the time for which each asked to be counted. */
  perSecond: number;
  enabled: number;
  running: number;
  /** As by slot: the worst of the parts. */
  doubted: number;
}

interface Increase {
  readonly reading: Reading;
  readonly perSecond: number;
}

/** One slot, some, or `null` for all. */
export type Slots = number | readonly number[] | null;

/** Filled and read within one call. One for all: a tick asks for thousands of sums. */
const SCRATCH: Sum = { value: 0, perSecond: 0, enabled: 0, running: 0, doubted: 0 };

export class Increases {
  readonly #layout: Layout;
  readonly #from: Float64Array | null;
  readonly #to: Float64Array;
  readonly #base: number;
  /** It takes turns with others, and has the times in which it was asked for and counted. */
  readonly #isCounted: boolean;
  /** Their first columns. */
  readonly #enabled: number;
  readonly #running: number;
  readonly #instances: readonly (Instance | null)[];
  readonly #hostWide: boolean;
  /** Those without one are missing from no sum. */
  readonly #isOfSome: boolean;
  readonly #doubted: Uint8Array | null;
  /** Between the two readings; NaN where that is not known. */
  readonly #seconds: number;
  // Most counters are asked for one of these only.
  #bySlot: Increase[] | undefined;
  #ofAll: Increase | undefined;
  #ofSome: Map<readonly number[], Increase> | undefined;

  /**
   * `from`: the row of an earlier reading; null where none is remembered. `doubted`: by slot, 0 or
   * from 1 on the place in `HEARSAY` of who vouches.
   */
  constructor(
    metric: Measured,
    layout: Layout,
    from: Float64Array | null,
    to: Float64Array,
    doubted: Uint8Array | null = null,
  ) {
    const { counted } = metric;
    this.#layout = layout;
    this.#from = from;
    this.#to = to;
    this.#base = this.#baseOf(metric.id);
    this.#isCounted = counted !== undefined;
    this.#enabled = counted === undefined ? 0 : this.#baseOf(counted.enabled);
    this.#running = counted === undefined ? 0 : this.#baseOf(counted.running);
    this.#instances = layout.scopes[metric.scope]?.instances ?? [];
    this.#hostWide = metric.scope === "host";
    this.#isOfSome = metric.some === true;
    this.#doubted = doubted;
    const readAt = readAtColumn(collectorIndex(metric.collector));
    this.#seconds = (to[readAt]! - (from?.[readAt] ?? NaN)) / 1000;
  }

  /**
   * Of one instance, or of all of some that are there together. What a host has one of has no parts.
   * `untaken`: how many there are of them beside those, always the same of the same slots.
   */
  read(slots: Slots, untaken = 0): Reading {
    return this.#increase(slots, untaken).reading;
  }

  /**
   * The same in a second. `seconds` went by; but what is counted by turns is divided by the time for
   * which it asked to be counted and is known: its last turn may lie well before the last row.
   */
  rate(slots: Slots, seconds: number, untaken = 0): Reading {
    const { reading, perSecond } = this.#increase(slots, untaken);
    if (!isMeasured(reading)) return reading;
    const value = !this.#isCounted ? reading.value / seconds : perSecond;
    return Number.isNaN(value) ? absent("not_yet") : { ...reading, value };
  }

  /** Of one instance as a number, without its trust; NaN where absent. Makes nothing. */
  valueAt(slot: number): number {
    const sum = cleared();
    return this.#add(slot, sum) === null ? sum.value : NaN;
  }

  /** The rate of one instance, likewise. */
  perSecondAt(slot: number, seconds: number): number {
    const sum = cleared();
    if (this.#add(slot, sum) !== null) return NaN;
    return !this.#isCounted ? sum.value / seconds : sum.perSecond;
  }

  #increase(slots: Slots, untaken: number): Increase {
    if (slots === null) return this.#ofAll ??= this.#readSum(null, untaken);
    if (typeof slots === "number") return (this.#bySlot ??= [])[slots] ??= this.#readSlot(slots);
    this.#ofSome ??= new Map();
    let increase = this.#ofSome.get(slots);
    if (increase === undefined) this.#ofSome.set(slots, increase = this.#readSum(slots, untaken));
    return increase;
  }

  #readSlot(slot: number): Increase {
    if (this.#hostWide) return nothing("coarser_only");
    const sum = cleared();
    const reason = this.#add(slot, sum);
    return reason === null ? this.#taken(sum, 1) : nothing(reason);
  }

  #readSum(slots: readonly number[] | null, untaken: number): Increase {
    if (this.#hostWide && slots !== null) return nothing("coarser_only");
    const sum = cleared();
    const from = this.#from?.[HEADER.sequence] ?? -1;
    const to = this.#to[HEADER.sequence]!;
    let counted = 0;
    let present = untaken;
    let why: Reason | null = null;
    const most = slots === null ? this.#instances.length : slots.length;
    for (let i = 0; i < most; i++) {
      const slot = slots === null ? i : slots[i]!;
      const instance = this.#instances[slot]!;
      if (!wasPresent(instance, to)) continue;
      const reason = this.#add(slot, sum);
      if (reason === null) counted++;
      // One that came within the window is not missing from the sum: it begins with the next one.
      const isMissing = !this.#isOfSome && wasPresent(instance, from);
      if (reason === null || isMissing) present++;
      why ??= reason;
    }
    if (counted === 0) return nothing(why ?? "not_supported");
    const taken = this.#taken(sum, counted);
    return isMeasured(taken.reading)
      ? { ...taken, reading: withPartial(taken.reading, counted, present) }
      : taken;
  }

  /** Adds one instance's increase to a sum; the reason when it has none. */
  #add(slot: number, sum: Sum): Reason | null {
    if (this.#base === NO_COLUMNS) return "not_supported";
    const from = this.#from;
    const born = this.#instances[slot]?.bornSequence ?? Infinity;
    if (from === null || born > from[HEADER.sequence]!) return "not_yet";
    const value = this.#difference(this.#base + slot, from);
    if (Number.isNaN(value)) return this.#whyEmpty(this.#base + slot, from);
    if (this.#isCounted) {
      const enabled = this.#difference(this.#enabled + slot, from);
      const running = this.#difference(this.#running + slot, from);
      if (!(enabled >= 0 && running >= 0)) return "not_yet";
      if (running === 0) return "not_counted";
      sum.enabled += enabled;
      sum.running += running;
      sum.perSecond += value / enabled;
    }
    sum.value += value;
    if (this.#doubted !== null) sum.doubted = Math.max(sum.doubted, this.#doubted[slot]!);
    return null;
  }

  /** What two readings in a row left empty has nothing to count for this instance. */
  #whyEmpty(at: number, from: Float64Array): Reason {
    return Number.isNaN(from[at]!) && Number.isNaN(this.#to[at]!) ? "not_supported" : "not_yet";
  }

  #difference(at: number, from: Float64Array): number {
    const difference = this.#to[at]! - from[at]!;
    return difference >= 0 ? difference : NaN;
  }

  #taken({ value, perSecond, enabled, running, doubted }: Sum, instances: number): Increase {
    if (!this.#isCounted) {
      const reading = exact(value);
      return { reading: vouched(reading, doubted), perSecond: NaN };
    }
    // Whoever was there for a part of the window only was counted for no more than that.
    const span = this.#seconds * instances;
    const asked = enabled < WHOLE_SHARE * span ? span : enabled;
    const coverage = Math.min(1, running / asked);
    const reading: Measurement = { value, coverage, grade: gradeOf(coverage, asked) };
    return { reading: vouched(reading, doubted), perSecond };
  }

  #baseOf(id: string): number {
    return this.#layout.bases[metricIndex(id)]!;
  }
}

/** The sum of nothing yet; the same one each time. */
function cleared(): Sum {
  SCRATCH.value = 0;
  SCRATCH.perSecond = 0;
  SCRATCH.enabled = 0;
  SCRATCH.running = 0;
  SCRATCH.doubted = 0;
  return SCRATCH;
}

/** A sum that lacks instances is an estimate of what it stands for. */
export function withPartial(reading: Measurement, counted: number, present: number): Measurement {
  if (counted >= present) return reading;
  return { ...estimated(reading), partial: { counted, present } };
}

function nothing(reason: Reason): Increase {
  return { reading: absent(reason), perSecond: NaN };
}

function vouched(reading: Measurement, doubted: number): Measurement {
  return doubted === 0 ? reading : onHearsay(reading, HEARSAY[doubted - 1]!);
}

/**
 * The state of the host as of one row: every metric as a reading with its trust, or absent with its
 * cause. Everything that is rendered is rendered from a snapshot.
 *
 * @module
 */
import { type Measured, type Metric, metric as metricOf } from "./catalogue.ts";
import type { HostProfile } from "./host.ts";
import { inputs } from "./formula.ts";
import { HEADER, type Instance, type Layout } from "./layout.ts";
import {
  type Absence,
  absent,
  isMeasured,
  type Measurement,
  type Problem,
  type Reading,
} from "./trust.ts";
import type { Window } from "./window.ts";

/** An instance that is there, with its slot. */
export interface Present extends Instance {
  readonly slot: number;
}

export interface SnapshotParts {
  readonly bootId: string;
  readonly profile: HostProfile;
  readonly layout: Layout;
  readonly window: Window;
  /** The window before, for values that are implausible only when they stay so. */
  readonly before: Window | null;
  readonly problems: readonly Problem[];
}

export class Snapshot {
  readonly bootId: string;
  readonly profile: HostProfile;
  readonly problems: readonly Problem[];
  /** Number of the tick. */
  readonly sequence: number;
  readonly wallMs: number;
  readonly monotonicMs: number;
  readonly intervalMs: number;
  readonly #layout: Layout;
  readonly #window: Window;
  readonly #before: Window | null;
  readonly #readings = new Map<string, Reading>();
  readonly #present = new Map<string, readonly Present[]>();
  readonly #slots = new Map<string, ReadonlyMap<string, number>>();

  constructor(parts: SnapshotParts) {
    this.bootId = parts.bootId;
    this.profile = parts.profile;
    this.problems = parts.problems;
    this.#layout = parts.layout;
    this.#window = parts.window;
    this.#before = parts.before;
    const row = parts.window.to;
    this.sequence = row[HEADER.sequence]!;
    this.wallMs = row[HEADER.wallMs]!;
    this.monotonicMs = row[HEADER.monotonicMs]!;
    this.intervalMs = row[HEADER.intervalMs]!;
  }

  /** The only cursor there is, as the world sees it: `<boot id>-<sequence>`. */
  get cursor(): string {
    return `${this.bootId}-${this.sequence}`;
  }

  /** Who is there, in the order of their slots. */
  instances(scope: string): readonly Present[] {
    let present = this.#present.get(scope);
    if (present === undefined) {
      const slots = this.#layout.scopes[scope]?.instances ?? [];
      present = slots.flatMap((instance, slot) =>
        instance === null || instance.goneSequence !== null ? [] : [{ ...instance, slot }]
      );
      this.#present.set(scope, present);
    }
    return present;
  }

  /**
   * What a person is shown: a counter's rate in units a second, a gauge, a formula's result. Without
   * `instance` the host's value.
   */
  read(id: string, instance?: string): Reading {
    const key = instance === undefined ? id : `${id}\n${instance}`;
    let reading = this.#readings.get(key);
    if (reading === undefined) {
      reading = this.#read(metricOf(id), instance);
      this.#readings.set(key, reading);
    }
    return reading;
  }

  /** The increase of a counter across the window, for those who count events and not rates. */
  delta(id: string, instance?: string): Reading {
    const entry = metricOf(id);
    if (entry.kind !== "counter") return absent("not_supported");
    const slot = this.#slot(entry, instance);
    if (slot === undefined) return absent("gone");
    return this.#explain(entry, this.#window.delta(entry, slot), instance);
  }

  /** A counter's total or a gauge, as it stands in the row: what `/metrics` serves. NaN when absent. */
  total(metric: Measured, slot: number): number {
    return this.#window.total(metric, slot);
  }

  /** What stands in the way of a metric, or of a term of its formula; undefined where nothing does. */
  cause(id: string, instance?: string): Problem | undefined {
    const entry = metricOf(id);
    const terms = entry.kind === "derived" ? inputs(entry.formula).map(metricOf) : [entry];
    for (const term of terms) {
      if (term.kind === "derived") continue;
      const problem = this.problems.find((candidate) =>
        candidate.collector === term.collector &&
        (candidate.metrics === undefined || candidate.metrics.includes(term.id)) &&
        (candidate.instance === undefined || candidate.instance === instance)
      );
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** Seconds that a collector's window spans; NaN before its second reading. */
  elapsedSeconds(collector: string): number {
    return this.#window.elapsedSeconds(collector);
  }

  #read(entry: Metric, instance: string | undefined): Reading {
    const slot = this.#slot(entry, instance);
    if (slot === undefined) return absent("gone");
    const reading = this.#window.read(entry, slot);
    if (!isMeasured(reading)) return this.#explain(entry, reading, instance);
    return this.#implausible(entry, slot, reading) ? { ...reading, grade: "implausible" } : reading;
  }

  /** `null`: the host. `undefined`: no such instance is there. */
  #slot(entry: Metric, instance: string | undefined): number | null | undefined {
    if (instance === undefined) return null;
    let slots = this.#slots.get(entry.scope);
    if (slots === undefined) {
      slots = new Map(this.instances(entry.scope).map(({ name, slot }) => [name, slot]));
      this.#slots.set(entry.scope, slots);
    }
    return slots.get(instance);
  }

  #implausible(entry: Metric, slot: number | null, reading: Measurement): boolean {
    if (entry.sane === undefined || this.#before === null) return false;
    const [least, most] = entry.sane;
    // A band is one instance's; sums over many are judged by their parts.
    if (slot === null && entry.scope !== "host" && entry.kind !== "derived") return false;
    const outside = (value: number): boolean => !(value >= least && value <= most);
    if (!outside(reading.value)) return false;
    const earlier = this.#before.read(entry, slot);
    return isMeasured(earlier) && outside(earlier.value);
  }

  /** Puts the cause to an absence that has one. */
  #explain(entry: Metric, reading: Reading, instance: string | undefined): Reading {
    if (isMeasured(reading)) return reading;
    switch (reading.absent) {
      case "not_yet":
      // No instance was found: there may be none, or nobody could look.
      case "not_supported":
        return this.#cause(entry, instance) ?? reading;
      default:
        return reading;
    }
  }

  #cause(entry: Metric, instance: string | undefined): Absence | undefined {
    const problem = this.cause(entry.id, instance);
    return problem === undefined ? undefined : absent(problem.reason, problem);
  }
}

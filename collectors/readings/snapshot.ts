/**
 * The state of the host as of one row: every metric as a reading with its trust, or absent with its
 * cause. Everything that is rendered is rendered from a snapshot.
 *
 * @module
 */
import { type Measured, type Metric, metric as metricOf, placeOf } from "../catalogue.ts";
import { MEMORY_TOTAL } from "../catalogue/memory.ts";
import { BOOT_TIME } from "../catalogue/scheduler.ts";
import { type Counting, countingOf, type Times } from "./counting.ts";
import type { HostProfile } from "../host/profile.ts";
import { alternatives, type Formula, inputs } from "../formula.ts";
import type { Groups } from "./groups.ts";
import { isVolatile, knownCauses, problemsOf } from "./known_causes.ts";
import { KnownReadings } from "./known_readings.ts";
import {
  HEADER,
  type Instance,
  type Layout,
  readAtColumn,
  type ScopeLayout,
} from "../sampling/layout.ts";
import { type HostSize, hostSize } from "./host_size.ts";
import { type Moves, NO_MOVES } from "./moves.ts";
import { Plausibility } from "./plausibility.ts";
import { untakenOf } from "./presence.ts";
import type { Begun } from "./since.ts";
import type { SourceIndex } from "./source_index.ts";
import type { Source } from "../source.ts";
import {
  type Absence,
  absent,
  isHere,
  isMeasured,
  moreTelling,
  type Problem,
  type Reading,
} from "../trust.ts";
import { isOfHost } from "./whole.ts";
import type { Slot, Window, Working } from "./window.ts";

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
  readonly groups: Groups;
  readonly sourceIndex: SourceIndex;
  /** Absent: nobody saw it. */
  readonly begun?: Begun | null;
  readonly moves?: Moves;
  /** One before it, of the same problems and sources, and but for moves of the same layout. */
  readonly earlier?: Snapshot | null;
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
  /** When the first tick was; null where nobody saw it. */
  readonly begun: Begun | null;
  readonly #layout: Layout;
  readonly #window: Window;
  readonly #groups: Groups;
  readonly #sourceIndex: SourceIndex;
  readonly #plausibility: Plausibility;
  readonly #known: KnownReadings;
  readonly #moves: Moves;
  readonly #groupReadings = new Map<string, Reading>();

  constructor(parts: SnapshotParts) {
    this.bootId = parts.bootId;
    this.profile = parts.profile;
    this.problems = parts.problems;
    this.begun = parts.begun ?? null;
    this.#layout = parts.layout;
    this.#window = parts.window;
    this.#groups = parts.groups;
    this.#sourceIndex = parts.sourceIndex;
    this.#plausibility = new Plausibility(parts.window, parts.before);
    const row = parts.window.to;
    const { earlier, moves = NO_MOVES } = parts;
    this.#moves = moves;
    this.#known = new KnownReadings(row, moves, earlier ? earlier.#known : undefined);
    this.sequence = row[HEADER.sequence]!;
    this.wallMs = row[HEADER.wallMs]!;
    this.monotonicMs = row[HEADER.monotonicMs]!;
    this.intervalMs = row[HEADER.intervalMs]!;
  }

  /** The only cursor there is, as the world sees it: `<boot id>-<sequence>`. */
  get cursor(): string {
    return `${this.bootId}-${this.sequence}`;
  }

  /** When the kernel booted, by the clock as it is now: one that is set moves it. */
  get bootedAtMs(): number | undefined {
    const reading = this.read(BOOT_TIME);
    if (isMeasured(reading)) return reading.value * 1000;
    // As it was at the start, unless the clock was set back to before it.
    const { bootedAtMs } = this.profile;
    return bootedAtMs === undefined || bootedAtMs > this.wallMs ? undefined : bootedAtMs;
  }

  get size(): HostSize {
    const untaken = untakenOf(this.#layout, "cpu", this.sequence, null);
    return hostSize(this.profile, this.instances("cpu"), untaken);
  }

  /** Memory that the kernel manages: it can be plugged in, and a balloon takes some. */
  get memoryBytes(): number | undefined {
    const reading = this.read(MEMORY_TOTAL);
    return isMeasured(reading) ? reading.value : this.profile.memoryBytes;
  }

  /**
   * The same object while nobody comes or goes but those who do all the time (see `movesOf`), and
   * everything is counted where it was: what is made of that can be kept by it.
   */
  get shape(): object {
    return this.#sourceIndex;
  }

  /** Who is there, in the order of their slots. */
  instances(scope: string): readonly Present[] {
    return presentIn(this.#layout, scope).all;
  }

  /**
   * What a person is shown: a counter's rate in units a second, a gauge, a formula's result. Without
   * `instance` the host's value.
   */
  read(id: string, instance?: string): Reading {
    const place = placeOf(id);
    const known = this.#known;
    if (instance === undefined) {
      return known.ofHost(place) ?? known.addHost(place, this.#read(metricOf(id), null));
    }
    const entry = metricOf(id);
    const slot = this.#slot(entry, instance);
    if (slot === undefined || slot === null) return absent("gone");
    return known.ofSlot(place, slot) ?? known.addSlot(place, slot, this.#read(entry, slot));
  }

  /**
   * Whether the host's value of a metric is exact for certain, or with `scope` that of each instance of
   * it. False says nothing; it costs less than a reading.
   */
  isExact(id: string, scope?: string): boolean {
    const entry = metricOf(id);
    if (entry.kind === "derived") return false;
    return (scope === undefined ? isOfHost(entry) : entry.scope === scope) &&
      this.#window.isWhole(entry);
  }

  /** Names of the groups that instances of a scope make: the sockets of its CPUs. */
  groups(scope: string, grouping: string): readonly string[] {
    return this.#groups.names(scope, grouping);
  }

  /** The same for the members of one group together. */
  readGroup(id: string, grouping: string, name: string): Reading {
    const key = `${id}\n${grouping}\n${name}`;
    let reading = this.#groupReadings.get(key);
    if (reading === undefined) {
      this.#groupReadings.set(key, reading = this.#readGroup(metricOf(id), grouping, name));
    }
    return reading;
  }

  /** A counter's increase across the window, for those who count events and not rates. */
  delta(id: string, instance?: string): Reading {
    const entry = metricOf(id);
    if (entry.kind !== "counter") return absent("not_supported");
    const slot = this.#slot(entry, instance);
    if (slot === undefined) return absent("gone");
    const reading = this.#window.delta(entry, slot);
    if (isMeasured(reading)) return reading;
    const why = this.#explain(inputsOf(entry), reading, slot);
    return slot === null ? why : this.#ofHost(entry, why);
  }

  /** A counter's total or a gauge, as it stands in the row: what `/metrics` serves. NaN when absent. */
  total(metric: Measured, slot: number): number {
    return this.#window.total(metric, slot);
  }

  /** What stands in the way of a metric, or of a term of its formula; undefined where nothing does. */
  cause(id: string, instance?: string): Problem | undefined {
    const entry = metricOf(id);
    return this.#cause(inputsOf(entry), this.#slot(entry, instance) ?? null);
  }

  /** Where a metric comes from on this machine, or the terms of its formula. */
  sources(id: string): readonly Source[] {
    return this.#sourceIndex.sources(id);
  }

  /** Where it comes from for one instance; undefined where nobody says. */
  source(id: string, instance: string): Source | undefined {
    const { scope } = metricOf(id);
    return this.sources(id).find((source) =>
      metricOf(source.metric).scope === scope && source.instances.includes(instance)
    );
  }

  /** What the value of a derived metric is made of; null where it has none. */
  working(id: string, instance?: string): Working | null {
    const entry = metricOf(id);
    const slot = this.#slot(entry, instance);
    if (entry.kind !== "derived" || slot === undefined) return null;
    const { formula, scope } = entry;
    const taken = alternatives(formula)
      .find((each) => isMeasured(this.#window.formula(each, scope, slot)));
    return taken === undefined ? null : this.#window.working(taken, scope, slot);
  }

  /** What a counter counted on the instances of these names. */
  counting(metric: Measured, times: Times, names: readonly string[]): Counting {
    const slots = names.map((name) => this.#slot(metric, name))
      .filter((slot) => typeof slot === "number");
    return countingOf(this.#window, metric, times, slots);
  }

  /** When a collector was last read, CLOCK_MONOTONIC in ms; NaN where it never was. */
  readAtMs(collector: string): number {
    return this.#window.readAtMs(collector);
  }

  /** The same of one that is known by its index. */
  readAtMsOf(collector: number): number {
    return this.#window.to[readAtColumn(collector)]!;
  }

  /** How often instances of a collector, by its index, came and went while all else stayed. */
  movesOf(collector: number): number {
    return this.#moves[collector]!;
  }

  /** The same by the wall clock. */
  readWallMs(collector: string): number {
    return this.wallMs - this.monotonicMs + this.readAtMs(collector);
  }

  /** Seconds that a collector's window spans; NaN before its second reading. */
  elapsedSeconds(collector: string): number {
    return this.#window.elapsedSeconds(collector);
  }

  #readGroup(entry: Metric, grouping: string, name: string): Reading {
    if (entry.scope === "host") return this.#ofHost(entry, absent("coarser_only"));
    const names = this.groups(entry.scope, grouping);
    if (names.length === 0) return absent("not_supported");
    const members = this.#groups.members(grouping, name);
    if (members === undefined || !names.includes(name)) return absent("gone");
    return this.#read(entry, members);
  }

  #read(entry: Metric, slot: Slot): Reading {
    const reading = entry.kind === "derived"
      ? this.#derived(entry.formula, entry.scope, slot)
      : this.#measured(entry, slot);
    if (!isMeasured(reading)) return slot === null ? reading : this.#ofHost(entry, reading);
    const doubt = this.#plausibility.doubt(entry, slot, reading);
    return doubt === null ? reading : { ...reading, grade: "implausible", doubt };
  }

  #measured(entry: Measured, slot: Slot): Reading {
    const reading = this.#window.read(entry, slot);
    return isMeasured(reading) ? reading : this.#explain(inputsOf(entry), reading, slot);
  }

  /** A part has no value of its own where the host has one. Where the host lacks it, so do its parts. */
  #ofHost(entry: Metric, reading: Absence): Absence {
    if (reading.absent !== "coarser_only") return reading;
    const whole = this.read(entry.id);
    return isMeasured(whole) || isHere(whole) ? reading : whole;
  }

  /** The first alternative that is measured; where none is, each has its own cause. */
  #derived(formula: Formula, scope: string, slot: Slot): Reading {
    let why: Absence | null = null;
    for (const each of alternatives(formula)) {
      const found = this.#window.formula(each, scope, slot);
      if (isMeasured(found)) return found;
      const reading = this.#explain(inputs(each), found, slot);
      why = why === null ? reading : moreTelling(why, reading);
    }
    return why ?? absent("not_supported");
  }

  /** `null`: the host. `undefined`: no such instance is there. */
  #slot(entry: Metric, instance: string | undefined): number | null | undefined {
    if (instance === undefined) return null;
    return presentIn(this.#layout, entry.scope).slots.get(instance);
  }

  /** Puts the cause to an absence that has one. */
  #explain(terms: readonly string[], reading: Absence, slot: Slot): Absence {
    switch (reading.absent) {
      case "not_yet":
      // No instance was found: there may be none, or nobody could look.
      case "not_supported": {
        const problem = this.#cause(terms, slot);
        return problem === undefined ? reading : absent(problem.reason, problem);
      }
      default:
        return reading;
    }
  }

  /** Kept from tick to tick: what is absent mostly stays so, for the same cause. */
  #cause(terms: readonly string[], slot: Slot): Problem | undefined {
    const known = knownCauses(this.problems, isVolatile(terms) ? this.#layout : this.shape);
    let bySlot = known.get(terms);
    if (bySlot === undefined) known.set(terms, bySlot = new Map());
    let cause = bySlot.get(slot);
    if (cause === undefined) bySlot.set(slot, cause = this.#findCause(terms, slot) ?? null);
    return cause ?? undefined;
  }

  #findCause(terms: readonly string[], slot: Slot): Problem | undefined {
    for (const id of terms) {
      const term = metricOf(id);
      if (term.kind === "derived") continue;
      const candidates = problemsOf(this.problems, term);
      if (candidates.length === 0) continue;
      const problem = candidates.find((candidate) => this.#cost([candidate], term.scope, slot)) ??
        // What one kind of core lacks and the other may not have is lost for several causes.
        (this.#cost(candidates, term.scope, slot) ? candidates[0] : undefined);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** Whether causes together cost all of those that are asked for. */
  #cost(problems: readonly Problem[], scope: string, slot: Slot): boolean {
    const costs = problems.map(({ instance, instances }) =>
      instance === undefined ? instances : [instance]
    );
    if (costs.includes(undefined)) return true;
    const asked = this.#window.present(scope, slot);
    const all = this.#layout.scopes[scope]?.instances ?? [];
    return asked.length > 0 &&
      asked.every((at) => costs.some((names) => names!.includes(all[at]!.name)));
  }
}

/** Who is there of a scope. */
interface There {
  readonly all: readonly Present[];
  readonly slots: ReadonlyMap<string, number>;
}

const NOBODY: There = { all: [], slots: new Map() };

/** By the layout of a scope, which is another one when anybody comes or goes. */
const THERE = new WeakMap<ScopeLayout, There>();

function presentIn(layout: Layout, scope: string): There {
  const known = layout.scopes[scope];
  if (known === undefined) return NOBODY;
  let there = THERE.get(known);
  if (there === undefined) {
    const all = known.instances.flatMap((instance, slot) =>
      instance === null || instance.goneSequence !== null ? [] : [{ ...instance, slot }]
    );
    there = { all, slots: new Map(all.map(({ name, slot }) => [name, slot])) };
    THERE.set(known, there);
  }
  return there;
}

const OWN = new WeakMap<Metric, readonly string[]>();

/** The terms of a metric, the same list each time. One that is read is its own. */
function inputsOf(entry: Metric): readonly string[] {
  if (entry.kind === "derived") return inputs(entry.formula);
  let own = OWN.get(entry);
  if (own === undefined) OWN.set(entry, own = [entry.id]);
  return own;
}

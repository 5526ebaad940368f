/**
 * All groups of a plan on one CPU: opened together, read one after the other, closed together.
 *
 * @module
 */
import type { Kernel } from "../kernel/kernel.ts";
import type { Plan } from "../pmu/plan.ts";
import { EventGroup, type GroupOutcome, REFUSED } from "./event_group.ts";

/** `member` counts the group's events; `null` stands for the whole group. */
export type OnMemberRefusal = (group: number, member: number | null, errno: number) => void;

/** Count, seconds enabled, seconds running. */
const CELLS = 3;
/** Where turns are slow, a group has none only after so many times as long as one waited for its own. */
const WAITS = 4;
/** But after so long it has none, ms: whoever waited through a standstill shall not hide it. */
const WAIT_MS_MOST = 10_000;

export class CounterSet {
  readonly cpu: number;
  readonly plan: Plan;
  /** By group of the plan; null where the kernel refused all of it. */
  readonly groups: readonly (EventGroup | null)[];
  /** The group whose last reading was not whole. */
  failed: EventGroup | null = null;
  /** When each group last had a turn, ms of CLOCK_MONOTONIC. */
  readonly #ranAtMs: Float64Array;
  /**
   * For how long each was seen without one before that, ms: nothing where turns change faster than they
   * are read, seconds on a host that gives the CPU to others.
   */
  readonly #waitedMs: Float64Array;
  #readAtMs: number;
  /** By term, from `#first[term]` to `#first[term + 1]`: where its events are counted. */
  readonly #first: Int32Array;
  readonly #group: Int32Array;
  readonly #member: Int32Array;
  /** Terms whose events are counted by several groups, which have their turns at different times. */
  readonly #apart: readonly number[];
  /** By term, of those: what the last reading tells of it, as `take` does; three cells each. */
  readonly #sums: Float64Array;
  /** By event of a term that is counted apart: what it rose by, and its times, since they were last told. */
  readonly #increase: Float64Array;
  readonly #enabled: Float64Array;
  readonly #running: Float64Array;

  private constructor(
    cpu: number,
    plan: Plan,
    groups: readonly (EventGroup | null)[],
    metrics: readonly string[],
    nowMs: number,
  ) {
    this.cpu = cpu;
    this.plan = plan;
    this.groups = groups;
    this.#ranAtMs = new Float64Array(groups.length).fill(nowMs);
    this.#waitedMs = new Float64Array(groups.length);
    this.#readAtMs = nowMs;
    const places = metrics.map((metric) => plan.places.get(metric) ?? []);
    this.#first = new Int32Array(metrics.length + 1);
    places.forEach((own, term) => this.#first[term + 1] = this.#first[term]! + own.length);
    this.#group = Int32Array.from(places.flat(), (place) => place.group);
    this.#member = Int32Array.from(
      places.flat(),
      ({ group, member }) => groups[group]?.memberOf(member) ?? REFUSED,
    );
    this.#apart = [...metrics.keys()].filter((term) =>
      places[term]!.some(({ group }) => group !== places[term]![0]!.group) && this.has(term)
    );
    this.#sums = new Float64Array(this.#apart.length > 0 ? metrics.length * CELLS : 0);
    const events = this.#group.length;
    this.#increase = new Float64Array(events);
    this.#enabled = new Float64Array(events);
    this.#running = new Float64Array(events);
  }

  /** `metrics`: the terms, in the order in which they are asked for. Null when every group was refused. */
  static open(
    kernel: Kernel,
    cpu: number,
    plan: Plan,
    metrics: readonly string[],
    nowMs: number,
    refused: OnMemberRefusal,
  ): CounterSet | null {
    const groups = plan.groups.map((events, group) =>
      EventGroup.open(kernel, cpu, events, (member, errno) => refused(group, member, errno))
    );
    if (groups.every((group) => group === null)) return null;
    return new CounterSet(cpu, plan, groups, metrics, nowMs);
  }

  /** Reads every group: "whole", or the first other outcome, which `failed` then names. */
  read(tick: { readonly monotonicMs: number }): GroupOutcome {
    for (let i = 0; i < this.groups.length; i++) {
      const group = this.groups[i]!;
      if (group === null) continue;
      const outcome = group.read();
      if (outcome !== "whole") {
        this.failed = group;
        return outcome;
      }
      if (!group.scale.ran) continue;
      this.#waitedMs[i] = this.#readAtMs - this.#ranAtMs[i]!;
      this.#ranAtMs[i] = tick.monotonicMs;
    }
    this.#readAtMs = tick.monotonicMs;
    for (let i = 0; i < this.#apart.length; i++) this.#addUp(this.#apart[i]!);
    return "whole";
  }

  /** Whether a term is counted here. */
  has(term: number): boolean {
    const end = this.#first[term + 1]!;
    let at = this.#first[term]!;
    if (at === end) return false;
    for (; at < end; at++) if (this.#member[at] === REFUSED) return false;
    return true;
  }

  /**
   * Puts a term's increase and the times of its group into three cells: zeros where it had no turn.
   * Allocates nothing.
   */
  take(term: number, into: Float64Array): void {
    if (this.#isApart(term)) {
      for (let cell = 0; cell < CELLS; cell++) into[cell] = this.#sums[term * CELLS + cell]!;
      return;
    }
    const end = this.#first[term + 1]!;
    const first = this.#first[term]!;
    const { scale } = this.groups[this.#group[first]!]!;
    let sum = 0;
    for (let at = first; at < end; at++) sum += scale.increases[this.#member[at]!]!;
    into[0] = sum;
    into[1] = scale.enabledSeconds;
    into[2] = scale.runningSeconds;
  }

  #isApart(term: number): boolean {
    for (let i = 0; i < this.#apart.length; i++) if (this.#apart[i] === term) return true;
    return false;
  }

  /**
   * A sum of events that take turns is told when each had one: a part that is late would be missing from
   * it. Each goes in with its rate, over the time of the first, and the least share of time is that of
   * the sum.
   */
  #addUp(term: number): void {
    const end = this.#first[term + 1]!;
    const first = this.#first[term]!;
    const sums = this.#sums;
    const cell = term * CELLS;
    let complete = true;
    for (let at = first; at < end; at++) {
      const { scale } = this.groups[this.#group[at]!]!;
      this.#increase[at]! += scale.increases[this.#member[at]!]!;
      this.#enabled[at]! += scale.enabledSeconds;
      this.#running[at]! += scale.runningSeconds;
      if (this.#running[at] === 0) complete = false;
    }
    sums[cell] = sums[cell + 1] = sums[cell + 2] = 0;
    if (!complete) return;
    const seconds = this.#enabled[first]!;
    let share = 1;
    let sum = 0;
    for (let at = first; at < end; at++) {
      sum += this.#increase[at]! * (seconds / this.#enabled[at]!);
      share = Math.min(share, this.#running[at]! / this.#enabled[at]!);
      this.#increase[at] = this.#enabled[at] = this.#running[at] = 0;
    }
    sums[cell] = sum;
    sums[cell + 1] = seconds;
    sums[cell + 2] = share * seconds;
  }

  /**
   * Events of the smallest group, of those with at least `sizeLeast`, that had no turn for so long, and
   * for longer than groups wait for theirs here; 0 while all of them have theirs.
   */
  starved(nowMs: number, msLeast: number, sizeLeast: number): number {
    const ms = this.#patienceMs(msLeast);
    let smallest = 0;
    for (let i = 0; i < this.groups.length; i++) {
      const group = this.groups[i]!;
      if (group === null || group.members < sizeLeast || nowMs - this.#ranAtMs[i]! < ms) continue;
      if (smallest === 0 || group.members < smallest) smallest = group.members;
    }
    return smallest;
  }

  /** The metrics of groups that had no turn for so long. */
  starvedMetrics(nowMs: number, msLeast: number): readonly string[] {
    const ms = this.#patienceMs(msLeast);
    return [...this.plan.places].filter(([, places]) =>
      places.some(({ group }) => this.groups[group] !== null && nowMs - this.#ranAtMs[group]! >= ms)
    ).map(([metric]) => metric);
  }

  #patienceMs(msLeast: number): number {
    let longest = 0;
    for (let i = 0; i < this.#waitedMs.length; i++) {
      longest = Math.max(longest, this.#waitedMs[i]!);
    }
    return Math.max(msLeast, Math.min(WAITS * longest, WAIT_MS_MOST));
  }

  close(): void {
    for (const group of this.groups) group?.close();
  }
}

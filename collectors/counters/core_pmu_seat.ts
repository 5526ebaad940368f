/**
 * One core PMU with the CPUs that it counts: opens their groups, splits those that get no counters, and
 * tells what is missing and where the numbers come from.
 *
 * @module
 */
import { isInner } from "../catalogue/core_counters.ts";
import type { Site } from "../collector.ts";
import { ERRNO, isAboutTheEvent } from "../kernel/errno.ts";
import { formatCpuList } from "../pmu/cpu_list.ts";
import { EVENT_TYPE } from "../pmu/event_codes.ts";
import { keyOf, type Plan } from "../pmu/plan.ts";
import type { Source } from "../source.ts";
import { CorePlans, type CorePlansOptions, deniedErrno } from "./core_plans.ts";
import { CounterSet } from "./counter_set.ts";
import { EventGroup } from "./event_group.ts";
import { Refusals } from "./refusals.ts";
import { runsNow } from "./trial.ts";

/** A group that had no turn for so long gets none, ms. The kernel changes turns every few. */
const STARVED_MS = 2000;
/** Turns that every group must have missed, where the kernel's are long. */
const STARVED_TURNS = 4;
/** After so long, ms, it is tried whether split groups fit again. */
const RETRY_MS = 10_000;
/** Group numbers of one plan in `Source.group`. */
const GROUPS_MOST = 1000;

/** Their events mean what the kernel maps them to. */
const GENERIC_TYPES: readonly number[] = [EVENT_TYPE.hardware, EVENT_TYPE.hardwareCache];

/** A CPU whose groups were split, because others hold counters. */
interface Held {
  /** Events of the largest group when nobody holds counters. */
  readonly size: number;
  sizeMost: number;
  /** Events that got counters when it was last tried. */
  room: number;
  /** Events of the group that is tried next, and that group while it is tried. */
  trySize: number;
  trial: EventGroup | null;
  retryAtMs: number;
}

export class CorePmuSeat {
  readonly name: string;
  readonly plans: CorePlans;
  /** Descriptors that each CPU may take. */
  eventsMost = Infinity;
  cpus: readonly number[] | undefined;
  readonly #site: Site;
  readonly #refusals: Refusals;
  readonly #held = new Map<number, Held>();
  readonly #gone = new Set<number>();
  /** CPUs on which a group was refused for something that may pass, and when they are tried again. */
  readonly #refusedUntilMs = new Map<number, number>();
  #starved = "";
  /** When groups were last split or made whole. */
  #changedAtMs: number | undefined;

  constructor(site: Site, options: CorePlansOptions) {
    this.name = options.pmu.name;
    this.cpus = options.pmu.cpus;
    this.plans = new CorePlans(options);
    // The same error of two PMUs is two causes.
    this.#site = {
      ...site,
      report: (problem) => site.report({ ...problem, key: `${this.name}/${problem.key}` }),
      resolve: (key) => site.resolve(`${this.name}/${key}`),
    };
    const requests = this.plans.tried.map(({ event }) => event);
    const metrics = requests.map((event) => this.plans.metricsOf(event));
    this.#refusals = new Refusals({
      group: `hardware counters of PMU "${this.name}"`,
      requests,
      metrics,
      groupMetrics: [...new Set(metrics.flat())],
    });
  }

  /** Why nothing at all can be opened, where it is not for the events. */
  get deniedErrno(): number | undefined {
    return deniedErrno(this.plans);
  }

  covers(cpu: number): boolean {
    return this.cpus?.includes(cpu) ?? true;
  }

  /** Whether the CPU was offline when its counters were to be opened. */
  isGone(cpu: number): boolean {
    return this.#gone.has(cpu);
  }

  /** Forgets every CPU but these. */
  keep(cpus: readonly number[]): void {
    this.#refusals.keep(cpus);
    for (const [cpu, { trial }] of this.#held) {
      if (cpus.includes(cpu)) continue;
      trial?.close();
      this.#held.delete(cpu);
    }
    for (const cpu of this.#refusedUntilMs.keys()) {
      if (!cpus.includes(cpu)) this.#refusedUntilMs.delete(cpu);
    }
    this.plans.tryOn(cpus.filter((cpu) => this.covers(cpu)));
  }

  /** Gives back what stands beside the sets. */
  close(): void {
    for (const { trial } of this.#held.values()) trial?.close();
    this.#held.clear();
  }

  open(cpu: number, metrics: readonly string[], nowMs: number): CounterSet | null {
    this.#refusals.forget(cpu);
    this.#gone.delete(cpu);
    this.#refusedUntilMs.delete(cpu);
    const plan = this.#planOf(cpu);
    // What was refused where it was tried is refused on every CPU of the kind.
    this.plans.tried.forEach(({ errno }, place) => {
      if (errno !== 0) this.#refusals.add(cpu, place, errno);
    });
    return CounterSet.open(this.#site.kernel, cpu, plan, metrics, nowMs, (group, member, errno) => {
      if (member !== null) this.#refusals.add(cpu, this.#placeOf(plan, group, member), errno);
      else if (errno === ERRNO.ENODEV) this.#gone.add(cpu);
      else {
        this.#refusals.add(cpu, null, errno);
        if (!isAboutTheEvent(errno)) this.#refusedUntilMs.set(cpu, nowMs + RETRY_MS);
      }
    });
  }

  /**
   * The set that goes on: this one, or one whose groups are smaller because these got no counters, or
   * whole again because they would. Null when the CPU is gone.
   */
  relieve(set: CounterSet, metrics: readonly string[], nowMs: number): CounterSet | null {
    const { cpu } = set;
    const held = this.#held.get(cpu);
    const size = set.starved(nowMs, this.#starvedMs(set.plan), 2);
    if (size > 0) {
      const all = largest(this.plans.plan(Infinity, this.eventsMost));
      // CPUs came, and there are no descriptors for another set: this one may have its turns again.
      if (all.length === 0) return set;
      set.close();
      held?.trial?.close();
      const events = all.slice(0, size - 1);
      while (events.length > 0 && !runsNow(this.#site.kernel, cpu, events)) events.pop();
      this.#held.set(cpu, {
        size: all.length,
        sizeMost: Math.max(1, events.length),
        room: events.length,
        trySize: all.length,
        trial: null,
        retryAtMs: nowMs + RETRY_MS,
      });
      this.#changedAtMs = nowMs;
      return this.open(cpu, metrics, nowMs);
    }
    if (this.isDue(cpu, nowMs)) {
      set.close();
      return this.open(cpu, metrics, nowMs);
    }
    return held === undefined ? set : this.#widen(set, held, metrics, nowMs);
  }

  /** Whether a CPU on which something could not be opened is to be tried again. */
  isDue(cpu: number, nowMs: number): boolean {
    const untilMs = this.#refusedUntilMs.get(cpu);
    return untilMs !== undefined && nowMs >= untilMs;
  }

  /**
   * Tries whether larger groups would get their counters by now, one size a second, the largest first.
   * The one that is tried stands beside the others until the next second, because all take turns.
   */
  #widen(
    set: CounterSet,
    held: Held,
    metrics: readonly string[],
    nowMs: number,
  ): CounterSet | null {
    const { trial } = held;
    if (trial !== null) {
      const ran = trial.read() === "whole" && trial.scale.ran;
      const size = trial.members;
      trial.close();
      held.trial = null;
      if (ran) {
        set.close();
        if (size >= held.size) this.#held.delete(set.cpu);
        else held.sizeMost = held.room = size;
        this.#changedAtMs = nowMs;
        return this.open(set.cpu, metrics, nowMs);
      }
      held.trySize = size - 1;
    }
    if (nowMs < held.retryAtMs) return set;
    const events = largest(this.plans.plan(Infinity, this.eventsMost));
    if (held.trySize <= held.sizeMost) {
      held.trySize = events.length;
      held.retryAtMs = nowMs + RETRY_MS;
      return set;
    }
    const wanted = events.slice(0, held.trySize);
    held.trial = EventGroup.open(this.#site.kernel, set.cpu, wanted, () => {});
    return set;
  }

  /** States what stands in the way now, each cause once. */
  tell(): void {
    this.#refusals.tell(this.#site);
    const own = this.cpus === undefined ? {} : { instances: this.cpus.map(String) };
    for (const { bundle, metrics, why } of this.plans.missing) {
      this.#site.report({
        key: `missing/${bundle}`,
        reason: "not_supported",
        message: `Cannot count ${metrics.join(", ")} on PMU "${this.name}": ${sentence(why)}`,
        metrics,
        ...own,
      });
    }
    if (this.plans.unwanted.length > 0) {
      this.#site.report({
        key: "unwanted",
        reason: "left_out",
        message: `Cannot count ${this.plans.unwanted.join(", ")} on PMU "${this.name}": ` +
          "--events leaves them out",
        metrics: this.plans.unwanted,
        ...own,
      });
    }
    this.#tellHeld();
  }

  /** States which counters get no turn even alone. Cheap when nothing changed. */
  tellStarved(sets: readonly (CounterSet | null)[], nowMs: number): void {
    let found = "";
    for (let i = 0; i < sets.length; i++) {
      const set = sets[i]!;
      if (this.#isStarved(set, nowMs)) found += `${set.cpu},`;
    }
    if (found === this.#starved) return;
    this.#starved = found;
    if (found === "") return this.#site.resolve("starved");
    const starved = sets.filter((set) => this.#isStarved(set, nowMs));
    const metrics = new Set(
      starved.flatMap((set) => set.starvedMetrics(nowMs, this.#starvedMs(set.plan))),
    );
    this.#site.report({
      key: "starved",
      reason: "not_counted",
      message: `Cannot count on PMU "${this.name}" on cpu ${
        formatCpuList(starved.map(({ cpu }) => cpu))
      }: events were open for ${STARVED_MS / 1000} s, found no turn for ${metrics.size} of them, ` +
        "needs counters that nobody else holds",
      remedy: FREE_COUNTERS,
      metrics: [...metrics],
      instances: starved.map(({ cpu }) =>
        String(cpu)
      ),
    });
  }

  /** Whether some group of a set that is this PMU's gets no turn. */
  #isStarved(set: CounterSet | null, nowMs: number): set is CounterSet {
    return set !== null && this.covers(set.cpu) &&
      set.starved(nowMs, this.#starvedMs(set.plan), 1) > 0;
  }

  /** `seat`: a number of its own for each PMU. */
  sources(sets: readonly (CounterSet | null)[], seat: number): readonly Source[] {
    const plans = new Map<Plan, string[]>();
    for (const set of sets) {
      if (set === null || !this.covers(set.cpu)) continue;
      const cpus = plans.get(set.plan) ?? [];
      cpus.push(String(set.cpu));
      plans.set(set.plan, cpus);
    }
    return [...plans].flatMap(([plan, instances], variant) =>
      [...plan.places].flatMap(([metric, places], term) => {
        const recipe = this.plans.recipeOf(metric)!;
        const events = places.map(({ group, member }) => plan.groups[group]![member]!);
        const generic = events.every(({ type }) => GENERIC_TYPES.includes(type));
        const together = places.every(({ group }) => group === places[0]!.group);
        const base = (seat * sets.length + variant) * GROUPS_MOST;
        return [{
          metric,
          pmu: this.name,
          events: events.map(({ name }) => name),
          instances,
          // A sum whose parts are counted apart is of no group's time.
          group: together ? base + places[0]!.group : -1 - base - term,
          sinceMs: this.#changedAtMs,
          provenance: generic ? "kernel" as const : recipe.provenance,
          note: isInner(metric) ? undefined : recipe.note,
        }];
      })
    );
  }

  #planOf(cpu: number): Plan {
    return this.plans.plan(this.#held.get(cpu)?.sizeMost ?? Infinity, this.eventsMost);
  }

  #placeOf(plan: Plan, group: number, member: number): number {
    const key = keyOf(plan.groups[group]![member]!);
    return this.plans.tried.findIndex(({ event }) => keyOf(event) === key);
  }

  #starvedMs(plan: Plan): number {
    const { muxIntervalMs } = this.plans.pmu.device;
    return Math.max(STARVED_MS, STARVED_TURNS * plan.groups.length * (muxIntervalMs ?? 1));
  }

  #tellHeld(): void {
    if (this.#held.size === 0) return this.#site.resolve("held");
    const sizes = [...this.#held.values()];
    this.#site.report({
      key: "held",
      reason: "not_counted",
      message: `Cannot count ${
        Math.max(...sizes.map(({ size }) => size))
      } events together on PMU ` +
        `"${this.name}" on cpu ${formatCpuList(this.#held.keys())}: others hold counters, found ` +
        `room for ${
          Math.min(...sizes.map(({ room }) => room)) || "none"
        }; the groups are split, and ` +
        "ratios across them are mixed",
      remedy: FREE_COUNTERS,
      metrics: [],
    });
  }
}

const FREE_COUNTERS =
  "Stop what holds them: another profiler, or the NMI watchdog (sysctl kernel.nmi_watchdog=0)";

/** As the second half of one: without capital and full stop. */
function sentence(text: string): string {
  const first = /^[A-Z][a-z]/.test(text) && !/^(Intel|Arm|Zen)/.test(text)
    ? text[0]!.toLowerCase()
    : text[0]!;
  return first + text.slice(1).replace(/\.$/, "");
}

function largest({ groups }: Plan): Plan["groups"][number][number][] {
  return [...groups.reduce((a, b) => b.length > a.length ? b : a, [])];
}

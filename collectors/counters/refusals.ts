/**
 * Events that the kernel refused, gathered so that each cause is told once, with all its CPUs, and
 * taken back when it is gone.
 *
 * @module
 */
import type { Cause } from "../cause.ts";
import type { Site } from "../collector.ts";
import { ERRNO, errnoName, errnoText, isAboutTheEvent } from "../kernel/errno.ts";
import { levelNeed, limitNeed, needOf } from "../kernel/need.ts";
import { obstacleBehind } from "../kernel/obstacle.ts";
import { remedyFor, type Rights } from "../kernel/remedy.ts";
import { formatCpuList } from "../pmu/cpu_list.ts";
import type { PmuEvent } from "../pmu/pmu_event.ts";
import type { Problem, Reason } from "../trust.ts";
import { ToldCauses } from "./told_causes.ts";

/** What an error of perf_event_open means for whoever misses the numbers. */
function reasonOf(errno: number, rights: Rights): Reason {
  switch (errno) {
    case ERRNO.EACCES:
    case ERRNO.EPERM:
      return "denied";
    case ERRNO.ENOSYS:
      // A kernel that has the setting has the call: a filter hides it.
      return rights.perfEventParanoid === undefined ? "not_supported" : "denied";
    case ERRNO.ENODEV:
      return isOffline(errno, rights) ? "gone" : "not_supported";
    case ERRNO.ENOENT:
    case ERRNO.EINVAL:
    case ERRNO.EOPNOTSUPP:
      return "not_supported";
    default:
      return "failed";
  }
}

/** The sentence, and what can be done about it. `what` is quoted by the caller where it is a name. */
export function refusal(
  what: string,
  cpus: Iterable<number>,
  errno: number,
  rights: Rights,
): Cause {
  return {
    reason: reasonOf(errno, rights),
    message: `Cannot open ${what} on cpu ${formatCpuList(cpus)}: ${errnoText(errno)}${
      need(errno, rights)
    }`,
    remedy: remedyFor(errno, "perf_event", rights),
  };
}

/** What the error number alone leaves open. */
function need(errno: number, rights: Rights): string {
  const obstacle = obstacleBehind(errno, rights.perfAccess);
  if (obstacle !== undefined) return needOf(obstacle, rights);
  if (errno === ERRNO.EACCES) return levelNeed(rights);
  if (errno === ERRNO.EMFILE) return limitNeed(rights.perfAccess);
  if (rights.perfAccess?.tries.cpuSoftware.errno !== 0) return "";
  if (errno === ERRNO.ENODEV) return ", needs a CPU that is online";
  return isAboutTheEvent(errno) ? ", needs a PMU that counts it" : "";
}

/** The CPU is away where the same call works on another (kernel/events/core.c). */
function isOffline(errno: number, { perfAccess }: Rights): boolean {
  return errno === ERRNO.ENODEV && perfAccess?.tries.cpuSoftware.errno === 0;
}

/** `place` counts the requests; `null` stands for the whole group. */
interface Refused {
  readonly place: number | null;
  readonly errno: number;
  readonly cpus: Set<number>;
}

export interface RefusalNames {
  /** The group in a message: `software events`. */
  readonly group: string;
  readonly requests: readonly PmuEvent[];
  /** Metric of each request, or the metrics where several are made of it. */
  readonly metrics: readonly (string | readonly string[])[];
  /** Every metric that a refused group costs. */
  readonly groupMetrics: readonly string[];
}

export class Refusals {
  readonly #names: RefusalNames;
  readonly #refused = new Map<string, Refused>();
  readonly #told = new ToldCauses();

  constructor(names: RefusalNames) {
    this.#names = names;
  }

  add(cpu: number, place: number | null, errno: number): void {
    const what = place === null ? "group" : this.#names.requests[place]!.name;
    const key = `${what}:${errnoName(errno)}`;
    const known = this.#refused.get(key);
    if (known === undefined) this.#refused.set(key, { place, errno, cpus: new Set([cpu]) });
    else known.cpus.add(cpu);
  }

  /** What was refused on a CPU no longer counts: it is gone, or tried again. */
  forget(cpu: number): void {
    for (const [key, { cpus }] of this.#refused) {
      if (cpus.delete(cpu) && cpus.size === 0) this.#refused.delete(key);
    }
  }

  /** Forgets every CPU but these. */
  keep(cpus: readonly number[]): void {
    const known = new Set([...this.#refused.values()].flatMap(({ cpus }) => [...cpus]));
    for (const cpu of known) if (!cpus.includes(cpu)) this.forget(cpu);
  }

  /** The first error that cost a whole group. */
  groupErrno(): number | undefined {
    for (const { place, errno } of this.#refused.values()) if (place === null) return errno;
    return undefined;
  }

  /** Reports what is refused now and resolves what was told before and is no longer. */
  tell(site: Site): void {
    const causes = [...this.#refused].map(([key, refused]) => this.#problem(key, refused, site));
    this.#told.tell(site, causes);
  }

  #problem(
    key: string,
    { place, errno, cpus }: Refused,
    site: Site,
  ): Omit<Problem, "collector"> {
    const { group, requests, metrics, groupMetrics } = this.#names;
    const what = place === null ? group : `event "${requests[place]!.name}"`;
    return {
      key,
      ...refusal(what, cpus, errno, site.profile),
      metrics: place === null ? groupMetrics : [metrics[place]!].flat(),
      ...costOf([...cpus].map(String), site.instances("cpu").slots().length),
    };
  }
}

/** The instances that a cause costs, of so many that there are. */
function costOf(names: readonly string[], present: number): Partial<Problem> {
  const [only] = names;
  if (names.length === 1) return { instance: only! };
  return names.length < present ? { instances: names } : {};
}

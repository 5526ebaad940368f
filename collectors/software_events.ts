/**
 * Software events of perf_event_open(2): one group a CPU, one read a CPU and tick. They need no
 * counter of the CPU, so they are there in every virtual machine.
 *
 * @module
 */
import {
  SOFTWARE_COUNTS,
  SOFTWARE_TIME_ENABLED,
  SOFTWARE_TIME_RUNNING,
} from "./catalogue/software_events.ts";
import { errorOf } from "./cause.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Column,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { CpuWatch } from "./counters/cpu_watch.ts";
import { makeRoom, roomNeed } from "./counters/descriptor_room.ts";
import { EventGroup, type GroupOutcome, REFUSED } from "./counters/event_group.ts";
import { refusal, Refusals } from "./counters/refusals.ts";
import { ERRNO, errnoText, isAboutTheEvent } from "./kernel/errno.ts";
import { EVERYTHING, leftOutProblem, type Narrowing, wantsCpu } from "./narrowing.ts";
import { EVENT_TYPE, SOFTWARE_EVENTS } from "./pmu/event_codes.ts";
import type { PmuEvent } from "./pmu/pmu_event.ts";
import { groupBytes } from "./pmu/read_format.ts";

const REQUESTS: readonly PmuEvent[] = SOFTWARE_COUNTS.map(({ event }) => ({
  name: event,
  type: EVENT_TYPE.software,
  config: BigInt(SOFTWARE_EVENTS[event]),
}));

/** The clock counts nanoseconds. */
const FACTORS: readonly number[] = SOFTWARE_COUNTS.map(({ unit }) => unit === "s" ? 1e-9 : 1);

const GROUP = "software events";
const METRICS: readonly string[] = SOFTWARE_COUNTS.map(({ metric }) => metric);
const GROUP_METRICS: readonly string[] = [...METRICS, SOFTWARE_TIME_ENABLED, SOFTWARE_TIME_RUNNING];

/** Key of the cause that options leave CPUs out. */
const NARROWED = "narrowed";

/** Of a narrowing, its CPUs: even the read of a software event interrupts the CPU that counts it. */
export function softwareEventsOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "software_events",
    minIntervalMs: 0,
    open: (site) => new SoftwareEvents(site, narrowing),
  };
}

export const softwareEvents: CollectorSpec = softwareEventsOf(EVERYTHING);

/** Key of the cause that descriptors do not suffice. */
const ROOM = "descriptors";
/** A CPU that was refused for something that may pass, such as descriptors, is tried again after this. */
const RETRY_SECONDS = 10;

class SoftwareEvents implements Reader {
  readonly #site: Site;
  readonly #narrowing: Narrowing;
  readonly #cpus: Instances;
  readonly #watch: CpuWatch;
  readonly #counts: readonly Column[];
  readonly #enabled: Column;
  readonly #running: Column;
  readonly #refusals = new Refusals({
    group: GROUP,
    requests: REQUESTS,
    metrics: METRICS,
    groupMetrics: GROUP_METRICS,
  });
  readonly #groups = new Map<number, EventGroup>();
  /** By the watch's index. */
  readonly #seated: (EventGroup | null)[] = [];
  /** As many of the events as there are descriptors for. */
  readonly #requests: readonly PmuEvent[];
  /** A CPU that is listed has no group and may have one by now. */
  #incomplete = false;
  #retryAtSeconds = Infinity;

  constructor(site: Site, narrowing: Narrowing) {
    this.#site = site;
    this.#narrowing = narrowing;
    this.#cpus = site.instances("cpu");
    this.#watch = new CpuWatch(this.#cpus);
    this.#counts = METRICS.map((metric) => site.column(metric));
    this.#enabled = site.column(SOFTWARE_TIME_ENABLED);
    this.#running = site.column(SOFTWARE_TIME_RUNNING);
    this.#requests = this.#affordable();
    this.#seat(Math.floor(site.clock.monotonicMs() / 1000));
  }

  read(row: RowWriter, { seconds }: Tick): void {
    if (this.#incomplete || seconds >= this.#retryAtSeconds || this.#watch.changed()) {
      this.#seat(seconds);
    }
    for (let i = 0; i < this.#watch.slots.length; i++) {
      const slot = this.#watch.slots[i]!;
      const group = this.#seated[i]!;
      if (group === null) {
        this.#writeNone(row, slot);
        continue;
      }
      const outcome = group.read();
      if (outcome === "whole") {
        this.#write(row, slot, group);
      } else if (outcome === "torn") {
        this.#writeNone(row, slot);
        this.#drop(i, group);
      } else {
        throw unreadable(group, outcome);
      }
    }
  }

  close(): void {
    for (const group of this.#groups.values()) group.close();
    this.#groups.clear();
    this.#seated.fill(null);
  }

  #write(row: RowWriter, slot: number, group: EventGroup): void {
    const { scale } = group;
    for (let place = 0; place < this.#counts.length; place++) {
      const member = group.memberOf(place);
      const column = this.#counts[place]!;
      if (member === REFUSED) row.none(column, slot);
      else row.add(column, slot, scale.increases[member]! * FACTORS[place]!);
    }
    row.add(this.#enabled, slot, scale.enabledSeconds);
    row.add(this.#running, slot, scale.runningSeconds);
  }

  #writeNone(row: RowWriter, slot: number): void {
    for (let place = 0; place < this.#counts.length; place++) {
      row.none(this.#counts[place]!, slot);
    }
    row.none(this.#enabled, slot);
    row.none(this.#running, slot);
  }

  /** The CPU went offline, which tears its group for good; it may be back already. */
  #drop(index: number, group: EventGroup): void {
    group.close();
    this.#groups.delete(group.cpu);
    this.#seated[index] = null;
    this.#incomplete = true;
  }

  /** Opens groups for CPUs that came, closes those of CPUs that went. */
  #seat(seconds: number): void {
    const cpus = this.#watch.look();
    if (cpus.length === 0) {
      throw new CollectorError(
        "failed",
        `Cannot open ${GROUP}: no CPU is known, needs the cpu lines of /proc/stat`,
      );
    }
    for (const [cpu, group] of this.#groups) {
      if (cpus.includes(cpu)) continue;
      group.close();
      this.#groups.delete(cpu);
    }
    this.#refusals.keep(cpus);
    this.#incomplete = false;
    this.#retryAtSeconds = Infinity;
    this.#seated.splice(
      0,
      Infinity,
      ...cpus.map((cpu) => {
        if (!wantsCpu(this.#narrowing, cpu)) return null;
        return this.#groups.get(cpu) ?? this.#open(cpu, seconds);
      }),
    );
    this.#tellLeftOut(cpus);
    if (this.#groups.size === 0) throw this.#refused(cpus);
    this.#refusals.tell(this.#site);
    this.#tellSources();
  }

  /** Throws where the options leave nothing. */
  #tellLeftOut(cpus: readonly number[]): void {
    const left = cpus.filter((cpu) => !wantsCpu(this.#narrowing, cpu));
    if (left.length === 0) return this.#site.resolve(NARROWED);
    const cause = { reason: "left_out", ...leftOutProblem(GROUP, left) } as const;
    if (left.length === cpus.length) throw errorOf(cause);
    this.#site.report({
      key: NARROWED,
      ...cause,
      metrics: GROUP_METRICS,
      instances: left.map(String),
    });
  }

  /** The first events, which are the important ones, where there are too few descriptors for all. */
  #affordable(): readonly PmuEvent[] {
    const { kernel, tree, profile } = this.#site;
    const cpus =
      this.#cpus.slots().filter((slot) =>
        wantsCpu(this.#narrowing, Number(this.#cpus.nameOf(slot)))
      ).length;
    const needed = cpus * REQUESTS.length;
    const found = makeRoom(kernel, tree, needed);
    if (needed <= found.room) return REQUESTS;
    const affordable = REQUESTS.slice(0, Math.floor(found.room / cpus));
    const message = `Cannot open all ${GROUP}: ${needed} descriptors on ${cpus} CPUs, ` +
      roomNeed(needed, found);
    const { remedy } = refusal(GROUP, [], ERRNO.EMFILE, profile);
    // The clock alone tells nothing.
    if (affordable.length < 2) throw new CollectorError("failed", message, remedy);
    const metrics = METRICS.slice(affordable.length);
    this.#site.report({ key: ROOM, reason: "failed", message, remedy, metrics });
    return affordable;
  }

  #tellSources(): void {
    const open = [...this.#groups.values()];
    this.#site.sources(REQUESTS.map(({ name }, place) => ({
      metric: METRICS[place]!,
      pmu: "software",
      events: [name],
      instances: open.filter((group) => group.memberOf(place) !== REFUSED).map(({ cpu }) =>
        String(cpu)
      ),
      group: 0,
      provenance: "kernel",
    })));
  }

  #open(cpu: number, seconds: number): EventGroup | null {
    this.#refusals.forget(cpu);
    const group = EventGroup.open(this.#site.kernel, cpu, this.#requests, (place, errno) => {
      this.#refusals.add(cpu, place, errno);
      // Listed and offline: its line in /proc/stat was read just before.
      if (place === null && errno === ERRNO.ENODEV) this.#incomplete = true;
      else if (place === null && !isAboutTheEvent(errno)) {
        this.#retryAtSeconds = seconds + RETRY_SECONDS;
      }
      // Rights and filters are the same for every CPU.
      if (place === null && this.#groups.size === 0 && isDenied(errno)) throw this.#refused([cpu]);
    });
    if (group !== null) this.#groups.set(cpu, group);
    return group;
  }

  /** Nothing is to be had at all: one cause for the whole collector. */
  #refused(cpus: readonly number[]): CollectorError {
    const errno = this.#refusals.groupErrno() ?? ERRNO.ENODEV;
    return errorOf(refusal(GROUP, cpus, errno, this.#site.profile));
  }
}

function isDenied(errno: number): boolean {
  return errno === ERRNO.EACCES || errno === ERRNO.EPERM || errno === ERRNO.ENOSYS;
}

function unreadable(group: EventGroup, outcome: GroupOutcome): CollectorError {
  const found = outcome === "failed"
    ? errnoText(group.errno)
    : `found ${group.bytesRead} bytes, needs ${groupBytes(group.members)}`;
  return new CollectorError("failed", `Cannot read ${GROUP} on cpu ${group.cpu}: ${found}`);
}

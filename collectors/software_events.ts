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
import {
  CollectorError,
  type CollectorSpec,
  type Column,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
} from "./collector.ts";
import { EventGroup, type EventRequest, type GroupOutcome, REFUSED } from "./event_group.ts";
import { ERRNO, errnoText } from "./kernel/errno.ts";
import { EVENT_TYPE, SOFTWARE_EVENTS } from "./pmu/event_codes.ts";
import { groupBytes } from "./pmu/read_format.ts";
import { refusal, Refusals } from "./refusals.ts";

const REQUESTS: readonly EventRequest[] = SOFTWARE_COUNTS.map(({ event }) => ({
  name: event,
  type: EVENT_TYPE.software,
  config: BigInt(SOFTWARE_EVENTS[event]),
}));

/** The clock counts nanoseconds. */
const FACTORS: readonly number[] = SOFTWARE_COUNTS.map(({ unit }) => unit === "s" ? 1e-9 : 1);

const GROUP = "software events";
const METRICS: readonly string[] = SOFTWARE_COUNTS.map(({ metric }) => metric);

export const softwareEvents: CollectorSpec = {
  id: "software_events",
  minIntervalMs: 0,
  open: (site) => new SoftwareEvents(site),
};

class SoftwareEvents implements Reader {
  readonly #site: Site;
  readonly #cpus: Instances;
  readonly #counts: readonly Column[];
  readonly #enabled: Column;
  readonly #running: Column;
  readonly #refusals = new Refusals({
    group: GROUP,
    requests: REQUESTS,
    metrics: METRICS,
    groupMetrics: [...METRICS, SOFTWARE_TIME_ENABLED, SOFTWARE_TIME_RUNNING],
  });
  readonly #groups = new Map<number, EventGroup>();
  /** The CPUs as last seen; one index for all three. */
  readonly #slots: number[] = [];
  readonly #names: string[] = [];
  readonly #seated: (EventGroup | null)[] = [];
  /** A CPU that is listed has no group and may have one by now. */
  #incomplete = false;

  constructor(site: Site) {
    this.#site = site;
    this.#cpus = site.instances("cpu");
    this.#counts = METRICS.map((metric) => site.column(metric));
    this.#enabled = site.column(SOFTWARE_TIME_ENABLED);
    this.#running = site.column(SOFTWARE_TIME_RUNNING);
    this.#seat();
  }

  read(row: RowWriter): void {
    if (this.#incomplete || this.#changed()) this.#seat();
    for (let i = 0; i < this.#slots.length; i++) {
      const slot = this.#slots[i]!;
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

  #changed(): boolean {
    const slots = this.#cpus.slots();
    if (slots.length !== this.#slots.length) return true;
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] !== this.#slots[i]) return true;
      if (this.#cpus.nameOf(slots[i]!) !== this.#names[i]) return true;
    }
    return false;
  }

  /** The CPU went offline, which tears its group for good; it may be back already. */
  #drop(index: number, group: EventGroup): void {
    group.close();
    this.#groups.delete(group.cpu);
    this.#seated[index] = null;
    this.#incomplete = true;
  }

  /** Opens groups for CPUs that came, closes those of CPUs that went. */
  #seat(): void {
    this.#slots.splice(0, Infinity, ...this.#cpus.slots());
    this.#names.splice(0, Infinity, ...this.#slots.map((slot) => this.#cpus.nameOf(slot)));
    const cpus = this.#names.map(Number);
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
    this.#seated.splice(
      0,
      Infinity,
      ...cpus.map((cpu) => this.#groups.get(cpu) ?? this.#open(cpu)),
    );
    if (this.#groups.size === 0) throw this.#refused(cpus);
    this.#refusals.tell(this.#site);
  }

  #open(cpu: number): EventGroup | null {
    this.#refusals.forget(cpu);
    const group = EventGroup.open(this.#site.kernel, cpu, REQUESTS, (place, errno) => {
      this.#refusals.add(cpu, place, errno);
      // Listed and offline: its line in /proc/stat was read just before.
      if (place === null && errno === ERRNO.ENODEV) this.#incomplete = true;
      // Rights and filters are the same for every CPU.
      if (place === null && this.#groups.size === 0 && isDenied(errno)) throw this.#refused([cpu]);
    });
    if (group !== null) this.#groups.set(cpu, group);
    return group;
  }

  /** Nothing is to be had at all: one cause for the whole collector. */
  #refused(cpus: readonly number[]): CollectorError {
    const errno = this.#refusals.groupErrno() ?? ERRNO.ENODEV;
    const { reason, message, remedy } = refusal(GROUP, cpus, errno, this.#site.profile);
    return new CollectorError(reason, message, remedy);
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

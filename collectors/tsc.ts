/**
 * The frequency of the time-stamp counter, by the kernel's own event for it (PMU `msr`,
 * arch/x86/events/msr.c): ticks counted by the time in which they were. It takes no counter of the CPU,
 * so virtual machines have it too.
 *
 * @module
 */
import { TSC_FREQUENCY } from "./catalogue/tsc.ts";
import { errorOf } from "./cause.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { EventGroup } from "./counters/event_group.ts";
import { refusal } from "./counters/refusals.ts";
import { readPmuDevice } from "./host/pmu_devices.ts";
import { ERRNO } from "./kernel/errno.ts";
import { EVERYTHING, leftOutProblem, type Narrowing, wantsCpu } from "./narrowing.ts";
import { encodeEvent } from "./pmu/format.ts";

const NAME = "msr/tsc/";
/** It does not change; once known it is worth asking again only to know it better. */
const READ_EVERY_SECONDS = 5;
/** Less than this does not tell the frequency to a thousandth. */
const SECONDS_LEAST = 0.01;

export function tscOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "tsc",
    minIntervalMs: 0,
    // Only x86 has reference cycles at its rate.
    applies: ({ machine }) => machine === "x86_64",
    open: (site) => new TimeStampCounter(site, narrowing),
  };
}

export const tsc: CollectorSpec = tscOf(EVERYTHING);

class TimeStampCounter implements Reader {
  readonly #column: Column;
  readonly #group: EventGroup;
  /** Ticks, seconds, and the one by the other. */
  readonly #cells = new Float64Array(3);
  #dueSeconds = 0;

  constructor(site: Site, narrowing: Narrowing) {
    this.#column = site.column(TSC_FREQUENCY);
    const msr = readPmuDevice(site.tree, "msr");
    const event = msr?.events.get("tsc");
    if (msr === undefined || event === undefined) {
      throw new CollectorError(
        "not_supported",
        `Cannot open event "${NAME}": found no such event in sysfs, needs an x86 CPU`,
      );
    }
    const onlineCpus = site.profile.onlineCpus.filter((cpu) => wantsCpu(narrowing, cpu));
    if (onlineCpus.length === 0) {
      throw errorOf({ reason: "left_out", ...leftOutProblem(NAME, site.profile.onlineCpus) });
    }
    const encoded = encodeEvent(event.terms, msr.formats);
    const requests = [{ name: NAME, type: msr.type, ...encoded }];
    let group: EventGroup | null = null;
    let errno: number = ERRNO.ENODEV;
    for (const cpu of onlineCpus) {
      group = EventGroup.open(site.kernel, cpu, requests, (_place, found) => errno = found);
      if (group !== null || errno !== ERRNO.ENODEV) break;
    }
    if (group === null) {
      throw errorOf(refusal(`event "${NAME}"`, onlineCpus.slice(0, 1), errno, site.profile));
    }
    this.#group = group;
    site.sources([{
      metric: TSC_FREQUENCY,
      pmu: "msr",
      events: [NAME],
      instances: [],
      group: 0,
      provenance: "kernel",
    }]);
  }

  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds < this.#dueSeconds) return;
    const outcome = this.#group.read();
    if (outcome !== "whole") {
      throw new CollectorError(
        "failed",
        `Cannot read event "${NAME}" on cpu ${this.#group.cpu}: found a reading that is ${outcome}`,
      );
    }
    const cells = this.#cells;
    const { scale } = this.#group;
    cells[0] = cells[0]! + scale.increases[0]!;
    cells[1] = cells[1]! + scale.enabledSeconds;
    if (cells[1]! < SECONDS_LEAST) return;
    this.#dueSeconds = tick.seconds + READ_EVERY_SECONDS;
    cells[2] = cells[0]! / cells[1]!;
    row.gaugeFrom(this.#column, HOST_SLOT, cells, 2);
  }

  close(): void {
    this.#group.close();
  }
}

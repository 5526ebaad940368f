/**
 * Power against what the PMU `power` of this guest counts by declaration: each package and the host.
 *
 * @module
 */
import { isMeasured } from "../../../collectors/trust.ts";
import type { Parameters } from "./parameters.ts";
import { perfStatPerSocket } from "./perf_stat.ts";
import { apart, check, describe, readingApart, sleep, Worst } from "./report.ts";
import type { Subject } from "./subject.ts";
import { powerOf, trafficOf } from "./uncore_rates.ts";

const INTERVAL_MS = 1000;
const OFF_MOST = 0.005;
/** By the event of the PMU that is the metric's. */
const ZONES = {
  "power/energy-pkg/": { metric: "energy_package_joules", zone: "package" },
  "power/energy-cores/": { metric: "energy_cores_joules", zone: "cores" },
  "power/energy-ram/": { metric: "energy_memory_joules", zone: "memory" },
} as const;
/** Zones that this PMU lacks: a zero would say that they were measured. */
const NONE_HERE = ["energy_gpu_joules", "energy_platform_joules", "energy_core_joules"];
/** Of each CPU, as README.md declares it. */
const INSTRUCTIONS_PER_SECOND = 4500e6;

export class EnergyChecks {
  readonly #subject: Subject;
  readonly #parameters: Parameters;

  constructor(subject: Subject, parameters: Parameters) {
    this.#subject = subject;
    this.#parameters = parameters;
  }

  get #sockets(): number {
    return this.#subject.profile.sockets ?? 1;
  }

  /** The first counts once, the second twice: how many times package 0 the host is. */
  get #packages(): number {
    return this.#sockets * (this.#sockets + 1) / 2;
  }

  /** What each package draws, by the newest tick. */
  watts(label: string): void {
    const { snapshot } = this.#subject;
    const power = powerOf(this.#parameters);
    const off = new Worst();
    for (const { metric, zone } of Object.values(ZONES)) {
      for (let socket = 0; socket < this.#sockets; socket++) {
        const expected = power[zone] * (socket + 1);
        const reading = snapshot.read(metric, String(socket));
        off.add(
          readingApart(reading, expected),
          `${metric} of package ${socket}: ${describe(reading)}`,
        );
        const group = snapshot.readGroup(metric, "socket", String(socket));
        off.add(
          readingApart(group, expected),
          `${metric} of socket ${socket}: ${describe(group)}`,
        );
      }
      const host = snapshot.read(metric);
      off.add(
        readingApart(host, power[zone] * this.#packages),
        `${metric} of the host: ${describe(host)}`,
      );
    }
    off.check(`${label}: watts of each package and the host, as declared`, OFF_MOST);
  }

  /** How good each figure says it is, and by which event. */
  trust(label: string): void {
    const { snapshot } = this.#subject;
    const lies: string[] = [];
    for (const [event, { metric }] of Object.entries(ZONES)) {
      for (let socket = 0; socket < this.#sockets; socket++) {
        const reading = snapshot.read(metric, String(socket));
        const events = snapshot.source(metric, String(socket))?.events.join();
        if (!isMeasured(reading) || reading.grade !== "exact" || events !== event) {
          lies.push(`${metric} of package ${socket}: ${describe(reading)}, by ${events}`);
        }
      }
    }
    for (const metric of NONE_HERE) {
      const reading = snapshot.read(metric);
      if (isMeasured(reading)) lies.push(`${metric}: ${describe(reading)}, and nothing counts it`);
    }
    check(
      lies.length === 0,
      `${label}: exact, and absent where nothing counts${lies.map((lie) => `; ${lie}`).join("")}`,
    );
  }

  /** The events by themselves, given to perf, while both count. */
  async besidePerf(label: string, seconds: number): Promise<void> {
    const counted = perfStatPerSocket(Object.keys(ZONES), seconds);
    let done = false;
    counted.finally(() => done = true).catch(() => {});
    const own: { readonly event: string; readonly socket: string; readonly watts: number }[] = [];
    while (!done) {
      await sleep(INTERVAL_MS);
      this.#subject.tick(INTERVAL_MS);
      for (const [event, { metric }] of Object.entries(ZONES)) {
        for (let socket = 0; socket < this.#sockets; socket++) {
          const reading = this.#subject.snapshot.read(metric, String(socket));
          const watts = isMeasured(reading) ? reading.value : NaN;
          own.push({ event, socket: String(socket), watts });
        }
      }
    }
    const rows = await counted;
    const off = new Worst();
    for (const { event, socket, watts } of own) {
      const theirs = rows.find((row) => row.event === event && row.socket === socket);
      const known = theirs?.unit === "Joules" ? theirs.perSecond : NaN;
      off.add(apart(watts, known), `${event} of package ${socket}: ${watts}, perf ${known}`);
    }
    off.check(`${label}: as perf stat at the same time`, OFF_MOST);
  }

  /** What energy bought, by counters of other collectors. All CPUs must be online. */
  bought(label: string): void {
    const { snapshot, profile } = this.#subject;
    const power = powerOf(this.#parameters);
    const instructions = INSTRUCTIONS_PER_SECOND * profile.onlineCpus.length;
    const off = new Worst();
    const perInstructions = snapshot.read("energy_per_billion_instructions_joules");
    off.add(
      readingApart(perInstructions, power.package * this.#packages / instructions * 1e9),
      `for 10^9 instructions: ${describe(perInstructions)}`,
    );
    const kind = this.#parameters.uncore.find((kind) =>
      trafficOf(kind, this.#parameters).length > 0
    );
    const perGigabyte = snapshot.read("energy_per_gigabyte_joules");
    if (kind === undefined) {
      check(!isMeasured(perGigabyte), `${label}: no traffic, no J/GB: ${describe(perGigabyte)}`);
    } else {
      // Both are of as many packages.
      const bytes = trafficOf(kind, this.#parameters).reduce(
        (sum, { reads, writes }) => sum + reads + writes,
        0,
      );
      off.add(
        readingApart(perGigabyte, power.memory / bytes * 1e9),
        `for a gigabyte: ${describe(perGigabyte)}`,
      );
    }
    off.check(`${label}: what energy bought`, OFF_MOST);
  }
}

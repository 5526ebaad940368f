/**
 * Clock frequencies of cpufreq and counts of thermal throttling, from `/sys/devices/system/cpu`.
 *
 * `cpu MHz` of `/proc/cpuinfo` is no substitute: without cpufreq and APERF it is the constant that the
 * kernel found at boot (arch/x86/kernel/cpu/proc.c), and that is just the case on virtual machines.
 *
 * @module
 */
import { causeOf, listOrFail } from "./cause.ts";
import {
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { NumberFile } from "./files/number_file.ts";
import { numberOf, textOf } from "./files/text.ts";
import { ThrottleCount } from "./files/throttle_count.ts";

const CPUS = "/sys/devices/system/cpu";
/** A clock that failed is tried again after this. */
const RETRY_EVERY_SECONDS = 60;
/** Drivers come seldom, CPUs say so themselves, and a scan makes strings. */
const SCAN_EVERY_SECONDS = 600;
/** Boost is switched while the machine runs, and the highest clock moves with it. */
const HIGHEST_EVERY_SECONDS = 30;
const HERTZ_PER_KHZ = 1000;
const THROTTLES = [["core", "core_throttles"], ["package", "package_throttles"]] as const;

/** cpufreq of one CPU. */
interface Clock {
  readonly cpu: number;
  readonly current: NumberFile;
  readonly directory: string;
  readonly minHertz: number;
  /** NaN where it is not known, or not any more. */
  maxHertz: number;
  /** The failure that was told; null where there is none. */
  told: unknown;
}

/** Throttling of the cores, or of the packages. */
interface Throttle {
  readonly metric: string;
  readonly column: Column;
  readonly count: ThrottleCount;
  /** Why it is not known now, as told; null where it is. */
  told: unknown;
}

export const frequency: CollectorSpec = {
  id: "frequency",
  minIntervalMs: 1000,
  open: (site) => new FrequencyReader(site),
};

class FrequencyReader implements Reader {
  readonly #site: Site;
  readonly #cpus: Instances;
  readonly #current: Column;
  readonly #min: Column;
  readonly #max: Column;
  readonly #clocks: Clock[] = [];
  readonly #throttles: readonly Throttle[];
  #scanDueSeconds = 0;
  #highestDueSeconds = 0;
  /** The list itself tells: it is another one after CPUs came or went. */
  #slots: readonly number[] = [];
  /** Some clock's failure is told. */
  #isFailing = false;

  constructor(site: Site) {
    this.#site = site;
    this.#cpus = site.instances("cpu");
    this.#current = site.column("cpu_frequency_hertz");
    this.#min = site.column("cpu_frequency_min_hertz");
    this.#max = site.column("cpu_frequency_max_hertz");
    this.#throttles = THROTTLES.map(([unit, metric]) => ({
      metric,
      column: site.column(metric),
      count: new ThrottleCount(site.tree, unit),
      told: null,
    }));
  }

  read(row: RowWriter, tick: Tick): void {
    const slots = this.#cpus.slots();
    if (tick.seconds >= this.#scanDueSeconds || slots !== this.#slots) {
      this.#scan();
      this.#slots = slots;
      this.#highestDueSeconds = 0;
      this.#scanDueSeconds = tick.seconds +
        (this.#isLacking ? RETRY_EVERY_SECONDS : SCAN_EVERY_SECONDS);
    }
    if (tick.seconds >= this.#highestDueSeconds) {
      this.#highestDueSeconds = tick.seconds + HIGHEST_EVERY_SECONDS;
      this.#readHighest();
    }
    let changed = false;
    for (let i = 0; i < this.#clocks.length; i++) {
      const clock = this.#clocks[i]!;
      const slot = this.#cpus.number(clock.cpu);
      // An offline CPU has no clock, and asking for it is an error.
      if (slot >= 0) this.#readClock(row, slot, clock);
      const error = slot >= 0 ? clock.current.error : null;
      if (error === clock.told) continue;
      clock.told = error;
      changed = true;
    }
    if (changed) {
      this.#reportFailing();
      this.#scanDueSeconds = tick.seconds + RETRY_EVERY_SECONDS;
    }
    this.#readThrottles(row, tick);
  }

  get #isLacking(): boolean {
    return this.#isFailing || this.#throttles.some(({ told }) => told !== null);
  }

  close(): void {
    for (const { current } of this.#clocks) current.close();
    for (const { count } of this.#throttles) count.close();
  }

  #readThrottles(row: RowWriter, tick: Tick): void {
    for (let i = 0; i < this.#throttles.length; i++) {
      const throttle = this.#throttles[i]!;
      const { column, count } = throttle;
      if (count.found) row.count(column, HOST_SLOT, count.total());
      // A sum without one of them would pass for that of all.
      if (count.error !== null) row.none(column, HOST_SLOT);
      if (count.error === throttle.told) continue;
      this.#tellThrottle(throttle);
      this.#scanDueSeconds = tick.seconds + RETRY_EVERY_SECONDS;
    }
  }

  #tellThrottle(throttle: Throttle): void {
    const { metric, count } = throttle;
    throttle.told = count.error;
    if (throttle.told === null) this.#site.resolve(metric);
    else this.#site.report({ key: metric, ...causeOf(throttle.told), metrics: [metric] });
  }

  #readClock(row: RowWriter, slot: number, clock: Clock): void {
    const khz = clock.current.read();
    if (khz !== khz) row.none(this.#current, slot);
    else row.gauge(this.#current, slot, khz * HERTZ_PER_KHZ);
    if (clock.minHertz === clock.minHertz) row.gauge(this.#min, slot, clock.minHertz);
    if (clock.maxHertz === clock.maxHertz) row.gauge(this.#max, slot, clock.maxHertz);
    else row.none(this.#max, slot);
  }

  #scan(): void {
    const directories = this.#directories();
    for (const [cpu, directory] of directories) {
      const known = this.#clocks.find((clock) => clock.cpu === cpu);
      if (known === undefined) this.#openClock(cpu, `${directory}/cpufreq`);
      else known.current.retry();
    }
    for (const { count } of this.#throttles) count.scan(directories);
    this.#reportMissing();
  }

  #directories(): ReadonlyMap<number, string> {
    const names = listOrFail(this.#site.tree, CPUS, { needs: "sysfs mounted there" });
    return new Map(
      names.filter((name) => /^cpu\d+$/.test(name))
        .map((name) => [Number(name.slice(3)), `${CPUS}/${name}`]),
    );
  }

  #openClock(cpu: number, directory: string): void {
    const { tree } = this.#site;
    const current = new NumberFile(tree, `${directory}/scaling_cur_freq`);
    if (current.error !== null && causeOf(current.error).reason === "not_supported") return;
    const minHertz = this.#hertz(directory, "cpuinfo_min_freq");
    this.#clocks.push({ cpu, current, directory, minHertz, maxHertz: NaN, told: null });
  }

  #readHighest(): void {
    for (const clock of this.#clocks) {
      if (this.#cpus.number(clock.cpu) < 0) continue;
      clock.maxHertz = this.#hertz(clock.directory, "cpuinfo_max_freq");
    }
  }

  #hertz(directory: string, name: string): number {
    const khz = numberOf(textOf(this.#site.tree, `${directory}/${name}`), /^(\d+)$/);
    return (khz ?? NaN) * HERTZ_PER_KHZ;
  }

  /** Names whose clock it is: what another CPU lacks it may have again. */
  #reportFailing(): void {
    const failing = this.#clocks.filter(({ told }) => told !== null);
    const [first] = failing;
    this.#isFailing = first !== undefined;
    if (first === undefined) return this.#site.resolve("failing");
    this.#site.report({
      key: "failing",
      ...causeOf(first.told),
      metrics: ["cpu_frequency_hertz"],
      instances: failing.map(({ cpu }) => String(cpu)),
    });
  }

  #reportMissing(): void {
    const { hypervisor } = this.#site.profile;
    const known = hypervisor === "unknown" ? "" : ` (${hypervisor})`;
    const guest = hypervisor === undefined ? null : `this machine is a guest${known}`;
    if (this.#clocks.length > 0) this.#site.resolve("cpufreq");
    else {
      this.#site.report({
        key: "cpufreq",
        reason: "not_supported",
        message: `Cannot find a clock below "${CPUS}/cpu*/cpufreq": ` +
          (guest === null
            ? "no CPU frequency driver is in charge; needs one such as intel_pstate or acpi-cpufreq"
            : `${guest}, and the clock is its host's affair`),
        metrics: ["cpu_frequency_hertz", "cpu_frequency_min_hertz", "cpu_frequency_max_hertz"],
      });
    }
    const missing = this.#throttles.filter(({ count }) => !count.found);
    if (missing.length === 0) this.#site.resolve("throttles");
    else {
      this.#site.report({
        key: "throttles",
        reason: "not_supported",
        message: `Cannot find counts below "${CPUS}/cpu*/thermal_throttle": ` +
          (guest ?? "only x86 counts throttling, and container runtimes mask it"),
        metrics: missing.map(({ metric }) => metric),
      });
    }
  }
}

/**
 * What this service costs, from `/proc/self`. In a procfs of a PID namespace that does not contain this
 * process, `self` leads nowhere (fs/proc/self.c); then all of it is absent with that reason.
 *
 * @module
 */
import { bootSecondsOf } from "./host/boot_time.ts";
import { causeOf, openOrFail } from "./cause.ts";
import {
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  malformed,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { KeyTable } from "./files/key_table.ts";
import type { HostTree, TreeFile } from "./kernel/host_tree.ts";
import { ProcessStat } from "./files/process_stat.ts";
import { USER_HZ } from "./host/user_hz.ts";
import { Scanner } from "./files/scan.ts";

/**
 * CPU time is counted in hundredths of a second, several times what a second takes of it: a rate over
 * one second would be mostly 0.
 */
const MIN_INTERVAL_MS = 5000;
/** It changes when somebody changes it, and its file is text. */
const LIMIT_EVERY_SECONDS = 300;
/** `btime` is in whole seconds. */
const CLOCK_SET_MS_LEAST = 500;
const COLON = 58;
const KIB = 1024;
const NEED = { needs: "a procfs that shows this process" } as const;

export const self: CollectorSpec = {
  id: "self",
  minIntervalMs: MIN_INTERVAL_MS,
  open: (site) => new SelfReader(site),
};

class SelfReader implements Reader {
  readonly #site: Site;
  readonly #columns: Columns;
  readonly #statFile: TreeFile;
  readonly #statusFile: TreeFile;
  readonly #stat = new ProcessStat();
  readonly #scanner = new Scanner();
  readonly #statusKeys = new KeyTable(["VmRSS", "RssAnon"]);
  #statusReported = false;
  #limitDueSeconds = 0;
  /** `btime` as it was read last, s; NaN where it is not known. Cells keep what is made of it. */
  #bootedAt: number;
  #startWritten = false;
  /** The wall clock, and what it was ahead of CLOCK_MONOTONIC when `btime` was read, ms. */
  readonly #wall = new Float64Array(2).fill(NaN);

  constructor(site: Site) {
    this.#site = site;
    this.#columns = columnsOf(site);
    this.#statFile = openOrFail(site.tree, "/proc/self/stat", NEED);
    this.#bootedAt = (site.profile.bootedAtMs ?? NaN) / 1000;
    if (site.profile.bootedAtMs === undefined) {
      site.report({
        key: "start",
        reason: "failed",
        message: 'Cannot tell when this service started: "/proc/stat" has no btime to count from',
        metrics: ["self_start_seconds"],
      });
    }
    try {
      this.#statusFile = openOrFail(site.tree, "/proc/self/status", NEED);
    } catch (error) {
      this.#statFile.close();
      throw error;
    }
  }

  read(row: RowWriter, tick: Tick): void {
    this.#followClock(tick);
    this.#readStat(row);
    this.#readStatus(row);
    this.#readDescriptors(row);
    if (tick.seconds < this.#limitDueSeconds) return;
    if (this.#readLimit(row)) this.#limitDueSeconds = tick.seconds + LIMIT_EVERY_SECONDS;
  }

  close(): void {
    this.#statFile.close();
    this.#statusFile.close();
  }

  #readStat(row: RowWriter): void {
    const file = this.#statFile;
    const stat = this.#stat;
    const columns = this.#columns;
    file.read();
    if (!stat.parse(file.bytes, file.length)) {
      throw malformed(
        file.path,
        new TextDecoder().decode(file.bytes),
        "the fields of proc_pid_stat(5)",
      );
    }
    row.count(columns.cpu, HOST_SLOT, stat.userTicks + stat.systemTicks);
    row.count(columns.user, HOST_SLOT, stat.userTicks);
    row.count(columns.system, HOST_SLOT, stat.systemTicks);
    row.gauge(columns.threads, HOST_SLOT, stat.threads);
    if (!this.#startWritten) this.#writeStart(row);
  }

  #writeStart(row: RowWriter): void {
    this.#startWritten = true;
    const { start, startUptime } = this.#columns;
    row.gauge(startUptime, HOST_SLOT, this.#stat.startTicks);
    const seconds = this.#bootedAt + this.#stat.startTicks / USER_HZ;
    if (!Number.isNaN(seconds)) row.gauge(start, HOST_SLOT, seconds);
  }

  /** Looks for the time of the boot again after the clock was set, which moves it; or after a suspend. */
  #followClock({ monotonicMs }: Tick): void {
    const wall = this.#wall;
    this.#site.clock.stampWall(wall, 0);
    if (Math.abs(wall[0]! - monotonicMs - wall[1]!) < CLOCK_SET_MS_LEAST) return;
    const isFirst = Number.isNaN(wall[1]!);
    wall[1] = wall[0]! - monotonicMs;
    if (!isFirst) this.#readBoot();
  }

  #readBoot(): void {
    const seconds = bootSecondsOf(this.#site.tree);
    if (seconds === undefined || Number.isNaN(this.#bootedAt)) return;
    this.#bootedAt = seconds;
    this.#startWritten = false;
  }

  #readStatus(row: RowWriter): void {
    const { resident, anonymous } = this.#columns;
    let found = 0;
    const scanner = this.#scanner;
    this.#statusFile.read();
    scanner.reset(this.#statusFile.bytes, this.#statusFile.length);
    for (; !scanner.done(); scanner.nextLine()) {
      const start = scanner.word();
      if (scanner.peek(scanner.at - 1) !== COLON) continue;
      const key = this.#statusKeys.find(scanner.bytes, start, scanner.at - 1);
      if (key < 0) continue;
      const kib = scanner.number();
      if (kib < 0) throw malformed(this.#statusFile.path, scanner.lineText(start), "a size in kB");
      row.gauge(key === 0 ? resident : anonymous, HOST_SLOT, kib);
      found |= 1 << key;
    }
    if ((found & 1) === 0) row.none(resident, HOST_SLOT);
    if ((found & 2) === 0) row.none(anonymous, HOST_SLOT);
    if (found !== 3) this.#lackStatus();
    else if (this.#statusReported) this.#hasStatus();
  }

  /** Kernels before 4.5 and the emulated ones of sandboxes. */
  #lackStatus(): void {
    if (this.#statusReported) return;
    this.#statusReported = true;
    this.#site.report({
      key: "status",
      reason: "not_supported",
      message:
        `Cannot find VmRSS and RssAnon in "${this.#statusFile.path}": needs Linux 4.5 or newer`,
      metrics: ["self_resident_bytes", "self_anonymous_bytes"],
    });
  }

  #hasStatus(): void {
    this.#statusReported = false;
    this.#site.resolve("status");
  }

  #readDescriptors(row: RowWriter): void {
    const { descriptors } = this.#columns;
    try {
      row.gauge(descriptors, HOST_SLOT, this.#site.tree.count("/proc/self/fd"));
      this.#site.resolve("descriptors");
    } catch (error) {
      row.none(descriptors, HOST_SLOT);
      this.#site.report({
        key: "descriptors",
        ...causeOf(error),
        metrics: ["self_descriptors"],
      });
    }
  }

  /** Whether there was one. */
  #readLimit(row: RowWriter): boolean {
    const { limit } = this.#columns;
    try {
      row.gauge(limit, HOST_SLOT, descriptorLimit(this.#site.tree));
      this.#site.resolve("limit");
      return true;
    } catch (error) {
      row.none(limit, HOST_SLOT);
      this.#site.report({ key: "limit", ...causeOf(error), metrics: ["self_descriptors_limit"] });
      return false;
    }
  }
}

/** The soft limit, which may be raised while the service runs. */
function descriptorLimit(tree: HostTree): number {
  const path = "/proc/self/limits";
  const text = tree.text(path);
  const line = /^Max open files.*/m.exec(text)?.[0] ?? text;
  const soft = /^Max open files +(\d{1,20}) /.exec(line)?.[1];
  if (soft === undefined) throw malformed(path, line, "a number in line Max open files");
  return Number(soft);
}

interface Columns {
  readonly cpu: Column;
  readonly user: Column;
  readonly system: Column;
  readonly resident: Column;
  readonly anonymous: Column;
  readonly threads: Column;
  readonly descriptors: Column;
  readonly limit: Column;
  readonly start: Column;
  readonly startUptime: Column;
}

function columnsOf(site: Site): Columns {
  return {
    cpu: site.column("self_cpu_seconds", USER_HZ),
    user: site.column("self_cpu_user_seconds", USER_HZ),
    system: site.column("self_cpu_system_seconds", USER_HZ),
    resident: site.column("self_resident_bytes", 1 / KIB),
    anonymous: site.column("self_anonymous_bytes", 1 / KIB),
    threads: site.column("self_threads"),
    descriptors: site.column("self_descriptors"),
    limit: site.column("self_descriptors_limit"),
    start: site.column("self_start_seconds"),
    startUptime: site.column("self_start_uptime_seconds", USER_HZ),
  };
}

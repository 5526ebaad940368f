/**
 * `/proc/diskstats` (proc_diskstats(5), Documentation/admin-guide/iostats.rst):
 *
 *     254 0 vda 7791 4013 1618834 2681 1056 4917 391040 854 0 1088 3697 3116 61 41512 158 71 3
 *     major minor name, then 11 numbers; 15 since Linux 4.18 (discards), 17 since 5.5 (flushes)
 *
 * Times are printed as unsigned 32-bit milliseconds and wrap (block/genhd.c, diskstats_show).
 *
 * @module
 */
import { DISK_FIELDS, DISK_SCOPES, diskMetric, type DiskScope } from "./catalogue/disk.ts";
import { BLOCK_CLASS, blockDirectory } from "./files/block_directory.ts";
import { causeOf, errorOf, openOrFail } from "./cause.ts";
import {
  type CollectorSpec,
  type Column,
  IGNORED,
  type Instances,
  malformed,
  type Reader,
  type RowWriter,
  type Site,
  TEXT_INTERVAL_MS_LEAST,
  type Tick,
  UNKNOWN,
} from "./collector.ts";
import { DiskAccounting } from "./files/disk_accounting.ts";
import { textOf } from "./files/text.ts";
import { isGone } from "./kernel/errno.ts";
import type { HostTree, TreeFile } from "./kernel/host_tree.ts";
import { Scanner } from "./files/scan.ts";
import { SinceReading } from "./files/since_reading.ts";
import { VolumeTimes } from "./files/volume_times.ts";

const PATH = "/proc/diskstats";
const WRAP = 2 ** 32;
/**
 * What the times can rise by in a second: each request adds its own when it ends, and many times more are
 * never in flight. What rises by more began anew: another drive of the same name.
 */
const MS_PER_SECOND_MOST = 1000 * 10_000;

/** Numbers after the name: the fewest that any kernel prints, and the most that are known. */
const VALUES_LEAST = 11;
const VALUES_MOST = 17;
/** Positions of completed reads, writes and discards. */
const COMPLETED = [0, 4, 11] as const;
const IN_FLIGHT = DISK_FIELDS.find(({ suffix }) => suffix === "requests_in_flight")!.position;

/** Fields that came later, with the kernel that brought them. */
const LATER = [
  { key: "discards", first: 11, values: 15, needs: "Linux 4.18 or newer" },
  { key: "flushes", first: 15, values: 17, needs: "Linux 5.5 or newer" },
] as const;

/** Devices that only pass on what another one, or memory, serves. */
const LEFT_OUT = /^(loop|ram|zram)\d/;

export const disk: CollectorSpec = {
  id: "disk",
  minIntervalMs: TEXT_INTERVAL_MS_LEAST,
  open: (site) => new DiskReader(site),
};

class DiskReader implements Reader {
  readonly #site: Site;
  readonly #file: TreeFile;
  readonly #scanner = new Scanner();
  readonly #disks: Instances;
  readonly #volumes: Instances;
  readonly #diskColumns: readonly Column[];
  readonly #volumeColumns: readonly Column[];
  readonly #values = new Float64Array(VALUES_MOST);
  /** Numbers in the shortest line of a device that is shown. */
  #valuesFound = VALUES_MOST;
  readonly #lacking = new Uint8Array(LATER.length);
  readonly #accounting: Readonly<Record<DiskScope, DiskAccounting>>;
  readonly #volumeTimes: VolumeTimes;
  readonly #since = new SinceReading();
  /** What a time can have risen by since then, ms. */
  #msMost = 0;

  constructor(site: Site) {
    this.#site = site;
    this.#disks = site.instances("disk");
    this.#volumes = site.instances("volume");
    this.#diskColumns = columnsOf(site, "disk");
    this.#volumeColumns = columnsOf(site, "volume");
    this.#accounting = {
      disk: new DiskAccounting(site, "disk", this.#diskColumns),
      volume: new DiskAccounting(site, "volume", this.#volumeColumns),
    };
    this.#volumeTimes = new VolumeTimes(site, this.#volumeColumns);
    this.#file = openOrFail(site.tree, PATH);
    requireClass(site.tree, this.#file);
  }

  read(row: RowWriter, tick: Tick): void {
    this.#file.read();
    this.#msMost = this.#since.next(tick) * MS_PER_SECOND_MOST;
    const scanner = this.#scanner;
    scanner.reset(this.#file.bytes, this.#file.length);
    this.#valuesFound = VALUES_MOST;
    this.#disks.begin();
    this.#volumes.begin();
    while (!scanner.done()) {
      this.#readLine(row);
      scanner.nextLine();
    }
    this.#disks.end();
    this.#volumes.end();
    this.#volumeTimes.tell();
    this.#accounting.disk.read(row, tick);
    this.#accounting.volume.read(row, tick);
    for (let later = 0; later < LATER.length; later++) this.#tellLater(later);
  }

  close(): void {
    this.#file.close();
  }

  #readLine(row: RowWriter): void {
    const scanner = this.#scanner;
    const line = scanner.at;
    if (scanner.number() < 0 || scanner.number() < 0) {
      throw malformed(PATH, scanner.lineText(line), "major and minor number, name and counts");
    }
    const start = scanner.word();
    const end = scanner.at;
    const found = this.#readValues();
    if (found < VALUES_LEAST) {
      throw malformed(
        PATH,
        scanner.lineText(line),
        `${VALUES_LEAST} numbers or more after the name`,
      );
    }
    let slot = this.#disks.lookup(scanner.bytes, start, end);
    if (slot === UNKNOWN) slot = this.#meet(start, end);
    if (slot >= 0) {
      this.#write(row, this.#diskColumns, slot, found);
      this.#accounting.disk.note(slot, this.#completed(), this.#values[IN_FLIGHT]!);
    }
    if (slot !== IGNORED) return;
    slot = this.#volumes.lookup(scanner.bytes, start, end);
    if (slot === UNKNOWN) {
      this.#accounting.volume.expire();
      slot = this.#volumes.claim(scanner.text(start, end));
    }
    if (slot < 0) return;
    this.#write(row, this.#volumeColumns, slot, found);
    const completed = this.#completed();
    this.#volumeTimes.judge(row, slot, this.#values, completed);
    this.#accounting.volume.note(slot, completed, this.#values[IN_FLIGHT]!);
  }

  /** Requests of the line that was read. */
  #completed(): number {
    let requests = 0;
    for (let i = 0; i < COMPLETED.length; i++) requests += this.#values[COMPLETED[i]!]!;
    return requests;
  }

  /** Reads what stands after the name; returns how many numbers there were. */
  #readValues(): number {
    const scanner = this.#scanner;
    let found = 0;
    while (found < VALUES_MOST) {
      const value = scanner.number();
      if (value < 0) break;
      this.#values[found++] = value;
    }
    this.#values.fill(0, found);
    return found;
  }

  #write(row: RowWriter, columns: readonly Column[], slot: number, found: number): void {
    this.#valuesFound = Math.min(this.#valuesFound, found);
    for (let i = 0; i < DISK_FIELDS.length; i++) {
      const { position, kind, unit } = DISK_FIELDS[i]!;
      const column = columns[i]!;
      const value = this.#values[position]!;
      if (position >= found) row.none(column, slot);
      else if (kind === "gauge") row.gauge(column, slot, value);
      else if (unit === "s") row.countWrapping(column, slot, value, WRAP, this.#msMost);
      else row.count(column, slot, value);
    }
  }

  /**
   * A device that has no slot as a drive yet: its slot, or `IGNORED` when it never will have one. A
   * device that never completed anything is not decided on: unused loops, empty card readers.
   */
  #meet(start: number, end: number): number {
    const [reads, writes, discards] = COMPLETED;
    if (this.#values[reads]! + this.#values[writes]! + this.#values[discards]! === 0) {
      return UNKNOWN;
    }
    const name = this.#scanner.text(start, end);
    const scope = scopeOf(this.#site.tree, name);
    if (scope === "gone") return UNKNOWN;
    if (scope === "disk") {
      this.#leavePaths(name);
      this.#accounting.disk.expire();
      const slot = this.#disks.claim(name);
      if (slot === IGNORED) this.#volumes.ignore(name);
      return slot;
    }
    this.#disks.ignore(name);
    if (scope === "left_out") this.#volumes.ignore(name);
    return IGNORED;
  }

  /** A drive that counts by itself: its paths, where they stood for it, pass on the same bytes. */
  #leavePaths(drive: string): void {
    for (const slot of this.#disks.slots()) {
      const name = this.#disks.nameOf(slot);
      if (headOf(name) !== drive) continue;
      this.#disks.ignore(name);
      this.#volumes.ignore(name);
    }
  }

  #tellLater(later: number): void {
    const { key, first, values, needs } = LATER[later]!;
    const lacking = this.#valuesFound < values ? 1 : 0;
    if (lacking === this.#lacking[later]) return;
    this.#lacking[later] = lacking;
    if (lacking === 0) {
      this.#site.resolve(key);
      return;
    }
    const lost = DISK_FIELDS.filter(({ position }) => position >= first && position < values);
    this.#site.report({
      key,
      reason: "not_supported",
      message:
        `Cannot find ${key} in "${PATH}": lines end after ${this.#valuesFound} numbers; needs ${needs}`,
      metrics: DISK_SCOPES.flatMap((scope) => lost.map((field) => diskMetric(scope, field))),
    });
  }
}

/** The drive that a hidden path leads to: `nvme0n1` of `nvme0c1n1` (drivers/nvme/host/multipath.c). */
function headOf(path: string): string | undefined {
  const [, controller, namespace] = /^(nvme\d+)c\d+(n\d+)$/.exec(path) ?? [];
  return controller === undefined ? undefined : `${controller}${namespace}`;
}

/**
 * Whether a drive counts what its paths do: before Linux 6.2 it does not. Undefined where nobody tells.
 */
function counts(tree: HostTree, drive: string): boolean | undefined {
  const numbers = textOf(tree, `${BLOCK_CLASS}/${drive}/stat`)?.trim().split(/\s+/).map(Number);
  return numbers?.some((number) => number > 0);
}

/** Where a device is shown. `gone`: it left between the two readings. */
function scopeOf(tree: HostTree, name: string): DiskScope | "left_out" | "gone" {
  const directory = blockDirectory(name);
  try {
    const entries = tree.list(directory);
    // A partition counts for its drive; a hidden device is one path of an NVMe drive that has several.
    if (entries.includes("partition") || LEFT_OUT.test(name)) return "left_out";
    if (entries.includes("hidden") && tree.text(`${directory}/hidden`) === "1") {
      const head = headOf(name);
      return head !== undefined && counts(tree, head) === false ? "disk" : "left_out";
    }
    return entries.includes("device") ? "disk" : "volume";
  } catch (error) {
    if (isGone(error)) return "gone";
    throw error;
  }
}

/** Without sysfs drives cannot be told from their partitions, and every sum would be wrong. */
function requireClass(tree: HostTree, file: TreeFile): void {
  try {
    tree.list(BLOCK_CLASS);
  } catch (error) {
    file.close();
    throw errorOf(causeOf(error, { needs: "it to tell drives from their partitions" }));
  }
}

function columnsOf(site: Site, scope: DiskScope): readonly Column[] {
  return DISK_FIELDS.map((field) => site.column(diskMetric(scope, field), 1 / field.scale));
}

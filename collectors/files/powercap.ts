/**
 * Energy from `/sys/class/powercap`, for machines whose kernel has no PMU for it or lets nobody open it.
 * Its files are for root alone since Linux 5.10, and tell whole microjoules, with a range after which
 * they begin at 0 again.
 *
 * @module
 */
import { timeEnabledOf, timeRunningOf } from "../catalogue/counted.ts";
import { ENERGY_ZONES } from "../catalogue/energy.ts";
import { type Cause, causeOf, errorOf } from "../cause.ts";
import {
  CollectorError,
  type Column,
  type Instances,
  type RowWriter,
  type Site,
  type Tick,
} from "../collector.ts";
import { namesIn, textOf } from "./text.ts";
import type { Source } from "../source.ts";
import type { SourcedReader } from "../uncore/parts.ts";
import { NumberFile, numberOnce } from "./number_file.ts";
import { meterIncrease, type PowercapZone, powercapZones } from "./powercap_zones.ts";

const FOLDER = "/sys/class/powercap";
/** Packages come and go with their CPUs; meters that failed are tried again. */
const SCAN_EVERY_SECONDS = 10;
const MICRO = 1e6;
/** After so many readings in vain it is told that a meter never moved. */
const LATENT_READINGS = 3;

/** Cells of a meter. */
const RAW = 0;
const READ_AT = 1;
const JOULES = 2;
const SECONDS = 3;
const NOW = 4;
const CELLS = 5;

interface Columns {
  readonly value: Column;
  readonly enabled: Column;
  readonly running: Column;
}

interface Meter {
  readonly zone: PowercapZone;
  readonly metric: string;
  /** In messages. */
  readonly whom: string;
  readonly columns: Columns;
  readonly slot: number;
  readonly file: NumberFile;
  /** Microjoules after which it begins at 0 again; `Infinity` where nobody tells. */
  readonly range: number;
  /** What it said last, NaN for nothing, and when. */
  readonly cells: Float64Array;
  /** It may never be fed, and has not moved yet: absent. */
  isLatent: boolean;
  /** Readings in which it did not. */
  vain: number;
  /** The failure that was told. */
  error: unknown;
  /** Its zone went with the CPUs of its package. It is there, and missing from every sum. */
  isGone: boolean;
}

/** Key of the cause that packages are gone. */
const GONE = "gone";
/** Key of the cause that meters never moved. */
const LATENT = "latent";

export class PowercapEnergy implements SourcedReader {
  /** No event counts it. */
  readonly sources: readonly Source[] = [];
  readonly #site: Site;
  readonly #packages: Instances;
  readonly #columns: ReadonlyMap<string, Columns>;
  #meters: readonly Meter[] = [];
  #scanDueSeconds: number;

  /** Throws `CollectorError` where there is no meter, or none that may be read. */
  constructor(site: Site) {
    this.#site = site;
    this.#packages = site.instances("package");
    this.#columns = new Map(ENERGY_ZONES.map(({ metric }) => [metric, {
      value: site.column(metric),
      enabled: site.column(timeEnabledOf(metric)),
      running: site.column(timeRunningOf(metric)),
    }]));
    this.#scanDueSeconds = Math.floor(site.clock.monotonicMs() / 1000) + SCAN_EVERY_SECONDS;
    this.#scan();
    for (const meter of this.#meters) this.#begin(meter);
    this.#requireOne();
  }

  /** What has a meter. */
  get metrics(): readonly string[] {
    return [...new Set(this.#meters.map(({ metric }) => metric))];
  }

  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds >= this.#scanDueSeconds) {
      this.#scanDueSeconds = tick.seconds + SCAN_EVERY_SECONDS;
      this.#scan();
    }
    let read = 0;
    for (let i = 0; i < this.#meters.length; i++) {
      const meter = this.#meters[i]!;
      const { columns: { value, enabled, running }, slot, cells, file } = meter;
      this.#advance(meter);
      if (!meter.isGone && file.error !== meter.error) this.#tell(meter);
      const isRead = cells[RAW] === cells[RAW];
      if (isRead) read++;
      if (!isRead || this.#isStill(meter)) {
        row.none(value, slot);
        row.none(enabled, slot);
        row.none(running, slot);
        continue;
      }
      row.add(value, slot, cells[JOULES]!);
      row.add(enabled, slot, cells[SECONDS]!);
      row.add(running, slot, cells[SECONDS]!);
    }
    if (read === 0) this.#requireOne();
  }

  close(): void {
    for (const meter of this.#meters) this.#drop(meter);
    this.#meters = [];
  }

  /** The baseline: energy from here on is counted. */
  #begin({ file, cells }: Meter): void {
    cells[RAW] = file.read();
    this.#site.clock.stamp(cells, READ_AT);
  }

  /** Leaves joules and seconds since the last reading. Allocates nothing. */
  #advance({ file, cells, range }: Meter): void {
    const raw = file.read();
    this.#site.clock.stamp(cells, NOW);
    const increase = meterIncrease(cells[RAW]!, raw, range);
    // What began anew tells nothing of the time before, so neither the one nor the other is counted.
    const known = increase === increase;
    cells[JOULES] = known ? increase / MICRO : 0;
    cells[SECONDS] = known ? (cells[NOW]! - cells[READ_AT]!) / 1000 : 0;
    cells[RAW] = raw;
    cells[READ_AT] = cells[NOW]!;
  }

  /** Whether a meter that may never be fed has yet to move. */
  #isStill(meter: Meter): boolean {
    if (!meter.isLatent) return false;
    if (meter.cells[JOULES]! > 0) {
      meter.isLatent = false;
      this.#tellLatent();
      return false;
    }
    meter.vain++;
    if (meter.vain === LATENT_READINGS) this.#tellLatent();
    return true;
  }

  /** States which meters never moved; all of one metric together. */
  #tellLatent(): void {
    const still = this.#meters.filter(({ isLatent, vain }) => isLatent && vain >= LATENT_READINGS);
    const [first] = still;
    if (first === undefined) return this.#site.resolve(LATENT);
    const { file, metric, whom } = first;
    const moves = this.#meters.some((meter) => meter.metric === metric && !still.includes(meter));
    this.#site.report({
      key: LATENT,
      reason: "not_supported",
      message: `Cannot count the energy of ${whom}: found that "${file.path}" never moved, ` +
        "needs firmware that feeds it",
      metrics: [metric],
      ...(moves ? { instances: still.map(({ zone }) => zone.name) } : {}),
    });
  }

  #scan(): void {
    const { tree, profile: { cpuVendor } } = this.#site;
    const before = new Map(this.#meters.map((meter) => [meter.zone.folder, meter]));
    const meters: Meter[] = [];
    const folders = namesIn(tree, FOLDER) ?? [];
    this.#packages.begin();
    for (const zone of powercapZones(folders, (folder) => nameOf(tree, folder), cpuVendor)) {
      const { folder, name, socket, kind } = zone;
      const slot = this.#packages.claim(name, {}, { socket });
      if (slot < 0) continue;
      const known = before.get(folder);
      if (known?.slot === slot && known.zone.kind === kind) {
        before.delete(folder);
        known.isGone = false;
        known.file.retry();
        meters.push(known);
      } else meters.push(this.#meterOf(zone, slot));
    }
    const gone = meters.length === 0 ? [] : this.#keep([...before.values()], meters);
    this.#packages.end();
    for (const meter of before.values()) if (!gone.includes(meter)) this.#drop(meter);
    this.#meters = [...meters, ...gone];
    this.#tellGone(gone);
    this.#tellLatent();
  }

  #meterOf(zone: PowercapZone, slot: number): Meter {
    const { tree } = this.#site;
    const { folder, kind } = zone;
    const { metric, whom, latent } = ENERGY_ZONES.find(({ powercap }) => powercap === kind)!;
    return {
      zone,
      metric,
      whom,
      columns: this.#columns.get(metric)!,
      slot,
      file: new NumberFile(tree, `${FOLDER}/${folder}/energy_uj`),
      range: numberOnce(tree, `${FOLDER}/${folder}/max_energy_range_uj`) ?? Infinity,
      cells: new Float64Array(CELLS).fill(NaN),
      isLatent: latent === true,
      vain: 0,
      error: null,
      isGone: false,
    };
  }

  /**
   * Those of the meters found before that no meter found now stands for. The driver takes the zones of a
   * package away with its last CPU (`rapl_cpu_down_prep`), and the package still uses energy.
   */
  #keep(before: readonly Meter[], found: readonly Meter[]): readonly Meter[] {
    return before.filter((meter) => {
      const { name, socket } = meter.zone;
      if (found.some(({ metric, zone }) => metric === meter.metric && zone.name === name)) {
        return false;
      }
      if (this.#packages.claim(name, {}, { socket }) !== meter.slot) return false;
      this.#drop(meter);
      meter.cells[RAW] = NaN;
      meter.error = null;
      meter.isGone = true;
      return true;
    });
  }

  #tellGone(gone: readonly Meter[]): void {
    if (gone.length === 0) return this.#site.resolve(GONE);
    const instances = [...new Set(gone.map(({ zone }) => zone.name))];
    this.#site.report({
      key: GONE,
      reason: "gone",
      message: `Cannot read the energy of packages ${instances.join(", ")}: ` +
        "found no CPU of theirs online, needs one",
      remedy: "Bring one of their CPUs online: " +
        "`echo 1 | sudo tee /sys/devices/system/cpu/cpuN/online`",
      metrics: [...new Set(gone.map(({ metric }) => metric))],
      instances,
    });
  }

  #requireOne(): void {
    if (this.#meters.some(({ cells }) => !Number.isNaN(cells[RAW]))) return;
    const [first] = this.#meters;
    if (first === undefined) {
      throw new CollectorError(
        "not_supported",
        `Cannot find an energy meter in "${FOLDER}": found no zone intel-rapl, ` +
          "needs the kernel module intel_rapl_msr",
      );
    }
    throw errorOf(causeOfMeter(first));
  }

  #tell(meter: Meter): void {
    const { file, zone: { folder, name }, metric } = meter;
    meter.error = file.error;
    if (file.error === null) return this.#site.resolve(folder);
    this.#site.report({ key: folder, ...causeOfMeter(meter), metrics: [metric], instance: name });
  }

  #drop({ file, zone: { folder } }: Meter): void {
    file.close();
    this.#site.resolve(folder);
  }
}

function nameOf(tree: Site["tree"], folder: string): string | undefined {
  return textOf(tree, `${FOLDER}/${folder}/name`);
}

/** The PMU asks for less than the files do: its right is to count, and not to read all there is. */
function causeOfMeter({ file: { error } }: Meter): Cause {
  const cause = causeOf(error);
  if (cause.reason !== "denied") return cause;
  return causeOf(error, {
    needs: "the right to read it, which root alone has",
    remedy: "Load the module of the PMU that counts energy, for which CAP_PERFMON is enough " +
      "(`sudo modprobe rapl`), or let the service's group read the files: " +
      `\`sudo chgrp GROUP ${FOLDER}/intel-rapl:*/energy_uj && ` +
      `sudo chmod g+r ${FOLDER}/intel-rapl:*/energy_uj\``,
  });
}

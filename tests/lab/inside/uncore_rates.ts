/**
 * What the PMUs outside of the cores count, as README.md declares it: in a second, in package 0; package
 * p counts p + 1 times as fast.
 *
 * @module
 */
import type { Parameters } from "./parameters.ts";

const MIB = 2 ** 20;
const LINE_BYTES = 64;
const IMC_CLOCK = 1.2e9;

export interface UncoreEvent {
  /** As `perf stat -e` takes it between the slashes. */
  readonly code: string;
  readonly config: bigint;
  /** Counts, before any scale. */
  readonly perSecond: number;
}

export interface UncorePmu {
  readonly name: string;
  /** Whether its events need none of the `uncore_counters`. */
  readonly ownCounters: boolean;
  readonly events: readonly UncoreEvent[];
}

/** Bytes a second of package 0, of what one PMU counts. */
export interface Traffic {
  readonly pmu: string;
  readonly reads: number;
  readonly writes: number;
  /** Whether it tells them apart. */
  readonly apart: boolean;
}

/** Joules a second of package 0. */
export interface Power {
  readonly package: number;
  readonly cores: number;
  readonly memory: number;
}

/** The families of PMU whose boxes are numbered, one for each of `imc_read`. */
const BOXES: Readonly<Record<string, string>> = {
  imc: "uncore_imc",
  freerun: "uncore_imc_free_running",
  imc_icx: "uncore_imc",
  freerun_icx: "uncore_imc_free_running",
  umc: "amd_umc",
};

/** Bytes a second by memory controller; nothing is written to those that `imc_write` leaves out. */
function boxesOf({ mibRead, mibWrite }: Parameters): readonly Pick<Traffic, "reads" | "writes">[] {
  return mibRead.map((read, box) => ({
    reads: read * MIB,
    writes: box < mibWrite.length ? mibWrite[box]! * MIB : 0,
  }));
}

/** What the boxes of a kind count; none for kinds that count no memory. */
export function trafficOf(kind: string, parameters: Parameters): readonly Traffic[] {
  const boxes = boxesOf(parameters);
  const family = BOXES[kind];
  if (family !== undefined) {
    return boxes.map((box, at) => ({ pmu: `${family}_${at}`, ...box, apart: true }));
  }
  if (kind === "client") return [{ pmu: "uncore_imc", ...boxes[0]!, apart: true }];
  if (kind !== "df") return [];
  const sum = (pick: (box: typeof boxes[number]) => number): number =>
    boxes.reduce((total, box) => total + pick(box), 0);
  return [{
    pmu: "amd_df",
    reads: sum(({ reads }) => reads),
    writes: sum(({ writes }) => writes),
    apart: false,
  }];
}

export function powerOf({ watts: [pkg = 0, cores = 0, memory = 0] }: Parameters): Power {
  return { package: pkg, cores, memory };
}

/** Clocks a second of each memory controller of package 0; undefined for kinds that count none. */
export function clockOf(kind: string): number | undefined {
  return { imc: IMC_CLOCK, imc_icx: IMC_CLOCK, umc: 1.6e9 }[kind];
}

/** Every PMU of a kind with its events. */
export function uncorePmus(kind: string, parameters: Parameters): readonly UncorePmu[] {
  const traffic = trafficOf(kind, parameters);
  const lines = (bytes: number): number => bytes / LINE_BYTES;
  switch (kind) {
    case "imc":
      return traffic.map(({ pmu, reads, writes }) => ({
        name: pmu,
        ownCounters: false,
        events: [
          event("clockticks", 0x00, clockOf(kind)!),
          event("cas_count_read", 0x0304, lines(reads)),
          event("cas_count_write", 0x0c04, lines(writes)),
        ],
      }));
    case "freerun":
      return traffic.map(({ pmu, reads, writes }) => ({
        name: pmu,
        ownCounters: true,
        events: [
          event("data_total", 0x10ff, lines(reads + writes)),
          event("data_read", 0x20ff, lines(reads)),
          event("data_write", 0x30ff, lines(writes)),
        ],
      }));
    case "imc_icx":
      return traffic.map(({ pmu, reads, writes }) => ({
        name: pmu,
        ownCounters: false,
        events: [
          event("clockticks", 0x00, IMC_CLOCK),
          event("cas_count_read", 0x0f04, lines(reads)),
          event("cas_count_write", 0x3004, lines(writes)),
        ],
      }));
    case "freerun_icx":
      return traffic.map(({ pmu, reads, writes }) => ({
        name: pmu,
        ownCounters: true,
        events: [
          event("dclk", 0x10ff, IMC_CLOCK),
          event("read", 0x20ff, lines(reads)),
          event("write", 0x21ff, lines(writes)),
          event("ddrt_read", 0x30ff, 0),
          event("ddrt_write", 0x31ff, 0),
        ],
      }));
    case "client":
      return traffic.map(({ pmu, reads, writes }) => ({
        name: pmu,
        ownCounters: true,
        events: [
          event("data_reads", 0x01, lines(reads)),
          event("data_writes", 0x02, lines(writes)),
          event("gt_requests", 0x03, lines(reads + writes) / 8),
          event("ia_requests", 0x04, lines(reads + writes) / 2),
          event("io_requests", 0x05, lines(reads + writes) / 16),
        ],
      }));
    case "umc":
      return traffic.map(({ pmu, reads, writes }) => ({
        name: pmu,
        ownCounters: false,
        events: [
          event("event=0x00", 0x00, clockOf(kind)!),
          event("event=0x0a", 0x0a, lines(reads + writes)),
          event("event=0x0a,rdwrmask=1", 0x010a, lines(reads)),
          event("event=0x0a,rdwrmask=2", 0x020a, lines(writes)),
        ],
      }));
    case "df":
      return [{ name: "amd_df", ownCounters: false, events: fabricEvents(parameters) }];
    case "l3":
      return [{
        name: "amd_l3",
        ownCounters: false,
        events: [
          event("event=0x04,umask=0xff", 0xff04, 70e6),
          event("event=0x04,umask=0x01", 0x0104, 14e6),
        ],
      }];
    case "power": {
      const power = powerOf(parameters);
      return [{
        name: "power",
        ownCounters: true,
        events: [
          event("energy-cores", 0x01, power.cores * 2 ** 32),
          event("energy-pkg", 0x02, power.package * 2 ** 32),
          event("energy-ram", 0x03, power.memory * 2 ** 32),
        ],
      }];
    }
    default:
      throw new Error(`Cannot find uncore "${kind}": README.md declares none of that name`);
  }
}

/** One for each memory controller, both ways together. */
function fabricEvents(parameters: Parameters): readonly UncoreEvent[] {
  return boxesOf(parameters).map(({ reads, writes }, box) => {
    const code = 0x07 + 0x40 * box;
    const config = BigInt(code & 0xff) | BigInt(code >> 8) << 32n | 0x3800n;
    const perSecond = (reads + writes) / LINE_BYTES;
    return { code: `event=0x${code.toString(16)},umask=0x38`, config, perSecond };
  });
}

function event(code: string, config: number, perSecond: number): UncoreEvent {
  return { code, config: BigInt(config), perSecond };
}

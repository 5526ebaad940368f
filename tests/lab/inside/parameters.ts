/** The parameters of the module `vpmu`, which say what the counters of this guest do. @module */
import { parseCpuList } from "../../../collectors/pmu/cpu_list.ts";

const FOLDER = "/sys/module/vpmu/parameters";

/** Throws where the module was left out. */
export function parameter(name: string): string {
  return Deno.readTextFileSync(`${FOLDER}/${name}`).trim();
}

function numberOf(name: string): number {
  return Number(parameter(name));
}

function listOf(name: string): readonly string[] {
  return parameter(name).split(",").filter((word) => word !== "");
}

/** Counters that another client holds on every CPU, from now on. */
export function setHog(counters: number): void {
  Deno.writeTextFileSync(`${FOLDER}/hog`, String(counters));
}

/** The clock that pulses follow, ns. */
export function clockNs(): number {
  return numberOf("clock");
}

export interface Parameters {
  readonly counters: number;
  readonly stepPercent: number;
  readonly pulseNs: number;
  /** 0 to 1. */
  readonly pulseDepth: number;
  readonly atom: ReadonlySet<number>;
  readonly atomUnsupported: readonly string[];
  readonly unsupported: readonly string[];
  readonly unsupportedErrno: number;
  readonly stuck: readonly string[];
  readonly slow: readonly string[];
  /** What counts begin at when they are opened. */
  readonly offset: bigint;
  /** Kinds of PMU outside of the cores: `imc`, `power`. */
  readonly uncore: readonly string[];
  readonly uncoreCounters: number;
  /** MiB/s, by memory controller. */
  readonly mibRead: readonly number[];
  readonly mibWrite: readonly number[];
  /** Package, cores, memory. */
  readonly watts: readonly number[];
}

export function readParameters(): Parameters {
  const atom = parameter("atom");
  return {
    counters: numberOf("counters"),
    stepPercent: numberOf("cpu_step"),
    pulseNs: 1e6 * numberOf("pulse_ms"),
    pulseDepth: numberOf("pulse_pct") / 100,
    atom: new Set(atom === "(null)" ? [] : parseCpuList(atom)),
    atomUnsupported: listOf("atom_unsupported"),
    unsupported: listOf("unsupported"),
    unsupportedErrno: numberOf("unsupported_errno"),
    stuck: listOf("stuck"),
    slow: listOf("slow"),
    offset: parameter("offset_2p53") === "Y" ? 2n ** 53n - 1000n : 0n,
    uncore: listOf("uncore").filter((kind) => kind !== "none"),
    uncoreCounters: numberOf("uncore_counters"),
    mibRead: listOf("imc_read").map(Number),
    mibWrite: listOf("imc_write").map(Number),
    watts: listOf("watts").map(Number),
  };
}

/** How long the pulse had been high at a time, less how long it had been low: ns. */
export function pulseSum({ pulseNs }: Parameters, clock: number): number {
  const into = clock % (2 * pulseNs);
  return Math.min(into, 2 * pulseNs - into);
}

/**
 * What each event of the core PMU counts, as README.md declares it: in a microsecond on a counter, at
 * the average of its pulse.
 *
 * @module
 */
import { EVENT_TYPE } from "../../../collectors/pmu/event_codes.ts";
import type { Parameters } from "./parameters.ts";

/** 1: pulses with the cycles, -1: against them, 0: not at all. */
type Pulse = 1 | 0 | -1;

export interface DeclaredEvent {
  /** As the module's parameters take it. */
  readonly name: string;
  readonly type: number;
  readonly config: bigint;
  readonly perUs: number;
  readonly pulse: Pulse;
}

interface Row {
  readonly perUs: number;
  /** `config` of PERF_TYPE_HARDWARE, or cache, operation and result of PERF_TYPE_HW_CACHE. */
  readonly id: number | readonly [cache: number, operation: number, result: number];
  readonly raw?: number;
  readonly pulse?: Pulse;
}

const [L1D, L1I, LL, DTLB, ITLB, BPU, NODE] = [0, 1, 2, 3, 4, 5, 6] as const;
const [READ, WRITE] = [0, 1] as const;
const [ACCESS, MISS] = [0, 1] as const;

const ROWS: Readonly<Record<string, Row>> = {
  "cpu-cycles": { perUs: 3000, id: 0, raw: 0x003c },
  "instructions": { perUs: 4500, id: 1, raw: 0x00c0, pulse: -1 },
  "cache-references": { perUs: 90, id: 2, raw: 0x4f2e },
  "cache-misses": { perUs: 18, id: 3, raw: 0x412e },
  "branch-instructions": { perUs: 900, id: 4, raw: 0x00c4 },
  "branch-misses": { perUs: 27, id: 5, raw: 0x00c5, pulse: 0 },
  "bus-cycles": { perUs: 100, id: 6, raw: 0x013c },
  "stalled-cycles-frontend": { perUs: 450, id: 7 },
  "stalled-cycles-backend": { perUs: 750, id: 8 },
  "ref-cycles": { perUs: 2600, id: 9, raw: 0x0300 },
  "L1-dcache-loads": { perUs: 1200, id: [L1D, READ, ACCESS] },
  "L1-dcache-load-misses": { perUs: 60, id: [L1D, READ, MISS], pulse: 0 },
  "L1-dcache-stores": { perUs: 640, id: [L1D, WRITE, ACCESS] },
  "L1-icache-loads": { perUs: 1600, id: [L1I, READ, ACCESS] },
  "L1-icache-load-misses": { perUs: 32, id: [L1I, READ, MISS] },
  "LLC-loads": { perUs: 50, id: [LL, READ, ACCESS] },
  "LLC-load-misses": { perUs: 20, id: [LL, READ, MISS], pulse: -1 },
  "LLC-stores": { perUs: 24, id: [LL, WRITE, ACCESS] },
  "LLC-store-misses": { perUs: 6, id: [LL, WRITE, MISS] },
  "dTLB-loads": { perUs: 1250, id: [DTLB, READ, ACCESS] },
  "dTLB-load-misses": { perUs: 5, id: [DTLB, READ, MISS] },
  "dTLB-stores": { perUs: 660, id: [DTLB, WRITE, ACCESS] },
  "dTLB-store-misses": { perUs: 3, id: [DTLB, WRITE, MISS] },
  "iTLB-loads": { perUs: 1000, id: [ITLB, READ, ACCESS] },
  "iTLB-load-misses": { perUs: 1, id: [ITLB, READ, MISS] },
  "branch-loads": { perUs: 905, id: [BPU, READ, ACCESS] },
  "branch-load-misses": { perUs: 28, id: [BPU, READ, MISS] },
  "node-loads": { perUs: 12, id: [NODE, READ, ACCESS] },
  "node-load-misses": { perUs: 4, id: [NODE, READ, MISS] },
};

/** Other names that perf has for the same events. */
const ALIASES: Readonly<Record<string, string>> = {
  "cycles": "cpu-cycles",
  "branches": "branch-instructions",
  "idle-cycles-frontend": "stalled-cycles-frontend",
  "idle-cycles-backend": "stalled-cycles-backend",
};

export const DECLARED: readonly DeclaredEvent[] = Object.entries(ROWS).map(([name, row]) => ({
  name,
  type: typeof row.id === "number" ? EVENT_TYPE.hardware : EVENT_TYPE.hardwareCache,
  config: BigInt(
    typeof row.id === "number" ? row.id : row.id[0] | row.id[1] << 8 | row.id[2] << 16,
  ),
  perUs: row.perUs,
  pulse: row.pulse ?? 1,
}));

/** A raw code counts what it says, umask and event as one number, where no event has it. */
export function rawEvent(code: number): DeclaredEvent {
  const known = Object.entries(ROWS).find(([, row]) => row.raw === code);
  if (known !== undefined) return byName(known[0]);
  const name = `r${code.toString(16).padStart(4, "0")}`;
  return { name, type: EVENT_TYPE.raw, config: BigInt(code), perUs: code, pulse: 1 };
}

/** By a name that `perf stat -e` takes: `cycles`, `cpu_core/cycles/`, `cpu/event=0x24,umask=0xff/`. */
export function byName(event: string): DeclaredEvent {
  const inner = /^\w+\/(.*)\/\w*$/.exec(event)?.[1] ?? event.replace(/:\w+$/, "");
  const name = ALIASES[inner] ?? inner;
  const known = DECLARED.find((declared) => declared.name === name);
  if (known !== undefined) return known;
  const raw = /^r([0-9a-f]+)$/.exec(inner)?.[1];
  if (raw !== undefined) return rawEvent(parseInt(raw, 16) & 0xffff);
  const words = new Map(inner.split(",").map((word) => word.split("=", 2) as [string, string]));
  const code = words.get("event");
  if (code === undefined) {
    throw new Error(`Cannot find "${event}": README.md declares no such event`);
  }
  const umask = words.get("umask");
  return rawEvent(Number(code) | (umask === undefined ? 0 : Number(umask) << 8));
}

/** By what the kernel was asked for; undefined for an event of another PMU than the core's. */
export function byCode(type: number, config: bigint): DeclaredEvent | undefined {
  // Of one PMU among several: its type stands in the upper half (PERF_PMU_TYPE_SHIFT).
  const low = config & 0xffffffffn;
  if (type !== EVENT_TYPE.hardware && type !== EVENT_TYPE.hardwareCache) {
    return rawEvent(Number(low & 0xffffn));
  }
  return DECLARED.find((declared) => declared.type === type && declared.config === low);
}

/** Counts a second on one CPU, whose PMU may count half, or faster by its number, or badly. */
export function perSecond(event: DeclaredEvent, cpu: number, parameters: Parameters): number {
  const { stuck, slow, atom, stepPercent } = parameters;
  if (stuck.includes(event.name)) return 0;
  const perUs = atom.has(cpu) ? Math.floor(event.perUs / 2) : event.perUs;
  const atZero = slow.includes(event.name) ? 400 : perUs * 1e6;
  return atZero * (1 + stepPercent * cpu / 100);
}

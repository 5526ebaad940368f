/**
 * What the fleet's page tells of a host, and what it is made of: each quantity is a quotient of two
 * sums, so that one of many hosts is a quotient of sums too, and never a mean of quotients. How an
 * engine is asked for a term is the routes' to know.
 *
 * @module
 */
import type { Reading, Reason } from "../../collectors/mod.ts";
import { HEARSAY, type Hearsay, LOW_COVERAGE } from "../../collectors/trust.ts";
import { PMU_ABSENCES, type PmuAbsence, type PmuInexact } from "../pmu_absence.ts";

/** Sums over a host, each in a second or as it stands. */
export const TERMS = [
  "cycles",
  "retired",
  "misses",
  "moved",
  "peak",
  "busy",
  "passed",
  "joules",
  "asked",
  "counted",
  "asked_misses",
  "counted_misses",
  "asked_uncore",
  "counted_uncore",
  "waited",
] as const;
export type Term = (typeof TERMS)[number];

export interface FleetQuantity {
  /** In addresses. */
  readonly key: string;
  readonly name: string;
  /** UCUM. */
  readonly unit: string;
  readonly by: Term;
  /** Absent: it is no quotient. */
  readonly per?: Term;
  readonly times?: number;
  /** Groups of `ringside_pmu_available`: where none of them is counted, they say why. */
  readonly groups: readonly string[];
  /**
   * The group whose counts are of other places than what they are divided by: where some of either are
   * missing there is no quotient.
   */
  readonly apart?: string;
  /** How long its counters counted, by how long they were to. */
  readonly coverage?: readonly [counted: Term, asked: Term];
  /** Drawn beside the value. */
  readonly trend: boolean;
}

const CORE_COVERAGE = ["counted", "asked"] as const;
const MISSES_COVERAGE = ["counted_misses", "asked_misses"] as const;
const UNCORE_COVERAGE = ["counted_uncore", "asked_uncore"] as const;

export const QUANTITIES: readonly FleetQuantity[] = [
  {
    key: "ipc",
    name: "IPC",
    unit: "{instruction}/{cycle}",
    by: "retired",
    per: "cycles",
    groups: ["core"],
    coverage: CORE_COVERAGE,
    trend: true,
  },
  {
    key: "mpki",
    name: "LLC MPKI",
    unit: "{miss}/{kiloinstruction}",
    by: "misses",
    per: "retired",
    times: 1000,
    groups: ["llc", "l3"],
    apart: "l3",
    coverage: MISSES_COVERAGE,
    trend: true,
  },
  {
    key: "bandwidth",
    name: "Memory",
    unit: "By/s",
    by: "moved",
    groups: ["memory_bandwidth"],
    coverage: UNCORE_COVERAGE,
    trend: true,
  },
  {
    key: "share",
    name: "Of peak",
    unit: "1",
    by: "moved",
    per: "peak",
    groups: ["memory_bandwidth"],
    apart: "memory_bandwidth",
    coverage: UNCORE_COVERAGE,
    trend: false,
  },
  { key: "cpu", name: "CPU", unit: "1", by: "busy", per: "passed", groups: [], trend: true },
  { key: "pressure", name: "Pressure", unit: "1", by: "waited", groups: [], trend: true },
  { key: "watts", name: "Power", unit: "W", by: "joules", groups: ["energy"], trend: true },
  {
    key: "coverage",
    name: "Coverage",
    unit: "1",
    by: "counted",
    per: "asked",
    groups: ["core"],
    trend: true,
  },
];

/** Quantities with a trend, by the places of their points. */
export const TRENDS: readonly FleetQuantity[] = QUANTITIES.filter(({ trend }) => trend);

/** A host as an engine knows it. All text is somebody's to choose. */
export interface FleetHost {
  /** Its name for the engine, as `hostKey` makes it; never shown. */
  readonly key: string;
  /** Who scrapes it, and under which address, to be read by people. */
  readonly job: string;
  readonly instance: string;
  /** As its kernel calls it; absent: nobody says. */
  readonly name?: string | undefined;
  /** Its own page; absent: its address is none. */
  readonly page?: string | undefined;
  /** Where the engine shows its figures; absent: the engine has no page for that. */
  readonly query?: string | undefined;
  /** What else it is labelled with. */
  readonly labels: Readonly<Record<string, string>>;
  /** PMUs of its cores, in order. */
  readonly cores: readonly string[];
  /** Since its last sample. */
  readonly silentSeconds: number;
  readonly terms: Readonly<Partial<Record<Term, number>>>;
  /** What tasks wait for most. */
  readonly waits?: string | undefined;
  /** Group of quantities to the reason why it is not counted. */
  readonly absences: Readonly<Record<string, string>>;
  /** Group of quantities to why what it tells is not exact, with a share of instances or 1. */
  readonly inexact?: Readonly<Record<string, Readonly<Partial<Record<PmuInexact, number>>>>>;
}

export interface Fleet {
  readonly hosts: readonly FleetHost[];
  /** By the engine's clock, ms since 1970. */
  readonly atMs: number;
  /** What of it could not be had, each a sentence. */
  readonly lacks: readonly string[];
  /** Hosts that are there and were left out. */
  readonly left: number;
}

/** Points in time, oldest first; null: not measured. */
export type Trend = readonly (number | null)[];

/** Of a host: one for each of `TRENDS`; absent where no point is known. */
export type HostTrends = readonly (Trend | undefined)[];

/** From here on a host counts as silent: what is shown of a second ago is none of it. */
export const SILENT_SECONDS = 120;

/** Why a host has no value. */
export type Lack =
  | { readonly lack: Reason }
  | { readonly lack: "silent" | "unknown" | "implausible" | "partial" };

const KNOWN: ReadonlySet<string> = new Set(PMU_ABSENCES);
/** Which group counts a term, where it is none of the quantity's own: misses are told by instructions. */
const GROUP_OF: Readonly<Partial<Record<Term, string>>> = { cycles: "core", retired: "core" };
/** Sums of times are rounded. */
const WHOLE = 1 - 1e-6;

/** A quantity of a host, or of several together. */
export function figureOf(quantity: FleetQuantity, hosts: readonly FleetHost[]): Reading | Lack {
  const { by, per, times = 1, coverage, groups } = quantity;
  // An event may be there and mean something else: a host that says it does not count it is believed.
  const told = hosts.filter(({ terms, absences }) =>
    terms[by] !== undefined && (per === undefined || terms[per] !== undefined) &&
    (groups.length === 0 || groups.some((group) => absences[group] === undefined)) &&
    !isBelied(per, absences)
  );
  if (told.length === 0) return lackOf(quantity, hosts);
  const whole = told.filter((host) => !isApart(quantity, host));
  if (whole.length === 0) return { lack: "partial" };
  const upper = sumOf(by, whole);
  // Waiting is a share of time of each: that of many is no sum, but the mean over all their time.
  const lower = per === undefined ? (by === "waited" ? whole.length : 1) : sumOf(per, whole);
  if (lower === 0) return { absent: "no_events" };
  const share = coverage === undefined ? 1 : coverageOf(coverage, whole);
  const { parts, mixed, hearsay } = flawsOf(quantity, whole);
  const partial = whole.length < hosts.length
    ? { partial: { counted: whole.length, present: hosts.length } }
    : parts < WHOLE
    ? { partial: { counted: Math.max(1, Math.floor(parts * PERCENT)), present: PERCENT } }
    : {};
  const grade = share < LOW_COVERAGE
    ? "low"
    : share < WHOLE || "partial" in partial || mixed || hearsay !== undefined
    ? "estimated"
    : "exact";
  const value = times * upper / lower;
  // Each is a number and their sum is none: what is told cannot be meant.
  if (!Number.isFinite(value) || Number.isNaN(share)) return { lack: "unknown" };
  return {
    value,
    coverage: share,
    grade,
    ...(mixed ? { mixed } : {}),
    ...(hearsay === undefined ? {} : { hearsay }),
    ...partial,
  };
}

/** Of parts of hosts, whose number nobody tells. */
const PERCENT = 100;

interface Flaws {
  /** Share of the instances that are in it, each host by what it has of the sum. */
  readonly parts: number;
  readonly mixed: true | undefined;
  readonly hearsay: Hearsay | undefined;
}

/** What hosts say against their own figures, beside the share of time. */
function flawsOf(quantity: FleetQuantity, hosts: readonly FleetHost[]): Flaws {
  const told = hosts.flatMap((host) => inexactOf(quantity, host));
  const sum = sumOf(quantity.by, hosts);
  const counted = hosts.reduce(
    (all, host) => all + sumOf(quantity.by, [host]) * partsOf(quantity, host),
    0,
  );
  return {
    parts: sum > 0 ? Math.min(1, counted / sum) : 1,
    mixed: told.some(({ mixed }) => mixed !== undefined) || undefined,
    hearsay: HEARSAY.findLast((word) => told.some((each) => each[word] !== undefined)),
  };
}

/** Of the groups that its terms are of. How long they counted is no matter of how many did. */
function inexactOf(
  { by, groups, per }: FleetQuantity,
  { inexact = {} }: FleetHost,
): readonly Readonly<Partial<Record<PmuInexact, number>>>[] {
  if (by === "counted") return [];
  const below = per === undefined ? undefined : GROUP_OF[per];
  const all = new Set(below === undefined ? groups : [...groups, below]);
  return [...all].map((group) => inexact[group] ?? {});
}

function partsOf(quantity: FleetQuantity, host: FleetHost): number {
  return Math.min(1, ...inexactOf(quantity, host).map(({ partial = 1 }) => partial));
}

/** Both are sums over others where some are missing, and nobody here can tell over whom. */
function isApart(quantity: FleetQuantity, host: FleetHost): boolean {
  const { apart } = quantity;
  return apart !== undefined && host.absences[apart] === undefined && partsOf(quantity, host) < 1;
}

function sumOf(term: Term, hosts: readonly FleetHost[]): number {
  return hosts.reduce((sum, { terms }) => sum + (terms[term] ?? NaN), 0);
}

/** Where nobody tells for how long, nothing is said against it. */
function coverageOf(
  [counted, asked]: readonly [Term, Term],
  hosts: readonly FleetHost[],
): number {
  const told = hosts.filter(({ terms }) =>
    terms[counted] !== undefined && terms[asked] !== undefined
  );
  const time = sumOf(asked, told);
  return told.length === 0 || time === 0 ? 1 : Math.min(1, sumOf(counted, told) / time);
}

function lackOf({ groups, per }: FleetQuantity, hosts: readonly FleetHost[]): Reading | Lack {
  const [first] = hosts;
  if (first === undefined || hosts.every(({ silentSeconds }) => silentSeconds > SILENT_SECONDS)) {
    return { lack: "silent" };
  }
  for (const { absences } of hosts) {
    if (isBelied(per, absences)) return { lack: "implausible" };
    const reasons = groups.flatMap((group) => absences[group] ?? []);
    // One way to count is enough.
    if (groups.length === 0 || reasons.length < groups.length) continue;
    const known = reasons.filter((reason): reason is PmuAbsence => KNOWN.has(reason));
    // What is counted and cannot be true says more than a way that this machine does not have.
    if (known.includes("implausible")) return { lack: "implausible" };
    if (known[0] !== undefined) return { absent: known[0] as Reason };
  }
  return { lack: "unknown" };
}

/** A host says that what a quantity is divided by cannot be true. */
function isBelied(per: Term | undefined, absences: FleetHost["absences"]): boolean {
  const group = per === undefined ? undefined : GROUP_OF[per];
  return group !== undefined && absences[group] === "implausible";
}

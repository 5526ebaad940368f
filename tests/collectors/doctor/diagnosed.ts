/**
 * Diagnoses of machines whose answers and readings a test sets, and what they say in short.
 *
 * @module
 */
import { METRICS } from "../../../collectors/catalogue.ts";
import { timeEnabledOf, timeRunningOf } from "../../../collectors/catalogue/counted.ts";
import { diagnose, type Diagnosis } from "../../../collectors/doctor/diagnosis.ts";
import type { HostProfile } from "../../../collectors/host/profile.ts";
import { PerfMachine, type PerfRules } from "../../fakes/perf_machine.ts";
import { type Cells, HandFilled, type HandFilledOptions } from "../../views/hand_filled.ts";

/** What the cores count, in each of two seconds. */
export const CORE = [
  "cpu_cycles",
  "instructions",
  "branch_instructions",
  "branch_misses",
  "l1d_references",
  "l1d_misses",
  "l1i_references",
  "l1i_misses",
  "l2_references",
  "l2_misses",
  "dtlb_misses",
  "itlb_misses",
  "stalled_cycles_frontend",
  "stalled_cycles_backend",
  "ref_cycles",
  "core_llc_references",
  "core_llc_misses",
];
/** What is counted outside of the cores, in a second: by metric. */
const UNCORE: Readonly<Record<string, number>> = {
  memory_read_bytes: 1e9,
  memory_write_bytes: 1e9,
  energy_package_joules: 50,
  mbm_total_bytes: 2e9,
};
const SOFTWARE = ["software_context_switches", "software_cpu_migrations", "software_page_faults"];

/** Every counter at a million a second, counted all the time. */
export function hardware(second: number, metrics: readonly string[] = CORE): Cells {
  return Object.fromEntries(metrics.flatMap((metric) => [
    [`${metric}{0}`, 1e6 * second],
    [`${timeEnabledOf(metric)}{0}`, second],
    [`${timeRunningOf(metric)}{0}`, second],
  ]));
}

export function uncore(second: number): Cells {
  return Object.fromEntries(
    Object.entries(UNCORE).flatMap(([metric, rate]) => [
      [`${metric}{0}`, rate * second],
      ...[timeEnabledOf(metric), timeRunningOf(metric)].filter((id) => METRICS.has(id))
        .map((id) => [`${id}{0}`, second]),
    ]),
  );
}

export function software(second: number): Cells {
  return Object.fromEntries([
    ...SOFTWARE.map((metric) => [`${metric}{0}`, 10 * second]),
    ["software_time_enabled_seconds{0}", second],
    ["software_time_running_seconds{0}", second],
  ]);
}

export function diagnosisOf(
  rules: PerfRules,
  { profile = {}, hard = false, soft = false, outside = true, refused }: {
    readonly profile?: Partial<HostProfile>;
    /** Hardware, software is counted. */
    readonly hard?: boolean | readonly string[];
    readonly soft?: boolean;
    /** What is outside of the cores is counted: its rows are in the way of no other test. */
    readonly outside?: boolean;
    readonly refused?: HandFilledOptions["refused"];
  } = {},
): Diagnosis {
  const perfAccess = new PerfMachine(rules).access();
  const metrics = hard === true ? CORE : hard === false ? [] : hard;
  const ticks = [1, 2, 3].map((second) => ({
    ...hardware(second, metrics),
    ...(soft ? software(second) : {}),
    ...(outside ? uncore(second) : {}),
  }));
  const filled = new HandFilled(ticks, {
    profile: {
      perfEventParanoid: perfAccess.paranoid,
      effectiveCapabilities: perfAccess.effectiveCapabilities,
      perfAccess,
      ...profile,
    },
    ...(refused === undefined ? {} : { refused }),
  });
  return diagnose(filled.snapshot);
}

const SHORT = { ok: "ok", blocked: "NO", unknown: "?", not_needed: "-" } as const;

/** State and cells of a row, in the order of the layers. */
export function line(diagnosis: Diagnosis, id: string): string {
  const row = diagnosis.rows.find((candidate) => candidate.id === id)!;
  return [row.state, ...diagnosis.layers.map((layer) => SHORT[row.cells[layer]])].join(" ");
}

export function causesOf(diagnosis: Diagnosis, id: string): readonly string[] {
  return diagnosis.rows.find((row) => row.id === id)!.causes;
}

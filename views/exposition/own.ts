/** What `/metrics` tells that no collector reads. @module */
import {
  PMU_AVAILABLE_HELP,
  PMU_INEXACT_HELP,
  PMU_QUANTITIES,
  type PmuQuantities,
} from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { absenceOf, inexactOf } from "../pmu_absence.ts";
import { type ExpositionFormat, headsOf, labelText, numberText } from "./text.ts";

const AVAILABLE = "ringside_pmu_available";
const AVAILABLE_HEADS = headsOf(AVAILABLE, "gauge", PMU_AVAILABLE_HELP, "");

const INEXACT = "ringside_pmu_inexact";
const INEXACT_HEADS = headsOf(INEXACT, "gauge", PMU_INEXACT_HELP, "");

/** Why what groups of quantities tell is not exact, beside the share of time; only where something is. */
export function inexactness(
  snapshot: Snapshot,
  format: ExpositionFormat,
  wanted: (group: PmuQuantities) => boolean,
): string {
  const text = PMU_QUANTITIES.filter(wanted).flatMap((quantities) =>
    [...inexactOf(snapshot, quantities)].map(([why, value]) =>
      `${INEXACT}{group="${quantities.id}",why="${why}"} ${numberText(value)}\n`
    )
  ).join("");
  return text === "" ? "" : INEXACT_HEADS[format] + text;
}

/** Whether each group of what PMUs could count is counted: 1 or 0, with the reason where it is not. */
export function availability(
  snapshot: Snapshot,
  format: ExpositionFormat,
  wanted: (group: PmuQuantities) => boolean,
): string {
  const text = PMU_QUANTITIES.filter(wanted).map((quantities) => {
    const reason = absenceOf(snapshot, quantities);
    return `${AVAILABLE}{group="${quantities.id}",reason="${reason}"} ${reason === "" ? 1 : 0}\n`;
  }).join("");
  return text === "" ? "" : AVAILABLE_HEADS[format] + text;
}

const BUILD = "ringside_build_info";
const BUILD_HEADS = headsOf(BUILD, "gauge", "The version that answers; always 1.", "");
const UNAME = "node_uname_info";
const UNAME_HEADS = headsOf(
  UNAME,
  "gauge",
  "Names of the host and its kernel, as uname(2) has them.",
  "",
);
const TIME = "node_time_seconds";
const TIME_HEADS = headsOf(TIME, "gauge", "When the host was read, in seconds since 1970.", "s");
const BOOT = "node_boot_time_seconds";
const BOOT_HEADS = headsOf(BOOT, "gauge", "When the kernel booted, in seconds since 1970.", "s");

export function buildInfo(format: ExpositionFormat, version: string): string {
  return `${BUILD_HEADS[format]}${BUILD}{${labelText({ version })}} 1\n`;
}

/** The names of the host and its kernel, and its clock. */
export function hostInfo(snapshot: Snapshot, format: ExpositionFormat): string {
  const { bootedAtMs, profile: { hostname, kernelRelease, machine } } = snapshot;
  const names = { sysname: "Linux", nodename: hostname, release: kernelRelease, machine };
  const text = `${UNAME_HEADS[format]}${UNAME}{${labelText(names)}} 1\n` +
    `${TIME_HEADS[format]}${TIME} ${numberText(snapshot.wallMs / 1000)}\n`;
  if (bootedAtMs === undefined) return text;
  return `${text}${BOOT_HEADS[format]}${BOOT} ${numberText(bootedAtMs / 1000)}\n`;
}

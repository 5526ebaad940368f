/**
 * What stands between a machine and a quantity, layer by layer: the hardware, its driver, the rules of
 * perf_event_open(2) and the limits of the process. Worked out from what was tried at the start.
 *
 * @module
 */
import { DOCTOR_ROWS } from "../catalogue.ts";
import type { DoctorRow, UncorePmu } from "../catalogue/doctor_row.ts";
import { isLent, LENT, noPmuProblem, noPmuRemedy } from "../host/no_pmu.ts";
import type { HostProfile, PerfAccess } from "../host/profile.ts";
import { ERRNO, errnoText } from "../kernel/errno.ts";
import { needOf } from "../kernel/need.ts";
import {
  CAP_PERFMON,
  CAP_SYS_ADMIN,
  holds,
  type Obstacle,
  obstacleOf,
} from "../kernel/obstacle.ts";
import { remedyFor, remedyOf } from "../kernel/remedy.ts";

/** From below upwards. */
export const LAYERS = [
  "hardware",
  "driver",
  "paranoid",
  "capability",
  "seccomp",
  "limit",
] as const;
export type Layer = (typeof LAYERS)[number];

export type CellState = "ok" | "blocked" | "unknown" | "not_needed";
export type Cells = Readonly<Record<Layer, CellState>>;

/** One thing that is in the way, in one layer, or in two of which either can give way. */
export interface Cause {
  /** The same cause has the same id in every row. */
  readonly id: string;
  readonly layers: readonly Layer[];
  /** What was tried, on what, what came back and what it needs. */
  readonly message: string;
  /** The smallest change that takes it away; absent where there is none. */
  readonly remedy: string | undefined;
  /** That change is not made on this machine but by whoever runs the host of this guest. */
  readonly outside?: true;
}

export interface Layered {
  readonly cells: Cells;
  readonly causes: readonly Cause[];
}

const NOT_NEEDED: Cells = {
  hardware: "not_needed",
  driver: "not_needed",
  paranoid: "not_needed",
  capability: "not_needed",
  seccomp: "not_needed",
  limit: "not_needed",
};

const UNKNOWN: Cells = {
  hardware: "unknown",
  driver: "unknown",
  paranoid: "unknown",
  capability: "unknown",
  seccomp: "unknown",
  limit: "unknown",
};

/** Core PMUs by their names in sysfs: x86, hybrid x86, Arm clusters, Apple, s390. */
const CORE_PMU = /^(cpu|cpu_(core|atom|lowpower)|armv\d\w*|apple_\w+|cpum_cf)$/;
/** What a PMU says to an event that it does not have. */
const LACKING: readonly number[] = [
  ERRNO.ENOENT,
  ERRNO.EINVAL,
  ERRNO.EOPNOTSUPP,
  ERRNO.ENODEV,
];

/** The layers of a row on this machine. */
export function layersOf(row: DoctorRow, profile: HostProfile): Layered {
  const access = profile.perfAccess;
  if (row.needs === "none") return { cells: NOT_NEEDED, causes: [] };
  if (access === undefined) return { cells: UNKNOWN, causes: [] };
  const rules = rulesOf(profile, access);
  if (row.needs === "perf") return rules;
  // A kernel without perf events, or a sandbox in its place, tells nothing of the hardware below.
  if (rules.cells.driver === "blocked") {
    return { cells: { ...rules.cells, hardware: "unknown" }, causes: rules.causes };
  }
  const below = row.uncore === undefined
    ? coreBelow(profile, access)
    : uncoreBelow(uncoreOf(row, profile), row, profile, access);
  return {
    cells: { ...rules.cells, ...below.cells },
    causes: [...below.causes, ...rules.causes],
  };
}

/** The PMUs that count a row outside of the cores of this CPU; undefined where none are known. */
export function uncoreOf(
  { uncore = [] }: DoctorRow,
  { cpuVendor }: HostProfile,
): UncorePmu | undefined {
  return uncore.find(({ vendors }) =>
    vendors === undefined || (cpuVendor !== undefined && vendors.includes(cpuVendor))
  );
}

/** The id of the cause that these PMUs are not there. */
export function uncoreCauseId({ devices }: UncorePmu): string {
  return devices.join(" ");
}

/** What every event needs: all but the hardware. */
function rulesOf(profile: HostProfile, access: PerfAccess): Layered {
  const obstacle = obstacleOf(access);
  const cells = { ...UNKNOWN, hardware: "not_needed", ...ruleCells(obstacle, access) } as const;
  if (obstacle === null) return { cells, causes: [] };
  const { tried, errno } = tellingTry(obstacle, access);
  const message = `Cannot ${tried}: ${errnoText(errno)}`;
  if (obstacle === undefined) {
    return { cells, causes: [{ id: "unknown", layers: [], message, remedy: undefined }] };
  }
  const layers = LAYERS.filter((layer) => cells[layer] === "blocked");
  const cause = {
    id: obstacle,
    layers,
    message: message + needOf(obstacle, profile),
    remedy: remedyOf(obstacle, profile),
  };
  return { cells, causes: [cause] };
}

/** The call whose answer shows the obstacle. */
function tellingTry(
  obstacle: Obstacle | undefined,
  { tries }: PerfAccess,
): PerfAccess["tries"]["call"] {
  if (obstacle === "no_perf" || obstacle === "sandbox") return tries.call;
  if (obstacle === "filter" && tries.call.errno !== ERRNO.E2BIG) return tries.call;
  return obstacle === "level" ? tries.ownSoftware : tries.cpuSoftware;
}

function ruleCells(obstacle: Obstacle | null | undefined, access: PerfAccess): Partial<Cells> {
  const { paranoid: level, effectiveCapabilities: held } = access;
  const open = level !== undefined && level <= 0;
  const capable = holds(held, CAP_PERFMON) || holds(held, CAP_SYS_ADMIN);
  const reached = { driver: "ok", seccomp: "ok", limit: "ok" } as const;
  switch (obstacle) {
    case null:
      return { ...reached, paranoid: "ok", capability: open ? "not_needed" : "ok" };
    case undefined:
      return { driver: "ok", seccomp: "ok" };
    case "sandbox":
    case "no_perf":
      return { driver: "blocked" };
    case "filter":
      return {
        seccomp: "blocked",
        // The file is there whenever the kernel has perf events.
        ...(level === undefined ? {} : { driver: "ok" }),
        ...(open ? { paranoid: "ok", capability: "not_needed" } : {}),
      };
    case "level":
      return { ...reached, paranoid: "blocked", capability: capable ? "ok" : "blocked" };
    case "capability":
    case "user_namespace":
      return { ...reached, paranoid: "blocked", capability: "blocked" };
    case "security_module":
      return { ...reached, paranoid: open || capable ? "ok" : "unknown", capability: "blocked" };
    case "descriptors":
    case "system_descriptors":
      return { driver: "ok", seccomp: "ok", limit: "blocked" };
  }
}

/** What a row stands on: cells of the layers at the bottom, and what is in the way there. */
interface Below {
  readonly cells: Partial<Cells>;
  readonly causes: readonly Cause[];
}

const THERE: Below = { cells: { hardware: "ok", driver: "ok" }, causes: [] };
const UNSEEN: Below = { cells: { hardware: "unknown", driver: "unknown" }, causes: [] };

function coreBelow(profile: HostProfile, access: PerfAccess): Below {
  const { ownCycles, cpuCycles } = access.tries;
  if (ownCycles.errno === 0 || cpuCycles.errno === 0) return THERE;
  // Of its own process it may count more than of a whole CPU, so that answer says more.
  const answer = [cpuCycles, ownCycles].find(({ errno }) =>
    errno === ERRNO.EBUSY || LACKING.includes(errno)
  );
  if (access.devices?.some((name) => CORE_PMU.test(name))) {
    return answer === undefined ? THERE : refusedBelow(answer, profile);
  }
  // Without sysfs only an answer tells, and where all is denied there is none.
  if (access.devices === undefined && answer === undefined) {
    return UNSEEN;
  }
  const { message, remedy } = noPmuProblem(profile, access.devices ?? []);
  return lackingBelow(profile, { id: "no_pmu", message, remedy });
}

/** There is a PMU, and it does not count the first thing that every PMU counts. */
function refusedBelow(answer: PerfAccess["tries"]["cpuCycles"], profile: HostProfile): Below {
  const { tried, errno } = answer;
  const message = `Cannot ${tried}: ${errnoText(errno)}`;
  if (errno === ERRNO.EBUSY) {
    return {
      cells: { ...THERE.cells, limit: "blocked" },
      causes: [{
        id: "busy",
        layers: ["limit"],
        message: `${message}, needs a counter that nobody else holds`,
        remedy: remedyFor(errno, "perf_event", profile),
      }],
    };
  }
  if (isLent(errno, profile)) {
    return {
      cells: { ...THERE.cells, limit: "blocked" },
      causes: [{
        id: "lent",
        layers: ["limit"],
        message: `${message}, ${LENT.needs}`,
        remedy: LENT.remedy,
      }],
    };
  }
  return {
    cells: { hardware: "blocked", driver: "ok" },
    causes: [{
      id: "cycles",
      layers: ["hardware"],
      message: `${message}, needs a PMU that counts cycles`,
      ...(profile.hypervisor === undefined
        ? { remedy: undefined }
        : { remedy: noPmuRemedy(profile), outside: true }),
    }],
  };
}

function uncoreBelow(
  uncore: UncorePmu | undefined,
  row: DoctorRow,
  profile: HostProfile,
  access: PerfAccess,
): Below {
  // What the cores of this maker count themselves.
  if (uncore === undefined && row.needs === "core_pmu") return coreBelow(profile, access);
  const { devices } = access;
  if (uncore === undefined || devices === undefined) return UNSEEN;
  if (isAmong(devices, uncore)) return THERE;
  const found = `found ${devices.join(", ") || "none at all"}`;
  const guest = profile.hypervisor !== undefined;
  const someHere = DOCTOR_ROWS.some((other) => isAmong(devices, uncoreOf(other, profile)));
  // One cause for all of them, where the guest was given none of them.
  if (guest && !someHere && row.needs === "uncore_pmu") {
    const message = "Cannot count outside of the cores: no PMU for it in " +
      `/sys/bus/event_source/devices, ${found}, needs bare metal: hypervisors pass on none`;
    return lackingBelow(profile, { id: "no_uncore", message, remedy: undefined });
  }
  const { module } = uncore;
  const pmus = uncore.devices.map((device) => `"${device}"`).join(" or ");
  const message = `Cannot count with PMU ${pmus}: not in /sys/bus/event_source/devices, ` +
    `${found}, needs ` +
    (guest
      ? someHere
        ? "a hypervisor that passes it on"
        : "bare metal: hypervisors pass on no PMU outside of the cores"
      : module === undefined
      ? "a kernel that drives it"
      : `module ${module}`);
  const remedy = guest || module === undefined
    ? undefined
    : `Load the module: \`sudo modprobe ${module}\``;
  return lackingBelow(profile, { id: uncoreCauseId(uncore), message, remedy });
}

/** Whether one of these PMUs is there. */
function isAmong(devices: readonly string[], uncore: UncorePmu | undefined): boolean {
  return uncore !== undefined &&
    devices.some((name) => uncore.devices.some((device) => isBox(name, device)));
}

/** `uncore_imc` is there as `uncore_imc_3`; a star stands for a part in the middle. */
function isBox(name: string, device: string): boolean {
  const [head, ...rest] = device.split("*");
  if (!name.startsWith(head!)) return false;
  let at = head!.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at === name.length || /[_\d]/.test(name[at]!);
}

/** A guest lacks the hardware, and nobody knows what its kernel would drive; bare metal lacks a driver. */
function lackingBelow(
  { hypervisor }: HostProfile,
  cause: Omit<Cause, "layers" | "outside">,
): Below {
  if (hypervisor === undefined) {
    return {
      cells: { driver: "blocked", hardware: "unknown" },
      causes: [{ ...cause, layers: ["driver"] }],
    };
  }
  return {
    cells: { hardware: "blocked", driver: "unknown" },
    causes: [{
      ...cause,
      layers: ["hardware"],
      ...(cause.remedy === undefined ? {} : { outside: true }),
    }],
  };
}

/**
 * The way out of what the doctor found, as steps in an order: what asks for the least comes first, and of
 * that what brings most. A step promises what names its cause, and nothing else.
 *
 * @module
 */
import type { HostProfile } from "../host/profile.ts";
import type { Runtime } from "../host/runtime.ts";
import { type Obstacle, OBSTACLES } from "../kernel/obstacle.ts";
import { waysOf } from "../kernel/remedy.ts";
import { leastFullType } from "./cloud_pmu.ts";
import type { Cause, Cells } from "./layers.ts";
import { type Effect, effectsOf, type Privilege, PRIVILEGES } from "./unlock_effects.ts";

export type { Privilege };

/** As much of a line of the matrix as a plan needs. */
export interface PlannedRow {
  readonly id: string;
  readonly name: string;
  readonly state: "measured" | "partial" | "waiting" | "missing";
  readonly cells: Cells;
  readonly causes: readonly string[];
}

/** One of several ways to take a step. Texts: words, and between backticks what is pasted. */
export interface Way {
  readonly text: string;
  readonly privilege: Privilege;
  readonly risks: readonly string[];
  readonly lasts: readonly string[];
  readonly keep: readonly string[];
  readonly checks: readonly string[];
  /** What is to be done on the host of this container, and not in it. */
  readonly onHost: boolean;
  /** When the service notices; it must be started again where nothing stands here. */
  readonly noticed: string | undefined;
}

export interface Gain {
  /** Of the row. */
  readonly id: string;
  readonly name: string;
  /**
   * `sure`: it takes no hardware. `events`: there is a PMU, and which events the CPU has only counting
   * tells. `hardware`: not even that is known. `unseen`: nor whether a rule or a limit is behind what is
   * in the way.
   */
  readonly sureness: "sure" | "events" | "hardware" | "unseen";
  /** Some of it is counted already. */
  readonly rest: boolean;
  /** Ids of the other steps that it takes: before this one, and after it. */
  readonly after: readonly string[];
  readonly with: readonly string[];
}

export interface Step {
  /** Stable, and fit for an anchor: `step-capability`. */
  readonly id: string;
  /** At least one, with a sentence each. */
  readonly causes: readonly string[];
  readonly whys: readonly string[];
  readonly title: string;
  /** At least one; any does, and the first asks for the least. */
  readonly ways: readonly Way[];
  readonly privilege: Privilege;
  /** It is taken by whoever runs the host of this guest. */
  readonly outside: boolean;
  /** Rows in whose way nothing else is, once the steps before this one are taken. */
  readonly unlocks: readonly Gain[];
  /** Rows that take later steps too. */
  readonly opens: readonly Gain[];
  readonly note: string | undefined;
  /** A letter to whoever can take the step, where that is somebody else. */
  readonly ask: string | undefined;
}

/** What nothing brings on this machine. */
export interface Barred {
  /** At least one, with a sentence each. */
  readonly causes: readonly string[];
  readonly whys: readonly string[];
  /** Names of rows. */
  readonly costs: readonly string[];
}

export interface Plan {
  readonly steps: readonly Step[];
  readonly barred: readonly Barred[];
}

const CONTAINERS: readonly Runtime[] = ["kubernetes", "docker", "podman", "container"];

const TITLES: Readonly<Record<string, string>> = {
  sandbox: "Leave the sandbox",
  no_perf: "Use a kernel with perf events",
  filter: "Let perf_event_open through the filter",
  level: "Lower the kernel's level of restriction",
  capability: "Let the service count on whole CPUs",
  user_namespace: "Leave the user namespace",
  security_module: "Let the security module allow perf events",
  descriptors: "Raise the limit of open files",
  system_descriptors: "Raise the system's limit of open files",
  busy: "Free the counters of the CPU",
  cycles: "Have a PMU that counts passed on",
};

/** `causes`: of all rows, each once. */
export function planOf(
  rows: readonly PlannedRow[],
  causes: readonly Cause[],
  profile: HostProfile,
): Plan {
  const named = (cause: Cause): readonly PlannedRow[] =>
    rows.filter((row) => row.causes.includes(cause.id));
  const drafts = ordered(together(causes).map((same) => draftOf(same, rows, profile)));
  return {
    steps: drafts.flatMap((draft, index): readonly Step[] => {
      const gains = draft.rows.flatMap((row) => gainOf(row, index, drafts));
      // Whatever it is in the way of, something else that stays is in the way of too.
      return gains.length === 0 ? [] : [stepOf(draft, gains, profile)];
    }),
    barred: barredOf(causes.filter(({ remedy }) => remedy === undefined), named),
  };
}

/** Causes that one remedy takes away are one step. */
function together(causes: readonly Cause[]): readonly (readonly [Cause, ...Cause[]])[] {
  const found = new Map<string, [Cause, ...Cause[]]>();
  for (const cause of causes) {
    if (cause.remedy === undefined) continue;
    const known = found.get(cause.remedy);
    if (known === undefined) found.set(cause.remedy, [cause]);
    else known.push(cause);
  }
  return [...found.values()];
}

/**
 * One after the other: of those that unlock something at once what asks for the least, and of that what
 * brings most. What waits for another step comes after it, and what others must do at the end.
 */
function ordered(drafts: readonly Draft[]): readonly Draft[] {
  const done: Draft[] = [];
  const left = new Set(drafts);
  const brings = (draft: Draft): number =>
    draft.rows.filter((row) =>
      row.state === "partial" || row.causes.every((id) => [...done, draft].some(takes(id)))
    ).length;
  const before = (a: Draft, b: Draft): number =>
    Number(a.outside) - Number(b.outside) ||
    Number(brings(b) > 0) - Number(brings(a) > 0) ||
    rank(a) - rank(b) ||
    brings(b) - brings(a) ||
    b.rows.length - a.rows.length;
  while (left.size > 0) {
    const next = [...left].toSorted(before)[0]!;
    done.push(next);
    left.delete(next);
  }
  return done;
}

function takes(id: string): (draft: Draft) => boolean {
  return ({ causes }) => causes.some((cause) => cause.id === id);
}

interface Draft {
  readonly id: string;
  readonly causes: readonly [Cause, ...Cause[]];
  readonly title: string;
  readonly ways: readonly Way[];
  readonly rows: readonly PlannedRow[];
  readonly outside: boolean;
}

function draftOf(
  causes: readonly [Cause, ...Cause[]],
  all: readonly PlannedRow[],
  profile: HostProfile,
): Draft {
  const [first] = causes;
  const rows = all.filter((row) => causes.some(({ id }) => row.causes.includes(id)));
  const texts = isObstacle(first.id) ? waysOf(first.id, profile) : [first.remedy!];
  const ways = texts.map((text) => wayOf(text, first, profile));
  return {
    id: `step-${first.id.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}`,
    causes,
    title: titleOf(first, ways[0]!.text, rows),
    ways,
    rows,
    outside: first.outside === true,
  };
}

function stepOf(draft: Draft, gains: readonly Gain[], profile: HostProfile): Step {
  const { id, causes, title, ways, outside } = draft;
  return {
    id,
    causes: causes.map((cause) => cause.id),
    title,
    whys: causes.map(({ message }) => message),
    ways,
    privilege: ways[0]!.privilege,
    outside,
    unlocks: gains.filter((gain) => gain.with.length === 0),
    opens: gains.filter((gain) => gain.with.length > 0),
    note: outside ? cloudNote(profile) : undefined,
    ask: outside ? letter(causes[0].remedy!, profile) : undefined,
  };
}

/** Causes that cost the same quantities are told together. */
function barredOf(
  causes: readonly Cause[],
  named: (cause: Cause) => readonly PlannedRow[],
): readonly Barred[] {
  const found = new Map<string, Cause[]>();
  for (const cause of causes) {
    const key = named(cause).map(({ id }) => id).join();
    found.set(key, [...found.get(key) ?? [], cause]);
  }
  return [...found.values()].map((together) => ({
    causes: together.map(({ id }) => id),
    whys: together.map(({ message }) => message),
    costs: named(together[0]!).map(({ name }) => name),
  }));
}

function isObstacle(id: string): id is Obstacle {
  return OBSTACLES.some((obstacle) => obstacle === id);
}

function wayOf(text: string, cause: Cause, { perfAccess }: HostProfile): Way {
  const effects = effectsOf(text);
  const privileges = effects.map(({ privilege }) => PRIVILEGES.indexOf(privilege));
  const all = (part: (effect: Effect) => string | undefined): readonly string[] => [
    ...new Set(effects.map(part).filter((sentence) => sentence !== undefined)),
  ];
  // All parts of a way are to be done, and the slowest decides.
  const noticed = all((effect) => effect.noticed ?? "");
  return {
    text,
    privilege: cause.outside === true
      ? "outside"
      : PRIVILEGES[Math.max(...privileges)] ?? "root_once",
    risks: all(({ risk }) => risk),
    lasts: all(({ lasts }) => lasts),
    keep: all(({ keep }) => keep),
    checks: all(({ check }) => check),
    onHost: CONTAINERS.includes(perfAccess?.runtime ?? "host") && /`sudo /.test(text),
    noticed: noticed.includes("") ? undefined : noticed[0],
  };
}

function titleOf({ id, outside }: Cause, way: string, rows: readonly PlannedRow[]): string {
  const known = TITLES[id];
  if (known !== undefined) return known;
  if (outside === true) return "Have the counters of the CPU passed on";
  if (id === "no_pmu") return "Find out why the kernel drives no PMU";
  const module = /modprobe (\w+)/.exec(way)?.[1];
  if (module !== undefined) return `Load the module ${module}`;
  if (/mount -t resctrl/.test(way)) return "Mount the resctrl filesystem";
  if (/nmi_watchdog/.test(way)) return "Free the counters of the CPU";
  if (/--cpus/.test(way)) return "Count on the CPUs that were left out";
  if (/newer kernel|Use Linux/.test(way)) return "Use a newer kernel";
  if (/LimitNOFILE|nofile/.test(way)) return "Raise the limit of open files";
  return `Bring back ${rows.map(({ name }) => name).join(", ")}`;
}

function rank({ ways }: Draft): number {
  return PRIVILEGES.indexOf(ways[0]!.privilege);
}

/** What a step has of a row: nothing where something else in its way has no remedy. */
function gainOf(row: PlannedRow, index: number, drafts: readonly Draft[]): readonly Gain[] {
  const places = [...new Set(row.causes.map((id) => drafts.findIndex(takes(id))))];
  // Of what is counted in part, each cause costs a part of its own.
  if (places.includes(-1) && row.state !== "partial") return [];
  const others = row.state === "partial" ? [] : places.filter((place) => place !== index);
  const ids = (wanted: (place: number) => boolean): readonly string[] =>
    others.filter(wanted).map((place) => drafts[place]!.id);
  return [{
    id: row.id,
    name: row.name,
    sureness: surenessOf(row.cells),
    rest: row.state === "partial",
    after: ids((place) => place < index),
    with: ids((place) => place > index),
  }];
}

function surenessOf(cells: Cells): Gain["sureness"] {
  const { hardware, paranoid, capability, seccomp, limit } = cells;
  if ([paranoid, capability, seccomp, limit].includes("unknown")) return "unseen";
  if (hardware === "not_needed") return "sure";
  return hardware === "ok" ? "events" : "hardware";
}

function cloudNote({ perfAccess }: HostProfile): string | undefined {
  const type = leastFullType(perfAccess?.firmware);
  return type === undefined
    ? undefined
    : `AWS's guide for performance analysis lists the full set of events from ${type} on.`;
}

/** To be sent as it is. Absent where who rents the machine can change it. */
function letter(remedy: string, { hostname }: HostProfile): string | undefined {
  const how = /^Whoever runs the host can (.+)$/.exec(remedy)?.[1];
  return how === undefined
    ? undefined
    : `Please let the virtual machine ${hostname} count hardware events (a virtual PMU). ` +
      `You can ${how.replace(/\bits (PMU|hypervisor)\b/, "the host's $1")}.`;
}

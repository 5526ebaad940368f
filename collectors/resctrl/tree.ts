/**
 * What stands in a mounted resctrl filesystem (Documentation/filesystems/resctrl.rst): which control
 * groups, which L3 caches, and what the CPU is told to count.
 *
 *     mon_data/mon_L3_00/mbm_total_bytes        the root group, L3 cache 0
 *     GROUP/mon_data/mon_L3_00/mbm_total_bytes  a control group; its monitoring groups are in it
 *
 * With sub-NUMA clusters there is a `mon_sub_L3_YY` for each node below; the file above is their sum.
 *
 * @module
 */
import { numberOf, textOf } from "../files/text.ts";
import { ERRNO, SystemError } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";

export const RESCTRL = "/sys/fs/resctrl";
const MONITOR = `${RESCTRL}/info/L3_MON`;

export const MBM_EVENTS = ["mbm_total_bytes", "mbm_local_bytes"] as const;
export type MbmEvent = typeof MBM_EVENTS[number];

/** Names in the root and in groups that are no group. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  "cpus",
  "cpus_list",
  "ctrl_hw_id",
  "info",
  "mba_MBps_event",
  "mbm_L3_assignments",
  "mode",
  "mon_data",
  "mon_groups",
  "mon_hw_id",
  "schemata",
  "size",
  "tasks",
]);

/** What has a file of each event. Plain names: paths are made of them by `mbmPath`. */
export interface MbmPlaces {
  /** The root as "", and the other control groups by name. */
  readonly groups: readonly string[];
  /** Directories of the L3 caches, `mon_L3_00`, by the number of the cache. */
  readonly domains: ReadonlyMap<number, string>;
  readonly events: readonly MbmEvent[];
}

/** The names that change when a control group comes or goes. Throws `SystemError`. */
export function groupNames(tree: HostTree): readonly string[] {
  return tree.list(RESCTRL);
}

/** Whether two lists of names are the same; making one text of each costs garbage. */
export function isSame(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

/** The names that change when an L3 cache comes or goes, or an event. Throws `SystemError`. */
export function counterNames(tree: HostTree): readonly string[] {
  const domains = tree.list(`${RESCTRL}/mon_data`);
  return [...domains, ...tree.list(`${RESCTRL}/mon_data/${domains[0]}`)];
}

/** Everything that is there now. Throws `SystemError` where nothing is mounted or monitored. */
export function mbmPlaces(tree: HostTree): MbmPlaces {
  const domains = new Map<number, string>();
  for (const name of tree.list(`${RESCTRL}/mon_data`)) {
    const number = numberOf(name, /^mon_L3_(\d{1,5})$/);
    if (number !== undefined) domains.set(number, name);
  }
  const [first] = domains.values();
  const files = first === undefined ? [] : tree.list(`${RESCTRL}/mon_data/${first}`);
  const named = tree.list(RESCTRL).filter((name) => !OWN_NAMES.has(name));
  return {
    groups: ["", ...named.filter((name) => isGroup(tree, name))],
    domains,
    events: MBM_EVENTS.filter((event) => files.includes(event)),
  };
}

export function mbmPath(group: string, domain: string, event: MbmEvent): string {
  return `${groupPath(group)}/mon_data/${domain}/${event}`;
}

/** `group`: "" for the root. */
export function groupPath(group: string): string {
  return group === "" ? RESCTRL : `${RESCTRL}/${group}`;
}

/**
 * One that cannot be looked at is a group that cannot be read: left out, it would be taken for a new one
 * later, and all that it ever counted for an increase.
 */
function isGroup(tree: HostTree, name: string): boolean {
  try {
    return tree.list(`${groupPath(name)}/mon_data`).length > 0;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return !NO_GROUP.includes(error.errno);
  }
}

/** How listing ends where there is no such directory, or it goes just now. */
export const NO_GROUP: readonly number[] = [ERRNO.ENOENT, ERRNO.ENOTDIR, ERRNO.ENODEV];

/** Kinds of traffic that an event may count, as bits of its configuration. */
const LOCAL_READS = 1 << 0;
const REMOTE_READS = 1 << 1;
const LOCAL_STREAMING_WRITES = 1 << 2;
const REMOTE_STREAMING_WRITES = 1 << 3;
const LOCAL_SLOW_READS = 1 << 4;
const REMOTE_SLOW_READS = 1 << 5;
const VICTIMS = 1 << 6;

/** As `event_filter` spells them. */
const FILTERS: readonly (readonly [word: string, bit: number])[] = [
  ["local_reads", LOCAL_READS],
  ["remote_reads", REMOTE_READS],
  ["local_non_temporal_writes", LOCAL_STREAMING_WRITES],
  ["remote_non_temporal_writes", REMOTE_STREAMING_WRITES],
  ["local_reads_slow_memory", LOCAL_SLOW_READS],
  ["remote_reads_slow_memory", REMOTE_SLOW_READS],
  ["dirty_victim_writes_all", VICTIMS],
];

/** What an event must count to be what it is called, and what it may. Slow memory is CXL: few have it. */
const WANTED: Readonly<Record<MbmEvent, { readonly must: number; readonly may: number }>> = {
  mbm_total_bytes: {
    must: LOCAL_READS | REMOTE_READS | LOCAL_STREAMING_WRITES | REMOTE_STREAMING_WRITES | VICTIMS,
    may: 0x7f,
  },
  mbm_local_bytes: {
    must: LOCAL_READS | LOCAL_STREAMING_WRITES,
    may: LOCAL_READS | LOCAL_STREAMING_WRITES | LOCAL_SLOW_READS,
  },
};

/** An event of an L3 cache that somebody set to count something else than its name says. */
export interface Reconfigured {
  /** The file that says so. */
  readonly path: string;
  /** What stands there for this cache. */
  readonly found: string;
  readonly needs: string;
  /** What to write there. */
  readonly remedy: string;
}

/** What the events of all L3 caches are set to count, as it stands in its file. */
export interface Configuration {
  readonly path: string;
  readonly text: string;
}

/** Undefined where the CPU cannot be told what to count: any of Intel. */
export function configurationOf(tree: HostTree, event: MbmEvent): Configuration | undefined {
  for (const file of [`${event}_config`, `event_configs/${event}/event_filter`]) {
    const path = `${MONITOR}/${file}`;
    const text = textOf(tree, path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Undefined where the event of an L3 cache counts what its name says, and where nothing tells. */
export function reconfigured(
  { path, text }: Configuration,
  event: MbmEvent,
  domain: number,
): Reconfigured | undefined {
  if (path.endsWith("_config")) {
    const found = configOf(text, domain);
    if (found === undefined || isAsNamed(event, Number(found))) return undefined;
    const needs = event === "mbm_total_bytes" ? "0x7f" : "0x15";
    return { path, found, needs, remedy: `echo "${domain}=${needs}" > ${path}` };
  }
  const named = text.split(",").map((word) => word.trim());
  if (isAsNamed(event, sum(FILTERS.filter(([word]) => named.includes(word))))) return undefined;
  const { may } = WANTED[event];
  const needs = FILTERS.filter(([, bit]) => (bit & may) !== 0).map(([word]) => word).join();
  return { path, found: text, needs, remedy: `echo ${needs} > ${path}` };
}

/** `0=0x7f;1=0x33`: what stands there for one cache. */
function configOf(text: string, domain: number): string | undefined {
  for (const pair of text.split(";")) {
    const [, number, mask] = /^\s*(\d+)=(0x[0-9a-f]{1,8})\s*$/i.exec(pair) ?? [];
    if (number !== undefined && Number(number) === domain) return mask;
  }
  return undefined;
}

function sum(filters: readonly (readonly [word: string, bit: number])[]): number {
  return filters.reduce((all, [, bit]) => all | bit, 0);
}

function isAsNamed(event: MbmEvent, bits: number): boolean {
  const { must, may } = WANTED[event];
  return (bits & must) === must && (bits & ~may) === 0;
}

/** Socket of each L3 cache by its number, as text; absent where the kernel does not tell. */
export function socketsOfCaches(
  tree: HostTree,
  cpus: readonly number[],
): ReadonlyMap<number, string> {
  const sockets = new Map<number, string>();
  for (const cpu of cpus) {
    const directory = `/sys/devices/system/cpu/cpu${cpu}`;
    const id = numberOf(textOf(tree, `${directory}/cache/index3/id`), /^(\d+)$/);
    if (id === undefined || sockets.has(id)) continue;
    const path = `${directory}/topology/physical_package_id`;
    const socket = numberOf(textOf(tree, path), /^(\d+)$/);
    if (socket !== undefined) sockets.set(id, String(socket));
  }
  return sockets;
}

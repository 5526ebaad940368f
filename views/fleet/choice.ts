/** What of the fleet is looked at, as it stands in the address of the page. @module */
import { link } from "../link.ts";
import { type FleetHost, QUANTITIES } from "./quantities.ts";

export interface FleetChoice {
  /** Key of a column; absent: the host's name. */
  readonly sort?: string | undefined;
  readonly order?: "asc" | "desc" | undefined;
  /** Words that all must fit a host: see `isChosen`. */
  readonly filter?: string | undefined;
  /** Name of a label, or `CORES`; absent: none. */
  readonly group?: string | undefined;
  /** Absent: of many rows the first ones. */
  readonly rows?: "all" | undefined;
}

export const FLEET_PATH = "/fleet";

/** What hosts can be grouped by beside their labels: the PMUs of their cores. No label has a blank. */
export const CORES = "core type";

export const HOST_KEY = "host";
export const SEEN_KEY = "seen";

/** What `sort` may be. */
export const FLEET_SORT_KEYS: readonly string[] = [
  HOST_KEY,
  ...QUANTITIES.map(({ key }) => key),
  SEEN_KEY,
];

/** `sort=ipc&order=asc`, empty for the page as it is at first. */
export function fleetQuery(choice: FleetChoice): string {
  const { sort, order, filter, group, rows } = choice;
  const fields = Object.entries({ sort, order, filter, group, rows })
    .flatMap(([name, value]) => value === undefined || value === "" ? [] : [[name, value]]);
  return new URLSearchParams(fields).toString();
}

/** The page with one thing chosen otherwise. */
export function fleetHref(choice: FleetChoice, changes: FleetChoice): string {
  const query = fleetQuery({ ...choice, ...changes });
  return link(FLEET_PATH) + (query === "" ? "" : `?${query}`);
}

/**
 * Whether each word of a filter fits a host. `rack=r1` is a label with its whole value, of which `*`
 * stands for any part; `rack!=r1` is one that is not; any other word is a part of the host's name, of
 * its address or of a label's value. Capitals make no difference.
 */
export function isChosen(host: FleetHost, filter: string | undefined): boolean {
  const words = filter?.toLowerCase().split(/\s+/).filter((word) => word !== "") ?? [];
  return words.every((word) => fits(host, word));
}

function fits(host: FleetHost, word: string): boolean {
  const [, name, not, wanted] = /^([a-z_]\w*)(!?)=(.*)$/.exec(word) ?? [];
  if (name === undefined) return textsOf(host).some((text) => text.includes(word));
  const value = labelOf(host, name)?.toLowerCase() ?? "";
  return matches(value, wanted!) !== (not === "!");
}

function textsOf({ name, instance, labels }: FleetHost): readonly string[] {
  return [name ?? "", instance, ...Object.values(labels)].map((text) => text.toLowerCase());
}

/** `name`: in small letters. */
function labelOf({ job, instance, labels }: FleetHost, name: string): string | undefined {
  if (name === "job") return job;
  if (name === "instance") return instance;
  return Object.entries(labels).find(([label]) => label.toLowerCase() === name)?.[1];
}

/** By hand: a pattern of a stranger's making is no regular expression of ours. */
function matches(value: string, wanted: string): boolean {
  const [first, ...parts] = wanted.split("*");
  if (parts.length === 0) return value === wanted;
  if (!value.startsWith(first!)) return false;
  const last = parts.pop()!;
  let at = first!.length;
  for (const part of parts) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

/** What a host is grouped under; empty where it has no such label. */
export function groupOf(host: FleetHost, group: string): string {
  return group === CORES ? host.cores.join(" + ") : labelOf(host, group.toLowerCase()) ?? "";
}

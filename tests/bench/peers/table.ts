/** What was measured of the peers as a table of Markdown, and the bounds that Ringside is held to. @module */
import type { Result } from "../result.ts";
import { type Spread, spreadOf } from "../windows.ts";
import type { Peer } from "./peer.ts";
import type { Phase } from "./rounds.ts";

/** Who the ratios are to. */
const REFERENCE = "netdata-core";
const OURS = { peer: "ringside", watcher: "page" } as const;
/** Of the reference, by clients. */
const IDLE_RATIO_MOST = 0.8;
const ONE_RATIO_MOST = 0.5;
const MANY_RATIO_MOST = 0.1;
/** With many, where a tenth of the reference is less. */
const MANY_MS_LEAST = 6;
const MANY = 50;
const ABSENT = "–";

interface Row {
  readonly label: string;
  readonly peer: string;
  readonly watcher: string;
}

export function table(peers: readonly Peer[], phases: readonly Phase[]): string {
  const counts = clientCounts(phases);
  const head = [
    "CPU, ms a second",
    "nobody",
    ...counts.map((count) => count === 1 ? "1 client" : `${count} clients`),
    "a refresh",
    "RSS (anonymous), MiB",
  ];
  const rows = peers.flatMap((peer) => rowsOf(peer)).map((row) => [
    row.label,
    cell(phases, { peer: row.peer, watcher: null, clients: 0 }),
    ...counts.map((clients) => cell(phases, { ...row, clients })),
    refresh(phases, row, counts[0]!),
    memory(phases, row.peer),
  ]);
  return markdown([head, ...rows]);
}

/** Holds where the reference was measured in the same run. */
export function bounds(phases: readonly Phase[]): readonly Result[] {
  return [
    ratio(phases, 0, IDLE_RATIO_MOST, "nobody watching"),
    ratio(phases, 1, ONE_RATIO_MOST, "one client"),
    many(phases),
  ];
}

function ratio(phases: readonly Phase[], clients: number, most: number, name: string): Result {
  const label = `${name}, ratio to netdata proc + perf`;
  const [ours, theirs] = [own(phases, clients), reference(phases, clients)];
  if (ours === null || theirs === null) return { name: label, missing: lack(ours, clients) };
  return { name: label, value: ours.median / theirs.median, unit: "x", most };
}

function many(phases: readonly Phase[]): Result {
  const name = `${MANY} clients, CPU a second`;
  const [ours, theirs] = [own(phases, MANY), reference(phases, MANY)];
  if (ours === null || theirs === null) return { name, missing: lack(ours, MANY) };
  const most = Number(Math.max(MANY_MS_LEAST, theirs.median * MANY_RATIO_MOST).toPrecision(4));
  return { name, value: ours.median, unit: "ms", most, spread: ours };
}

function lack(ours: Spread | null, clients: number): string {
  return `${ours === null ? OURS.peer : REFERENCE} with ${clients} clients in the same run`;
}

function own(phases: readonly Phase[], clients: number): Spread | null {
  return cpu(phases, { peer: OURS.peer, watcher: clients === 0 ? null : OURS.watcher, clients });
}

function reference(phases: readonly Phase[], clients: number): Spread | null {
  const found = phases.find(({ peer, clients: count }) => peer === REFERENCE && count === clients);
  return found === undefined ? null : cpu(phases, found);
}

type Where = Pick<Phase, "peer" | "watcher" | "clients">;

function where(phases: readonly Phase[], { peer, watcher, clients }: Where): readonly Phase[] {
  return phases.filter((phase) =>
    phase.peer === peer && phase.watcher === watcher && phase.clients === clients
  );
}

/** Over the windows of all rounds. */
function cpu(phases: readonly Phase[], place: Where): Spread | null {
  const all = where(phases, place).flatMap(({ cpuMs }) => cpuMs);
  return all.length === 0 ? null : spreadOf(all);
}

function cell(phases: readonly Phase[], place: Where): string {
  const spread = cpu(phases, place);
  if (spread === null) return ABSENT;
  const range = `${figure(spread.median)} [${figure(spread.least)}..${figure(spread.most)}]`;
  const theirs = reference(phases, place.clients);
  if (theirs === null || place.peer === REFERENCE) return range;
  return `${range}, ${figure(spread.median / theirs.median)} x`;
}

function refresh(phases: readonly Phase[], row: Row, clients: number): string {
  const bytes = where(phases, { ...row, clients }).map(({ refreshBytes }) => refreshBytes)
    .filter((bytes) => bytes !== null);
  return bytes.length === 0 ? ABSENT : `${figure(spreadOf(bytes).median / 1000)} kB`;
}

/** With nobody watching: clients come and go, a monitor stays. */
function memory(phases: readonly Phase[], peer: string): string {
  const found = where(phases, { peer, watcher: null, clients: 0 }).map(({ memory }) => memory);
  if (found.length === 0) return ABSENT;
  const resident = spreadOf(found.map(({ residentMib }) => residentMib)).median;
  const anonymous = spreadOf(found.map(({ anonymousMib }) => anonymousMib)).median;
  return `${figure(resident)} (${figure(anonymous)})`;
}

function rowsOf({ name, label, watchers }: Peer): readonly Row[] {
  return watchers.map((watcher) => ({
    label: watchers.length === 1 ? label : `${label}, ${watcher.name}`,
    peer: name,
    watcher: watcher.name,
  }));
}

function clientCounts(phases: readonly Phase[]): readonly number[] {
  return [...new Set(phases.map(({ clients }) => clients))].filter((count) => count > 0)
    .toSorted((a, b) => a - b);
}

function figure(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function markdown(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[], fill = " "): string =>
    `| ${cells.map((text, column) => text.padEnd(widths[column]!, fill)).join(" | ")} |`;
  const [head, ...rest] = rows;
  return [line(head!), line(head!.map(() => ""), "-"), ...rest.map((row) => line(row))].join("\n");
}

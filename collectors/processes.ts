/**
 * The processes that use most CPU time and most memory, by their names of 15 bytes and never by their
 * arguments. Only while somebody looks.
 *
 * @module
 */
import { PROCESS_STATES } from "./catalogue/processes.ts";
import {
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
} from "./collector.ts";
import { type Process, PROCESSES_MOST, ProcessWalk, type Walk } from "./files/process_walk.ts";
import type { Problem } from "./trust.ts";

/** As often as top(1) does by itself: of all that a tick reads while somebody looks this is the dearest. */
const MIN_INTERVAL_MS = 3000;
/** Shown of each list. Both together stay below the scope's `most`. */
const TOP = 10;

export const processes: CollectorSpec = {
  id: "processes",
  minIntervalMs: MIN_INTERVAL_MS,
  watchedOnly: true,
  open: (site) => new ProcessesReader(site),
};

class ProcessesReader implements Reader {
  readonly #site: Site;
  readonly #walk: ProcessWalk;
  readonly #instances: Instances;
  readonly #cpu: Column;
  readonly #resident: Column;
  readonly #count: Column;
  readonly #states: readonly Column[];
  /** Those that are listed: number to start, because a number is given again to somebody else. */
  #listed: ReadonlyMap<string, number> = new Map();

  constructor(site: Site) {
    this.#site = site;
    this.#walk = new ProcessWalk(site.tree, site.clock);
    this.#instances = site.instances("process");
    this.#cpu = site.column("process_cpu_ratio");
    this.#resident = site.column("process_resident_bytes");
    this.#count = site.column("processes_count");
    this.#states = PROCESS_STATES.map(({ metric }) => site.column(metric));
  }

  read(row: RowWriter): void {
    const walk = this.#walk.walk(this.#listed);
    this.#writeHost(row, walk);
    const users = top(walk.processes, (process) => process.cpuRatio);
    const owners = top(walk.processes, (process) => process.residentBytes);
    this.#list(row, [...new Set([...users, ...owners])]);
  }

  /** A list that nobody keeps up to date is none. */
  close(): void {
    this.#instances.begin();
    this.#instances.end();
  }

  /** What is not the whole host is not shown as the host's. */
  #writeHost(row: RowWriter, walk: Walk): void {
    const hidden = whatIsHidden(walk);
    if (hidden === undefined) this.#site.resolve("hidden");
    else this.#site.report({ key: "hidden", ...hidden });
    const hides = (metric: string): boolean => hidden?.metrics?.includes(metric) ?? false;
    if (hides("processes_count")) row.none(this.#count, HOST_SLOT);
    else row.gauge(this.#count, HOST_SLOT, walk.count);
    PROCESS_STATES.forEach(({ metric, letters }, i) => {
      const column = this.#states[i]!;
      if (hides(metric)) return row.none(column, HOST_SLOT);
      const count = walk.processes.filter(({ state }) =>
        letters.includes(String.fromCharCode(state))
      ).length;
      row.gauge(column, HOST_SLOT, count);
    });
  }

  #list(row: RowWriter, shown: readonly Process[]): void {
    const instances = this.#instances;
    // Who leaves makes room first, or two lists would have to fit at once.
    instances.begin();
    for (const { pid, comm, startTicks } of shown) {
      if (this.#listed.get(pid) === startTicks) instances.claim(pid, { comm });
    }
    instances.end();
    for (const process of shown) {
      const slot = instances.claim(process.pid, { comm: process.comm });
      if (slot < 0) continue;
      write(row, this.#cpu, slot, process.cpuRatio);
      write(row, this.#resident, slot, this.#walk.residentBytes(process));
    }
    this.#listed = new Map(shown.map(({ pid, startTicks }) => [pid, startTicks]));
  }
}

function write(row: RowWriter, column: Column, slot: number, value: number): void {
  if (Number.isNaN(value)) row.none(column, slot);
  else row.gauge(column, slot, value);
}

/** The largest, without those that have nothing. */
function top(processes: readonly Process[], of: (process: Process) => number): readonly Process[] {
  return processes.filter((process) => of(process) > 0)
    .toSorted((a, b) => of(b) - of(a))
    .slice(0, TOP);
}

const STATES = PROCESS_STATES.map(({ metric }) => metric);
const HOST = ["processes_count", ...STATES];

/**
 * Number 2 is the kernel's own kthreadd in the first PID namespace (init/main.c, rest_init), and there
 * only; who sees it sees the whole host.
 */
function whatIsHidden(walk: Walk): Omit<Problem, "key" | "collector"> | undefined {
  const commOf = (pid: string): string | undefined =>
    walk.processes.find((process) => process.pid === pid)?.comm;
  if (commOf("2") !== "kthreadd") {
    return commOf("1") === undefined ? BY_HIDEPID : BY_NAMESPACE;
  }
  if (walk.count <= PROCESSES_MOST) return undefined;
  return {
    reason: "failed",
    message: "Cannot read all processes: " +
      (walk.unread === 0
        ? "kernel threads are left out"
        : "those that are listed are, the newest, and others in turn") +
      `, since ${PROCESSES_MOST} are the most while the tick waits`,
    metrics: STATES,
  };
}

const BY_HIDEPID = {
  reason: "denied",
  message: 'Cannot read "/proc/1/stat": processes of other users are hidden (hidepid), needs the ' +
    "group that the mount of /proc names, or ProtectProc=default of systemd",
  remedy: "ProtectProc=default under [Service] in the unit, or hidepid with gid= of its group",
  metrics: HOST,
} as const;

const BY_NAMESPACE = {
  reason: "denied",
  message: "Cannot see the host's processes: this is the PID namespace of a container, needs the " +
    "host's",
  remedy: "docker run --pid=host, or hostPID: true",
  metrics: HOST,
} as const;

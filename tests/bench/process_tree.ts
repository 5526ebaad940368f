/**
 * What a process and all that it started take of the machine. CPU time is read from the clock of each
 * process, which counts nanoseconds and threads that have ended; `utime` of `/proc` has ticks of 10 ms.
 * Children that have ended are in the figures of the parent that waited for them.
 *
 * @module
 */
import { processCpuMs } from "./cpu_clock.ts";

/** USER_HZ: `cutime` and `cstime` are in these. */
const TICKS_PER_SECOND = 100;
const TRIES_MOST = 10;

interface Stat {
  readonly parent: number;
  readonly session: number;
  readonly endedChildrenMs: number;
}

/** `proc_pid_stat(5)`; null where the process is no more. */
function statOf(pid: number): Stat | null {
  const text = read(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The name may hold anything. What follows it begins with field 3.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  return {
    parent: fields[1]!,
    session: fields[3]!,
    endedChildrenMs: (fields[13]! + fields[14]!) * 1000 / TICKS_PER_SECOND,
  };
}

function read(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    // ESRCH: the process ended between the opening and the reading.
    const gone = error instanceof Deno.errors.NotFound ||
      (error instanceof Error && error.message.includes("os error 3"));
    if (gone) return null;
    throw error;
  }
}

export interface Memory {
  readonly residentMib: number;
  /** Its share where pages are shared. */
  readonly proportionalMib: number;
  readonly anonymousMib: number;
}

export class ProcessTree {
  readonly #root: number;

  constructor(root: number) {
    this.#root = root;
  }

  /** The process, what it started, and what is of its session, as far as they live. */
  pids(): readonly number[] {
    const stats = new Map<number, Stat>();
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const stat = statOf(Number(name));
      if (stat !== null) stats.set(Number(name), stat);
    }
    const found = new Set<number>();
    if (stats.has(this.#root)) found.add(this.#root);
    for (let before = -1; before !== found.size;) {
      before = found.size;
      for (const [pid, { parent, session }] of stats) {
        if (found.has(parent) || session === this.#root) found.add(pid);
      }
    }
    return [...found];
  }

  /** Of all of them since they began. Throws where it never finds them all alive. */
  cpuMs(): number {
    // What ends between the list and its clock is then in its parent's figures: look again.
    for (let tries = 0; tries < TRIES_MOST; tries++) {
      let sum = 0;
      for (const pid of this.pids()) sum += (processCpuMs(pid) ?? NaN) + endedMs(pid);
      if (!Number.isNaN(sum)) return sum;
    }
    throw new Error(
      `Cannot measure the processes of ${this.#root}: some ended at each of ${TRIES_MOST} looks`,
    );
  }

  memory(): Memory {
    let [resident, proportional, anonymous] = [0, 0, 0];
    for (const pid of this.pids()) {
      const text = read(`/proc/${pid}/smaps_rollup`);
      // One that has ended has none; nobody has waited for it yet.
      if (text === null || text === "") continue;
      resident += kibOf(text, "Rss");
      proportional += kibOf(text, "Pss");
      anonymous += kibOf(text, "Anonymous");
    }
    return {
      residentMib: resident / 1024,
      proportionalMib: proportional / 1024,
      anonymousMib: anonymous / 1024,
    };
  }

  /** How often threads gave a CPU back because they had nothing to do: each was woken before. */
  sleeps(): number {
    let sum = 0;
    for (const pid of this.pids()) {
      for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
        const text = read(`/proc/${pid}/task/${name}/status`);
        if (text !== null) sum += Number(text.match(/^voluntary_ctxt_switches:\s+(\d+)$/m)![1]);
      }
    }
    return sum;
  }

  /** SIGTERM to the first of them, then SIGKILL to those that are left when it has ended. */
  async stop(child: Deno.ChildProcess, patienceMs = 5000): Promise<void> {
    const all = this.pids();
    signal(this.#root, "SIGTERM");
    const late = setTimeout(() => signal(this.#root, "SIGKILL"), patienceMs);
    await child.status;
    clearTimeout(late);
    for (const pid of all) if (pid !== this.#root) signal(pid, "SIGKILL");
  }
}

function endedMs(pid: number): number {
  return statOf(pid)?.endedChildrenMs ?? NaN;
}

function kibOf(rollup: string, field: string): number {
  const kib = rollup.match(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m"))?.[1];
  if (kib === undefined) {
    throw new Error(`Cannot read a process's memory: no ${field}, needs its owner or root`);
  }
  return Number(kib);
}

function signal(pid: number, name: Deno.Signal): void {
  try {
    Deno.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && !/ESRCH|os error 3/.test(String(error))) {
      throw error;
    }
  }
}

/**
 * Goes through all processes of `/proc`. It makes strings and objects, so it is for moments in which
 * somebody looks. Arguments of processes are never read.
 *
 * @module
 */
import { malformed } from "../collector.ts";
import { USER_HZ } from "../host/user_hz.ts";
import { ERRNO, SystemError } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import type { Clock, FileBuffer } from "../kernel/kernel.ts";
import { ProcessStat } from "./process_stat.ts";

/** Reading one takes 12 us, and the tick waits for it: 4096 are a twentieth of a second. */
export const PROCESSES_MOST = 4096;
/** Of known kernel threads that are looked at again in one walk. */
const THREADS_MOST = PROCESSES_MOST / 16;
/** Always read: who they are says whether this is the whole host. */
const FIRST: ReadonlySet<string> = new Set(["1", "2"]);
/** Kernel worker threads have the longest names, and those end here (fs/proc/array.c). */
const COMM_MOST = 64;

export interface Process {
  readonly pid: string;
  /** Untrusted text: a task names itself. */
  readonly comm: string;
  /** Letter of its state, as a byte. */
  readonly state: number;
  /** Since boot, in 1/100 s: tells it from an earlier process of the same number. */
  readonly startTicks: number;
  /** CPU time since the walk before as a share of one CPU; NaN in the first walk. */
  readonly cpuRatio: number;
  /** NaN where the size of a page is not known. */
  readonly residentBytes: number;
}

export interface Walk {
  readonly processes: readonly Process[];
  /** How many there are: more than were read when above `PROCESSES_MOST`. */
  readonly count: number;
  /** How many were not read, without kernel threads as far as they are known. */
  readonly unread: number;
}

interface Before {
  readonly startTicks: number;
  readonly cpuTicks: number;
  readonly atMs: number;
}

export class ProcessWalk {
  readonly #tree: HostTree;
  readonly #clock: Clock;
  readonly #stat = new ProcessStat();
  readonly #file: FileBuffer = { bytes: new Uint8Array(0), length: 0 };
  #pageBytes = NaN;
  #before: ReadonlyMap<string, Before> | null = null;
  #beganMs = 0;
  /** When the youngest process that was ever read started. */
  #youngestTicks = 0;
  /** Numbers of kernel threads: on a large host there are thousands, and the largest is none of them. */
  #threads: ReadonlySet<string> = new Set();
  #turn = 0;

  constructor(tree: HostTree, clock: Clock) {
    this.#tree = tree;
    this.#clock = clock;
  }

  /**
   * Reads every process once; where there are too many, those that are listed, the newest, and others in
   * turn, kernel threads more seldom. Throws `SystemError` where `/proc` cannot be listed.
   */
  walk(listed: { has(pid: string): boolean } = FIRST): Walk {
    const beganMs = this.#clock.monotonicMs();
    const pids = this.#tree.list("/proc").filter((name) => /^\d+$/.test(name));
    const { chosen, unread } = this.#choose(pids, listed);
    const now = new Map<string, Before>();
    const processes: Process[] = [];
    const threads = new Set<string>();
    let youngestTicks = 0;
    for (const pid of chosen) {
      if (!this.#readStat(pid)) continue;
      const stat = this.#stat;
      const { startTicks } = stat;
      if (stat.virtualBytes === 0) threads.add(pid);
      const cpuTicks = stat.userTicks + stat.systemTicks;
      const atMs = this.#clock.monotonicMs();
      now.set(pid, { startTicks, cpuTicks, atMs });
      youngestTicks = Math.max(youngestTicks, startTicks);
      processes.push({
        pid,
        comm: stat.comm().slice(0, COMM_MOST),
        state: stat.state,
        startTicks,
        cpuRatio: this.#cpuRatio(pid, { startTicks, cpuTicks, atMs }),
        residentBytes: stat.residentPages === 0 ? 0 : stat.residentPages * this.#pageSize(pid),
      });
    }
    if (pids.length > PROCESSES_MOST) {
      this.#know(pids, chosen, threads);
      // Who was not read this time is compared with when it was.
      for (const pid of pids) {
        const known = this.#before?.get(pid);
        if (known !== undefined && !now.has(pid)) now.set(pid, known);
      }
    }
    this.#before = now;
    this.#beganMs = beganMs;
    this.#youngestTicks = Math.max(this.#youngestTicks, youngestTicks);
    return { processes, count: pids.length, unread };
  }

  /**
   * Resident memory of one that was read, in bytes, for the few that are shown. Since Linux 6.2 each CPU
   * holds back what it changed of a process's pages, up to 32 and on large hosts hundreds: `stat` has the
   * sum without, and `statm` with it where the kernel adds them up for it (fs/proc/task_mmu.c, task_statm).
   */
  residentBytes({ pid, residentBytes }: Process): number {
    const [, pages] = this.#pagesOf(pid);
    // It ended since.
    return pages === undefined ? residentBytes : pages === 0 ? 0 : pages * this.#pageBytes;
  }

  /** Whom to read: all, or where they are too many so many that the others have their turn. */
  #choose(
    pids: readonly string[],
    listed: { has(pid: string): boolean },
  ): { readonly chosen: readonly string[]; readonly unread: number } {
    if (pids.length <= PROCESSES_MOST) return { chosen: pids, unread: 0 };
    const turn = this.#turn++;
    const isFirst = (pid: string): boolean => FIRST.has(pid) || listed.has(pid);
    const first = pids.filter(isFirst);
    const rest = pids.filter((pid) => !isFirst(pid));
    const threads = inTurn(rest.filter((pid) => this.#threads.has(pid)), turn, THREADS_MOST);
    const own = rest.filter((pid) => !this.#threads.has(pid));
    const room = PROCESSES_MOST - first.length - threads.length;
    if (own.length <= room) return { chosen: [...first, ...threads, ...own], unread: 0 };
    // Half of the room for the newest, half for all others in turn.
    const newest = own.slice(own.length - (room >> 1));
    const older = own.slice(0, own.length - newest.length);
    const others = inTurn(older, turn, room - newest.length);
    const chosen = [...first, ...threads, ...newest, ...others];
    return { chosen, unread: own.length - newest.length - others.length };
  }

  /** Those that were read are known anew, the others as before while they are there. */
  #know(
    pids: readonly string[],
    chosen: readonly string[],
    threads: ReadonlySet<string>,
  ): void {
    const read = new Set(chosen);
    this.#threads = new Set(
      pids.filter((pid) => read.has(pid) ? threads.has(pid) : this.#threads.has(pid)),
    );
  }

  /** False where the process is gone, or hidden from this user. */
  #readStat(pid: string): boolean {
    const path = `/proc/${pid}/stat`;
    const file = this.#file;
    try {
      this.#tree.read(path, file);
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
    if (this.#stat.parse(file.bytes, file.length)) return true;
    const found = new TextDecoder().decode(file.bytes.subarray(0, file.length));
    throw malformed(path, found, "the fields of proc_pid_stat(5)");
  }

  #cpuRatio(pid: string, now: Before): number {
    if (this.#before === null) return NaN;
    const before = this.#before.get(pid);
    const same = before?.startTicks === now.startTicks;
    // Who started since began with nothing, also under a number that was somebody else's. Who is older
    // and was not read is one beyond `PROCESSES_MOST` then.
    if (!same && now.startTicks < this.#youngestTicks) return NaN;
    const ticks = same ? now.cpuTicks - before.cpuTicks : now.cpuTicks;
    const seconds = (now.atMs - (same ? before.atMs : this.#beganMs)) / 1000;
    // A time that fell, as times that the kernel scales have done, is none that anybody spent.
    return seconds > 0 && ticks >= 0 ? ticks / USER_HZ / seconds : NaN;
  }

  /**
   * A page is 4 KiB on x86 and 4, 16 or 64 KiB on Arm, and no file says which. `stat` has the size of
   * the address space in bytes and `statm` in pages: a moment later, so rounded to a power of two.
   */
  #pageSize(pid: string): number {
    if (!Number.isNaN(this.#pageBytes)) return this.#pageBytes;
    const [pages = 0] = this.#pagesOf(pid);
    const exponent = Math.round(Math.log2(this.#stat.virtualBytes / pages));
    if (exponent >= 12 && exponent <= 16) this.#pageBytes = 2 ** exponent;
    return this.#pageBytes;
  }

  /** Of its address space and resident; none where it ended. */
  #pagesOf(pid: string): readonly number[] {
    try {
      return this.#tree.text(`/proc/${pid}/statm`).split(" ", 2).map(Number);
    } catch (error) {
      if (isGone(error)) return [];
      throw error;
    }
  }
}

/** So many, in each turn those that come after the ones before. */
function inTurn(all: readonly string[], turn: number, most: number): readonly string[] {
  if (all.length <= most) return all;
  const begin = (turn * most) % all.length;
  return [...all.slice(begin), ...all.slice(0, begin)].slice(0, most);
}

/** The process ended since it was listed, or hidepid hides it. */
function isGone(error: unknown): boolean {
  return error instanceof SystemError && GONE.includes(error.errno);
}

const GONE: readonly number[] = [ERRNO.ENOENT, ERRNO.ESRCH, ERRNO.EACCES, ERRNO.EPERM];

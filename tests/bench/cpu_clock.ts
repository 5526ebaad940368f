/** CPU time as the kernel counts it, in nanoseconds; `/proc` shows it in steps of milliseconds. @module */

const SYMBOLS = { clock_gettime: { parameters: ["i32", "buffer"], result: "i32" } } as const;

let libc: Deno.DynamicLibrary<typeof SYMBOLS> | undefined;

const CLOCK_THREAD_CPUTIME_ID = 3;
/** CPUCLOCK_SCHED of a whole process (include/linux/posix-timers.h). */
const PROCESS_CLOCK = 2;

const time = new BigInt64Array(2);

/** Of a process with all of its threads, those that ended too; null where it is no more. */
export function processCpuMs(pid: number): number | null {
  return clockMs(~pid << 3 | PROCESS_CLOCK);
}

/** Of the thread that asks. */
export function threadCpuMs(): number {
  const ms = clockMs(CLOCK_THREAD_CPUTIME_ID);
  if (ms === null) throw new Error("Cannot read this thread's CPU time");
  return ms;
}

function clockMs(clock: number): number | null {
  // Late: tests import this, and have no right to it.
  libc ??= Deno.dlopen("libc.so.6", SYMBOLS);
  if (libc.symbols.clock_gettime(clock, time) !== 0) return null;
  return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
}

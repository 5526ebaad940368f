import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { CollectorError } from "../../../collectors/collector.ts";
import { PROCESSES_MOST, ProcessWalk, type Walk } from "../../../collectors/files/process_walk.ts";
import { ERRNO, SystemError } from "../../../collectors/kernel/errno.ts";
import { HandClock } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

interface Told {
  readonly comm?: string;
  readonly cpu?: number;
  readonly start?: number;
  readonly bytes?: number;
  readonly pages?: number;
}

/** A line of `/proc/[pid]/stat`; a tenth of the CPU time was spent in the kernel. */
function stat({ comm = "task", cpu = 0, start = 100, bytes = 4096000, pages = 10 }: Told): string {
  const system = cpu / 10;
  return `1 (${comm}) S 1 1 1 0 -1 0 1 0 0 0 ${cpu - system} ${system} 0 0 20 0 1 0 ${start} ` +
    `${bytes} ${pages} 0 0\n`;
}

function host(processes: Readonly<Record<string, Told>>): TextTree {
  const tree = new TextTree({ "/proc/stat": "", "/proc/1234x/stat": "" });
  for (const [pid, told] of Object.entries(processes)) tree.set(`/proc/${pid}/stat`, stat(told));
  return tree;
}

Deno.test("ProcessWalk gives CPU time between two walks as a share of one CPU", () => {
  const clock = new HandClock();
  const tree = host({ 7: { cpu: 1000 }, 8: { cpu: 50 } });
  const walk = new ProcessWalk(tree, clock);
  assertEquals(walk.walk().processes.map(({ cpuRatio }) => cpuRatio), [NaN, NaN]);
  clock.advance(2000);
  tree.set("/proc/7/stat", stat({ cpu: 1300 }));
  // 300 ticks of 10 ms in 2 s.
  assertEquals(walk.walk().processes.map(({ cpuRatio }) => cpuRatio), [1.5, 0]);
});

Deno.test("ProcessWalk counts all of the CPU time of a process that started meanwhile", () => {
  const clock = new HandClock();
  const tree = host({ 7: { cpu: 1000, start: 500 } });
  const walk = new ProcessWalk(tree, clock);
  walk.walk();
  clock.advance(2000);
  tree.set("/proc/9/stat", stat({ cpu: 100, start: 600 }));
  assertEquals(walk.walk().processes[1]?.cpuRatio, 0.5);
});

Deno.test("ProcessWalk has no share of a CPU for a process whose time fell", () => {
  const clock = new HandClock();
  const tree = host({ 7: { cpu: 1000 } });
  const walk = new ProcessWalk(tree, clock);
  walk.walk();
  clock.advance(2000);
  tree.set("/proc/7/stat", stat({ cpu: 990 }));
  assertEquals(walk.walk().processes[0]?.cpuRatio, NaN);
  clock.advance(2000);
  tree.set("/proc/7/stat", stat({ cpu: 1000 }));
  assertEquals(walk.walk().processes[0]?.cpuRatio, 0.05);
});

Deno.test("ProcessWalk tells a process from the one that had its number before", () => {
  const clock = new HandClock();
  const tree = host({ 7: { cpu: 1000, start: 500 } });
  const walk = new ProcessWalk(tree, clock);
  walk.walk();
  clock.advance(2000);
  tree.set("/proc/7/stat", stat({ cpu: 20, start: 650 }));
  assertEquals(walk.walk().processes[0]?.cpuRatio, 0.1);
});

Deno.test("ProcessWalk does not take the past of an old process for its present", () => {
  const clock = new HandClock();
  const tree = host({ 7: { start: 500 } });
  const walk = new ProcessWalk(tree, clock);
  walk.walk();
  clock.advance(2000);
  tree.set("/proc/9/stat", stat({ cpu: 90_000, start: 300 }));
  assertEquals(walk.walk().processes[1]?.cpuRatio, NaN);
});

Deno.test("ProcessWalk finds the size of a page from the size of an address space", () => {
  for (const page of [4096, 16384, 65536]) {
    const tree = host({ 2: { bytes: 0, pages: 0 }, 7: { bytes: 1000 * page, pages: 10 } });
    // The address space grew a little between the two files.
    tree.set("/proc/7/statm", "1020 10 5 1 0 3 0\n");
    const walk = new ProcessWalk(tree, new HandClock()).walk();
    assertEquals(walk.processes.map(({ residentBytes }) => residentBytes), [0, 10 * page]);
  }
});

Deno.test("ProcessWalk gives no memory while it does not know the size of a page", () => {
  const tree = host({ 7: {} });
  const walk = new ProcessWalk(tree, new HandClock());
  assertEquals(walk.walk().processes[0]?.residentBytes, NaN);
  tree.set("/proc/7/statm", "0 0 0 0 0 0 0\n");
  assertEquals(walk.walk().processes[0]?.residentBytes, NaN);
});

Deno.test("ProcessWalk passes over processes that ended since they were listed", () => {
  for (const errno of [ERRNO.ENOENT, ERRNO.ESRCH]) {
    const tree = host({ 7: {}, 8: {} });
    tree.fail("/proc/7/stat", errno);
    const walk = new ProcessWalk(tree, new HandClock()).walk();
    assertEquals(walk.processes.map(({ pid }) => pid), ["8"]);
  }
});

Deno.test("ProcessWalk fails where something else than the end of a process is in the way", () => {
  const tree = host({ 7: {} });
  tree.fail("/proc/7/stat", ERRNO.EMFILE);
  assertThrows(() => new ProcessWalk(tree, new HandClock()).walk(), SystemError, "EMFILE");
  tree.set("/proc/7/stat", "7 (task) S 1\n");
  assertThrows(() => new ProcessWalk(tree, new HandClock()).walk(), CollectorError, "needs the");
});

Deno.test("ProcessWalk keeps hostile names as they are, up to 64 characters", () => {
  const hostile = ") S 1 <script>\n";
  const tree = host({ 7: { comm: hostile }, 8: { comm: "k".repeat(70) } });
  const walk = new ProcessWalk(tree, new HandClock()).walk();
  assertEquals(walk.processes.map(({ comm }) => comm), [hostile, "k".repeat(64)]);
});

Deno.test("ProcessWalk reads so many processes and no more, and says how many there are", () => {
  const pids = Array.from({ length: PROCESSES_MOST + 3 }, (_, i) => String(i + 1));
  const walk = new ProcessWalk(
    host(Object.fromEntries(pids.map((pid) => [pid, {}]))),
    new HandClock(),
  )
    .walk();
  assertEquals([walk.processes.length, walk.count], [PROCESSES_MOST, PROCESSES_MOST + 3]);
  assertEquals(walk.unread, 3);
});

Deno.test("ProcessWalk finds who works behind more kernel threads than it may read", () => {
  const told: Record<string, Told> = { 1: {}, 2: { comm: "kthreadd", bytes: 0 } };
  for (let pid = 3; pid < PROCESSES_MOST + 200; pid++) told[pid] = { bytes: 0, pages: 0 };
  told["900000"] = { comm: "worker", pages: 1000 };
  const clock = new HandClock();
  const walk = new ProcessWalk(host(told), clock);
  const has = (found: Walk, pid: string): boolean => found.processes.some((one) => one.pid === pid);
  const first = walk.walk();
  assertEquals([has(first, "900000"), has(first, "2"), first.unread > 0], [true, true, true]);
  clock.advance(3000);
  // By now they are known, and read in turns.
  const second = walk.walk();
  assertEquals([has(second, "900000"), has(second, "2"), second.unread], [true, true, 0]);
  assertEquals(second.processes.length < 1000, true, `${second.processes.length}`);
});

Deno.test("ProcessWalk reads the newest of too many, those that are listed, and the others in turn", () => {
  const pids = Array.from({ length: PROCESSES_MOST + 100 }, (_, i) => String(i + 1));
  const clock = new HandClock();
  const walk = new ProcessWalk(host(Object.fromEntries(pids.map((pid) => [pid, {}]))), clock);
  const all = new Set<string>();
  for (let times = 0; times < 3; times++) {
    const found = walk.walk(new Set(["50"]));
    const read = new Set(found.processes.map(({ pid }) => pid));
    assertEquals([read.size, found.unread], [PROCESSES_MOST, 100]);
    assertEquals(["1", "2", "50", pids.at(-1)!].every((pid) => read.has(pid)), true);
    for (const pid of read) all.add(pid);
    clock.advance(3000);
  }
  assertEquals(all.size, pids.length);
});

Deno.test("ProcessWalk takes what a thread did in many walks for none of one", () => {
  const told: Record<string, Told> = { 1: {}, 2: { comm: "kthreadd", bytes: 0 } };
  for (let pid = 3; pid < PROCESSES_MOST + 200; pid++) told[pid] = { bytes: 0, pages: 0 };
  // The youngest of all, and a thread.
  told["9999"] = { comm: "kworker", bytes: 0, pages: 0, start: 900 };
  const clock = new HandClock();
  const tree = host(told);
  const walk = new ProcessWalk(tree, clock);
  const seen: number[] = [];
  for (let second = 0; second <= 120; second += 3) {
    // A tenth of a CPU.
    tree.set("/proc/9999/stat", stat({ ...told["9999"], cpu: 10 * second }));
    const found = walk.walk().processes.find(({ pid }) => pid === "9999");
    if (found !== undefined && !Number.isNaN(found.cpuRatio)) seen.push(found.cpuRatio);
    clock.advance(3000);
  }
  assertEquals(seen.length > 1, true, `${seen}`);
  for (const ratio of seen) assertAlmostEquals(ratio, 0.1, 0.01);
});

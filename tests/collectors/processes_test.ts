import { assertEquals, assertStringIncludes } from "@std/assert";
import { PROCESSES_MOST } from "../../collectors/files/process_walk.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { processes } from "../../collectors/processes.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

interface Told {
  readonly comm?: string;
  readonly state?: string;
  readonly ticks?: number;
  readonly pages?: number;
  /** When it started, in 1/100 s since boot. */
  readonly start?: number;
}

function stat({ comm = "task", state = "S", ticks = 0, pages = 1, start = 100 }: Told): string {
  return `1 (${comm}) ${state} 1 1 1 0 -1 0 1 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} 8192000 ${pages} 0\n`;
}

/** A host with `init`, which has pages of 4 KiB, and `kthreadd`, beside the processes named. */
function host(told: Readonly<Record<string, Told>>): TextTree {
  const tree = new TextTree({
    "/proc/1/stat": stat({ comm: "init", pages: 2 }),
    "/proc/1/statm": "2000 2 1 1 0 1 0\n",
    "/proc/2/stat": stat({ comm: "kthreadd", pages: 0 }),
  });
  for (const [pid, process] of Object.entries(told)) tree.set(`/proc/${pid}/stat`, stat(process));
  return tree;
}

function range(first: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => String(first + i));
}

Deno.test("processes lists those with most memory at once, and with most CPU from the second time", () => {
  const tree = host({ 50: { comm: "idle", pages: 100 }, 60: { comm: "busy", pages: 0 } });
  const stage = new Stage([processes], { tree });
  stage.tick();
  assertEquals(stage.names("process").toSorted(), ["1", "50"]);
  assertEquals(stage.cell("process_resident_bytes", "50"), 409_600);
  assertEquals(stage.cell("process_cpu_ratio", "50"), NaN);
  tree.set("/proc/60/stat", stat({ comm: "busy", ticks: 225, pages: 0 }));
  stage.tick(3000);
  assertEquals(stage.names("process").toSorted(), ["1", "50", "60"]);
  // 225 ticks of 10 ms in 3 s.
  assertEquals(stage.cell("process_cpu_ratio", "60"), 0.75);
  assertEquals(stage.cell("process_resident_bytes", "60"), 0);
  assertEquals(stage.cell("process_cpu_ratio", "50"), 0);
});

Deno.test("processes tells the memory that statm has, for which the kernel adds up what CPUs hold back", () => {
  const tree = host({ 50: { comm: "worker", pages: 1037 } });
  tree.set("/proc/50/statm", "2000 1117 1 1 0 1 0\n");
  const stage = new Stage([processes], { tree });
  stage.tick();
  assertEquals(stage.cell("process_resident_bytes", "50"), 1117 * 4096);
  tree.fail("/proc/50/statm", ERRNO.ESRCH);
  stage.tick(3000);
  assertEquals(stage.cell("process_resident_bytes", "50"), 1037 * 4096);
});

Deno.test("processes counts states and all processes for the host", () => {
  const tree = host({
    10: { state: "R" },
    11: { state: "D" },
    12: { state: "T" },
    13: { state: "t" },
    14: { state: "Z" },
    15: { state: "I" },
    16: { state: "I" },
  });
  const stage = new Stage([processes], { tree });
  stage.tick();
  const states = ["running", "sleeping", "disk_sleep", "stopped", "zombie", "idle", "count"];
  assertEquals(states.map((state) => stage.cell(`processes_${state}`)), [1, 2, 1, 2, 1, 2, 9]);
  assertEquals(stage.problems(), []);
});

Deno.test("processes lists ten of each kind, also when all of them change", () => {
  const tree = host({});
  const stage = new Stage([processes], { tree });
  // Twelve use memory and twelve others CPU, more than ten of each.
  const load = (memory: readonly string[], cpu: readonly string[], ticks: number): void => {
    memory.forEach((pid, i) => tree.set(`/proc/${pid}/stat`, stat({ pages: 1000 + i })));
    cpu.forEach((pid, i) =>
      tree.set(`/proc/${pid}/stat`, stat({ ticks: ticks + i + 1, pages: 0 }))
    );
  };
  load(range(100, 12), range(200, 12), 0);
  stage.tick();
  load(range(100, 12), range(200, 12), 100);
  stage.tick(3000);
  const first = [...range(102, 10), ...range(200, 12)];
  assertEquals(stage.names("process").filter((pid) => first.includes(pid)).length, 20);
  for (const pid of [...range(100, 12), ...range(200, 12)]) tree.remove(`/proc/${pid}`);
  load(range(300, 12), range(400, 12), 10);
  stage.tick(3000);
  assertEquals(stage.names("process").toSorted(), [...range(302, 10), ...range(402, 10)]);
  assertEquals(stage.problems(), []);
});

Deno.test("processes names a process by what it calls itself now", () => {
  const tree = host({ 50: { comm: "sh", pages: 100 } });
  const stage = new Stage([processes], { tree });
  const labels = (): unknown =>
    stage.snapshot.instances("process").find(({ name }) => name === "50")?.labels;
  stage.tick();
  assertEquals(labels(), { pid: "50", comm: "sh" });
  tree.set("/proc/50/stat", stat({ comm: "<b>) deno", pages: 100 }));
  stage.tick(3000);
  assertEquals(labels(), { pid: "50", comm: "<b>) deno" });
  assertEquals(stage.cell("process_resident_bytes", "50"), 409_600);
});

Deno.test("processes lists a number that was given again as somebody new", () => {
  const tree = host({
    50: { comm: "sh", pages: 100 },
    60: { comm: "young", pages: 50, start: 300 },
  });
  const stage = new Stage([processes], { tree });
  const born = (): unknown =>
    stage.snapshot.instances("process").find(({ name }) => name === "50")?.bornSequence;
  stage.tick();
  stage.tick(3000);
  assertEquals(born(), 1);
  assertEquals(stage.cell("process_cpu_ratio", "50"), 0);
  // Older than who was seen last time, and not among them: what it used since then is not known.
  tree.set("/proc/50/stat", stat({ comm: "sh", pages: 100, ticks: 90, start: 200 }));
  stage.tick(3000);
  assertEquals(born(), 3);
  assertEquals(stage.read("process_cpu_ratio", "50"), { absent: "not_yet" });
});

Deno.test("processes never opens the arguments of a process", () => {
  const tree = host({ 50: { pages: 100 } });
  for (const file of ["cmdline", "environ"]) {
    for (const pid of [1, 2, 50]) tree.fail(`/proc/${pid}/${file}`, ERRNO.EIO);
  }
  const stage = new Stage([processes], { tree });
  stage.tick();
  stage.tick(3000);
  assertEquals(stage.problems(), []);
});

Deno.test("processes of other users that are hidden make the host's counts absent", () => {
  const tree = host({ 50: { comm: "own", pages: 100 } });
  for (const pid of [1, 2]) tree.fail(`/proc/${pid}/stat`, ERRNO.EPERM);
  tree.set("/proc/50/statm", "2000 100 1 1 0 1 0\n");
  const stage = new Stage([processes], { tree });
  stage.tick();
  assertEquals(stage.cell("processes_count"), NaN);
  assertEquals(stage.cell("processes_sleeping"), NaN);
  assertEquals(stage.cell("process_resident_bytes", "50"), 409_600);
  const [problem] = stage.problems();
  assertEquals(problem?.reason, "denied");
  assertStringIncludes(problem!.message, "hidepid");
  tree.set("/proc/1/stat", stat({ comm: "init" }));
  tree.set("/proc/2/stat", stat({ comm: "kthreadd", pages: 0 }));
  stage.tick(3000);
  assertEquals(stage.cell("processes_count"), 3);
  assertEquals(stage.problems(), []);
});

Deno.test("processes of one container do not pass for the host's", () => {
  const tree = new TextTree({
    "/proc/1/stat": stat({ comm: "ringside" }),
    "/proc/1/statm": "2000 2 1 1 0 1 0\n",
  });
  const stage = new Stage([processes], { tree });
  stage.tick();
  assertEquals(stage.names("process"), ["1"]);
  const count = stage.read("processes_count");
  assertEquals("absent" in count && count.absent, "denied");
  assertStringIncludes(stage.problems()[0]!.message, "PID namespace of a container");
});

Deno.test("processes does not give states of a part as those of all", () => {
  const many = Object.fromEntries(range(3, PROCESSES_MOST).map((pid) => [pid, {}]));
  const stage = new Stage([processes], { tree: host(many) });
  stage.tick();
  assertEquals(stage.cell("processes_count"), PROCESSES_MOST + 2);
  assertEquals(stage.cell("processes_sleeping"), NaN);
  assertStringIncludes(stage.problems()[0]!.message, `in turn, since ${PROCESSES_MOST} are`);
});

Deno.test("processes reads nothing while nobody looks, and forgets what it saw", () => {
  const tree = host({ 50: { pages: 100, ticks: 10 } });
  const stage = new Stage([processes], { tree });
  stage.tick();
  stage.tick(3000);
  assertEquals(stage.cell("process_cpu_ratio", "50"), 0);
  stage.watched = false;
  tree.fail("/proc", ERRNO.EIO);
  stage.tick(3000);
  assertEquals(stage.problems().map(({ reason }) => reason), ["not_watched"]);
  assertEquals(stage.names("process"), []);
  assertEquals(stage.cell("processes_count"), NaN);
  stage.watched = true;
  tree.set("/proc", "");
  stage.tick(3000);
  // What was used while nobody looked is not what is used now.
  assertEquals(stage.cell("process_cpu_ratio", "50"), NaN);
  assertEquals(stage.read("process_cpu_ratio", "50"), { absent: "not_yet" });
});

Deno.test("processes says why it has none where /proc cannot be listed", () => {
  const tree = host({});
  tree.fail("/proc", ERRNO.EIO);
  const stage = new Stage([processes], { tree });
  stage.tick();
  assertStringIncludes(stage.problems()[0]!.message, 'Cannot list "/proc": EIO');
});

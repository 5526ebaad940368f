import { assertEquals, assertStringIncludes } from "@std/assert";
import { type Measured, METRICS } from "../../collectors/catalogue.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { sinceMs } from "../../collectors/readings/since.ts";
import { self } from "../../collectors/self.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

function stat(user: number, system: number): string {
  return `900 (deno) S 1 900 900 0 -1 4194560 1 0 0 0 ${user} ${system} 0 0 20 0 12 0 8640000 ` +
    "1000000 500 18446744073709551615\n";
}

const STATUS = `Name:	deno
Kthread:	0
VmHWM:	   90000 kB
VmRSS:	   80000 kB
RssAnon:	   30000 kB
RssFile:	   50000 kB
Threads:	12
`;

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96365                96365                processes
Max open files            1024                 524288               files
`;

function machine(): TextTree {
  return new TextTree({
    "/proc/self/stat": stat(1000, 500),
    "/proc/self/status": STATUS,
    "/proc/self/limits": LIMITS,
    "/proc/self/fd/0": "",
    "/proc/self/fd/1": "",
    "/proc/self/fd/2": "",
  });
}

Deno.test("self counts its CPU time since its start, in seconds", () => {
  const tree = machine();
  const stage = new Stage([self], { tree });
  stage.tick();
  assertEquals(stage.cell("self_cpu_seconds"), 15);
  assertEquals(stage.cell("self_cpu_user_seconds"), 10);
  assertEquals(stage.cell("self_cpu_system_seconds"), 5);
  tree.set("/proc/self/stat", stat(1010, 520));
  stage.tick(5000);
  // 30 ticks of 10 ms in 5 s.
  assertEquals(Math.round(stage.rate("self_cpu_seconds") * 1e9), 60_000_000);
  assertEquals(Math.round(stage.rate("self_cpu_user_seconds") * 1e9), 20_000_000);
});

Deno.test("self gives memory, threads, descriptors and its limit", () => {
  const stage = new Stage([self], { tree: machine() });
  stage.tick();
  assertEquals(stage.cell("self_resident_bytes"), 81_920_000);
  assertEquals(stage.cell("self_anonymous_bytes"), 30_720_000);
  assertEquals(stage.cell("self_threads"), 12);
  assertEquals(stage.cell("self_descriptors"), 3);
  assertEquals(stage.cell("self_descriptors_limit"), 1024);
});

Deno.test("self gives the time of its start from the boot of the host", () => {
  const tree = machine();
  const bootedAtMs = 1_700_000_000_000;
  const stage = new Stage([self], { tree, profile: { bootedAtMs } });
  stage.tick();
  // 8640000 ticks of 10 ms are a day.
  assertEquals(stage.cell("self_start_seconds"), 1_700_086_400);
  const unknown = new Stage([self], { tree, profile: { bootedAtMs: undefined } });
  unknown.tick();
  assertEquals(unknown.cell("self_start_seconds"), NaN);
  assertStringIncludes(unknown.problems()[0]!.message, "Cannot tell when this service started");
});

Deno.test("self moves its start with the clock, and not the time since which it counts", () => {
  const tree = machine();
  tree.set("/proc/stat", "cpu 1\nbtime 1700000000\n");
  const stage = new Stage([self], { tree, profile: { bootedAtMs: 1_700_000_000_000 } });
  stage.tick();
  const since = (): number | undefined =>
    sinceMs(stage.snapshot, METRICS.get("self_cpu_seconds") as Measured, 0);
  assertEquals(since(), 1_700_086_400_000);
  // Two hours back, and the time of the boot with it.
  stage.clock.wall -= 7_200_000;
  tree.set("/proc/stat", "cpu 1\nbtime 1699992800\n");
  stage.tick(5000);
  assertEquals(stage.cell("self_start_seconds"), 1_700_079_200);
  assertEquals(since(), 1_700_086_400_000);
  // After a suspend the clock is ahead, and the boot where it was.
  stage.clock.wall += 3_600_000;
  stage.tick(5000);
  assertEquals(stage.cell("self_start_seconds"), 1_700_079_200);
  // What cannot be read any more does not take it away.
  stage.clock.wall += 3_600_000;
  tree.remove("/proc/stat");
  stage.tick(5000);
  assertEquals(stage.cell("self_start_seconds"), 1_700_079_200);
});

Deno.test("self looks at itself every five seconds only", () => {
  const tree = machine();
  const stage = new Stage([self], { tree });
  stage.tick();
  tree.set("/proc/self/fd/3", "");
  tree.set("/proc/self/stat", stat(1010, 520));
  stage.tick(4000);
  assertEquals([stage.cell("self_descriptors"), stage.cell("self_cpu_seconds")], [3, 15]);
  stage.tick(1000);
  assertEquals([stage.cell("self_descriptors"), stage.cell("self_cpu_seconds")], [4, 15.3]);
});

Deno.test("self goes without descriptors where it may not list them, and says so until it may", () => {
  const tree = machine();
  tree.fail("/proc/self/fd", ERRNO.EACCES);
  tree.set("/proc/self/limits", LIMITS.replace("1024 ", "none "));
  const stage = new Stage([self], { tree });
  stage.tick();
  assertEquals(stage.cell("self_descriptors"), NaN);
  assertEquals(stage.cell("self_threads"), 12);
  assertEquals(stage.problems().map(({ key, reason }) => [key, reason]), [
    ["descriptors", "denied"],
    ["limit", "failed"],
  ]);
  tree.set("/proc/self/fd", "");
  tree.remove("/proc/self/fd");
  tree.set("/proc/self/fd/0", "");
  tree.set("/proc/self/limits", LIMITS);
  stage.tick(5000);
  assertEquals(stage.problems(), []);
  assertEquals(stage.cell("self_descriptors"), 1);
});

Deno.test("self goes without its own memory on kernels that do not tell it", () => {
  const tree = machine();
  tree.edit("/proc/self/status", (text) => text.replace(/RssAnon.*\n/, ""));
  const stage = new Stage([self], { tree });
  stage.tick();
  assertEquals(stage.cell("self_resident_bytes"), 81_920_000);
  assertEquals(stage.problems()[0]?.key, "status");
  const anonymous = stage.read("self_anonymous_bytes");
  assertEquals("absent" in anonymous && anonymous.absent, "not_supported");
});

Deno.test("self says that a procfs of another PID namespace does not show it", () => {
  const stage = new Stage([self], { tree: new TextTree({ "/proc/stat": "" }) });
  stage.tick();
  const [problem] = stage.problems();
  assertEquals(problem?.reason, "not_supported");
  assertStringIncludes(problem!.message, "needs a procfs that shows this process");
});

Deno.test("self leaves no file open when one of its files cannot be had", () => {
  const tree = machine();
  tree.fail("/proc/self/status", ERRNO.EACCES);
  new Stage([self], { tree }).tick();
  assertEquals(tree.openFiles, 0);
});

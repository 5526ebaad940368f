import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { isColumn, METRICS } from "../../collectors/catalogue.ts";
import { cpuTime } from "../../collectors/cpu_time.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { snapshotJson } from "../../views/snapshot_json.ts";
import { PROFILE, Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const PATH = "/proc/stat";

/** A `/proc/stat` of these CPUs; the line of all of them is wrong on purpose: nothing may read it. */
function stat(cpus: Readonly<Record<string, string>>, rest = REST): string {
  const lines = Object.entries(cpus).map(([number, modes]) => `cpu${number} ${modes}\n`);
  return `cpu  1 1 1 1 1 1 1 1 1 1\n${lines.join("")}${rest}`;
}

const REST = `intr 1000 0 9 0
ctxt 5000
btime 1795190280
processes 70
procs_running 3
procs_blocked 1
softirq 550 10 20 30 40 50 60 70 80 90 100
`;

const IDLE = "0 0 0 100 0 0 0 0 0 0";

function stage(text: string): { stage: Stage; tree: TextTree } {
  const tree = new TextTree({ [PATH]: text });
  return { stage: new Stage([cpuTime], { tree }), tree };
}

Deno.test("cpu_time counts the seconds of each mode, of each CPU", () => {
  const { stage: on } = stage(stat({
    0: "101 202 303 404 505 606 707 808 99 11",
    3: "1 0 0 0 0 0 0 0 0 0",
  }));
  on.tick();
  assertEquals(on.names("cpu"), ["0", "3"]);
  const seconds = (mode: string): number => on.cell(`cpu_${mode}_seconds`, "0");
  assertEquals(
    ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal", "guest", "guest_nice"]
      .map(seconds),
    [1.01, 2.02, 3.03, 4.04, 5.05, 6.06, 7.07, 8.08, 0.99, 0.11],
  );
  assertEquals(on.cell("cpu_user_seconds", "3"), 0.01);
  assertEquals(on.problems(), []);
});

Deno.test("cpu_time shares add up without counting guests twice", () => {
  const { stage: on, tree } = stage(stat({ 0: "1000 0 0 0 0 0 0 0 500 0" }));
  on.tick();
  // 100 hundredths: user 30 (10 of them in guests), nice 10, system 20, idle 20, 5 for each other mode.
  tree.set(PATH, stat({ 0: "1030 10 20 20 5 5 5 5 510 0" }));
  on.tick();
  const share = (id: string): number => on.rate(`cpu_${id}_ratio`, "0");
  assertAlmostEquals(share("busy"), 0.75);
  assertAlmostEquals(share("user"), 0.4);
  assertAlmostEquals(share("nice"), 0.1);
  assertAlmostEquals(share("system"), 0.2);
  assertAlmostEquals(share("interrupts"), 0.1);
  assertAlmostEquals(share("steal"), 0.05);
  assertAlmostEquals(share("iowait"), 0.05);
  assertAlmostEquals(share("guest"), 0.1);
});

Deno.test("cpu_time gives the host the ratio of sums, not the mean of its CPUs' ratios", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE, 1: IDLE }));
  on.tick();
  // CPU 0: 75 of 100 busy. CPU 1: 0 of 300. Together 75 of 400; the mean of ratios would be 0.375.
  tree.set(PATH, stat({ 0: "75 0 0 125 0 0 0 0 0 0", 1: "0 0 0 400 0 0 0 0 0 0" }));
  on.tick(3000);
  assertAlmostEquals(on.rate("cpu_busy_ratio"), 0.1875);
});

Deno.test("cpu_time has no share of a CPU whose time stood still", () => {
  const { stage: on } = stage(stat({ 0: IDLE }));
  on.tick();
  on.tick();
  assertEquals(on.read("cpu_busy_ratio", "0"), { absent: "no_events" });
});

Deno.test("cpu_time adds nothing while the kernel's iowait falls", () => {
  const { stage: on, tree } = stage(stat({ 0: "0 0 0 100 50 0 0 0 0 0" }));
  on.tick();
  tree.set(PATH, stat({ 0: "0 0 0 200 48 0 0 0 0 0" }));
  on.tick();
  assertEquals(on.rate("cpu_iowait_seconds", "0"), 0);
  tree.set(PATH, stat({ 0: "0 0 0 300 60 0 0 0 0 0" }));
  on.tick();
  // From 0.50 s, the highest that was seen, to 0.60 s.
  assertAlmostEquals(on.rate("cpu_iowait_seconds", "0"), 0.1);
});

Deno.test("cpu_time lets a CPU go that went offline, and takes it back", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE, 1: IDLE }));
  on.tick();
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick();
  assertEquals(on.names("cpu"), ["0"]);
  assertEquals(on.read("cpu_busy_ratio", "1"), { absent: "gone" });
  tree.set(PATH, stat({ 0: IDLE, 1: IDLE, 2: IDLE }));
  on.tick();
  assertEquals(on.names("cpu"), ["0", "1", "2"]);
});

Deno.test("cpu_time says where each CPU belongs, anew when it comes back", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE, 1: IDLE }));
  const devices = "/sys/bus/event_source/devices";
  const cpu = (n: number): string => `/sys/devices/system/cpu/cpu${n}`;
  tree.set(`${devices}/cpu_core/type`, "4\n");
  tree.set(`${devices}/cpu_core/cpus`, "0\n");
  tree.set(`${devices}/cpu_atom/type`, "10\n");
  tree.set(`${devices}/cpu_atom/cpus`, "1\n");
  tree.set(`${cpu(0)}/topology/physical_package_id`, "0\n");
  tree.set(`${cpu(1)}/topology/physical_package_id`, "1\n");
  on.tick();
  const { snapshot } = on;
  assertEquals(snapshot.groups("cpu", "core_type"), ["cpu_core", "cpu_atom"]);
  assertEquals(snapshot.instances("cpu").map(({ groups }) => groups.socket), ["0", "1"]);
  // A virtual machine may get another CPU under the same number.
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick();
  assertEquals(on.snapshot.groups("cpu", "core_type"), ["cpu_core"]);
  tree.set(PATH, stat({ 0: IDLE, 1: IDLE }));
  tree.set(`${devices}/cpu_core/cpus`, "0-1\n");
  tree.remove(`${devices}/cpu_atom`);
  tree.set(`${cpu(1)}/topology/physical_package_id`, "0\n");
  on.tick();
  assertEquals(on.snapshot.instances("cpu").map(({ groups }) => groups), [
    { core_type: "cpu_core", socket: "0" },
    { core_type: "cpu_core", socket: "0" },
  ]);
});

Deno.test("cpu_time looks again at a CPU that came before all was known of it", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE, 1: IDLE }));
  const id = (n: number): string => `/sys/devices/system/cpu/cpu${n}/cache/index3/id`;
  const domains = (): unknown => on.snapshot.instances("cpu").map(({ groups }) => groups.l3_domain);
  tree.set(id(0), "0\n");
  tree.set(id(1), "0\n");
  on.tick();
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick(100);
  tree.remove(id(1));
  tree.set(PATH, stat({ 0: IDLE, 1: IDLE, 2: IDLE }));
  on.tick(100);
  // One that was here keeps its place until it is known; of a new one nothing is.
  assertEquals(domains(), ["0", "0", undefined]);
  tree.set(id(1), "1\n");
  tree.set(id(2), "1\n");
  on.tick(500);
  assertEquals(domains(), ["0", "0", undefined]);
  on.tick(500);
  assertEquals(domains(), ["0", "1", "1"]);
  // Nor is it forgotten where it belongs while it comes and goes.
  for (const cpus of [{ 0: IDLE }, { 0: IDLE, 1: IDLE }, { 0: IDLE }, { 0: IDLE, 1: IDLE }]) {
    tree.remove(id(1));
    tree.set(PATH, stat(cpus));
    on.tick(100);
  }
  assertEquals(domains(), ["0", "1"]);
  tree.set(id(1), "1\n");
  on.tick(1000);
  assertEquals(domains(), ["0", "1"]);
  // One that is gone again by then is not brought back by it.
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick(100);
  tree.remove(id(1));
  tree.set(PATH, stat({ 0: IDLE, 1: IDLE }));
  on.tick(100);
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick(1000);
  assertEquals(on.names("cpu"), ["0"]);
  // What is missing by then it does not have.
  tree.set(PATH, stat({ 0: IDLE, 1: IDLE }));
  on.tick(100);
  on.tick(1000);
  assertEquals(domains(), ["0", undefined]);
});

Deno.test("cpu_time reads what the host counts from the same file", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE }));
  on.tick();
  assertEquals(on.cell("tasks_running"), 3);
  assertEquals(on.cell("tasks_blocked"), 1);
  tree.set(
    PATH,
    stat(
      { 0: IDLE },
      REST.replace("intr 1000", "intr 1600").replace("ctxt 5000", "ctxt 7000")
        .replace("processes 70", "processes 74").replace("procs_running 3", "procs_running 2")
        .replace("softirq 550 10 20 30 40", "softirq 600 10 20 30 90"),
    ),
  );
  on.tick(2000);
  assertEquals(on.cell("tasks_running"), 2);
  assertEquals(on.rate("interrupts"), 300);
  assertEquals(on.rate("context_switches"), 1000);
  assertEquals(on.rate("forks"), 2);
  assertEquals(on.rate("softirqs"), 25);
  assertEquals(on.rate("softirqs_net_rx"), 25);
  assertEquals(on.rate("softirqs_net_tx"), 0);
  assertEquals(on.cell("softirqs_hi"), 10);
  assertEquals(on.cell("softirqs_rcu"), 100);
});

Deno.test("cpu_time passes over the numbers of single interrupts, however many", () => {
  const many = " 7".repeat(10_000);
  const { stage: on } = stage(stat({ 0: IDLE }, REST.replace("intr 1000", `intr 1000${many}`)));
  on.tick();
  assertEquals(on.cell("interrupts"), 1000);
  assertEquals(on.cell("context_switches"), 5000);
});

Deno.test("cpu_time goes on where a 32-bit counter of soft interrupts wraps", () => {
  const before = 2 ** 32 - 6;
  const softirq = (sum: number, received: number): string =>
    REST.replace("softirq 550 10 20 30 40", `softirq ${sum} 10 20 30 ${received}`);
  const { stage: on, tree } = stage(stat({ 0: IDLE }, softirq(before + 510, before)));
  on.tick();
  tree.set(PATH, stat({ 0: IDLE }, softirq(514, 4)));
  on.tick();
  // From 6 before the wrap to 4 after it.
  assertEquals(on.rate("softirqs_net_rx"), 10);
  assertEquals(on.rate("softirqs"), 10);
});

Deno.test("cpu_time takes no fall for a wrap that its CPUs cannot have made in the time", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE }, REST.replace("1000", "4000000000")));
  on.tick();
  tree.set(PATH, stat({ 0: IDLE }, REST.replace("1000", "12")));
  on.tick();
  assertEquals(on.read("interrupts"), { absent: "not_yet" });
  on.tick();
  assertEquals(on.cell("interrupts"), 4e9);
});

Deno.test("cpu_time takes a sum that falls by more than 32 bits for a counter that began anew", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE }, REST.replace("1000", String(2 ** 40))));
  on.tick();
  tree.set(PATH, stat({ 0: IDLE }, REST.replace("1000", "5")));
  on.tick();
  on.tick();
  tree.set(PATH, stat({ 0: IDLE }, REST.replace("1000", "8")));
  on.tick();
  assertEquals(on.rate("interrupts"), 3);
  assertEquals(on.cell("interrupts"), 2 ** 40 + 3);
});

Deno.test("cpu_time says which line a stand-in for the kernel leaves out, and when it is there", () => {
  const short = REST.replace(/softirq.*\n/, "");
  const { stage: on, tree } = stage(stat({ 0: IDLE }, short));
  on.tick();
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(problem!.reason, "not_supported");
  assertStringIncludes(problem!.message, 'Cannot find counts of "softirq" in "/proc/stat"');
  assertEquals(on.read("softirqs_timer"), { absent: "not_supported", problem });
  assertEquals(on.rate("context_switches"), 0);
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick();
  assertEquals(on.problems(), []);
  assertEquals(on.cell("softirqs"), 550);
});

Deno.test("cpu_time moves the time of the boot when the clock is set", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE }));
  on.tick();
  assertEquals(on.snapshot.bootedAtMs, 1_795_190_280_000);
  tree.set(PATH, stat({ 0: IDLE }, REST.replace("btime 1795190280", "btime 1795200280")));
  on.tick();
  assertEquals(on.snapshot.bootedAtMs, 1_795_200_280_000);
});

Deno.test("cpu_time dates no boot where the clock stands before 1970 by what the kernel is up", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE }));
  on.tick();
  on.clock.wall = 600_000;
  // An hour before 1970, printed without a sign.
  tree.set(PATH, stat({ 0: IDLE }, REST.replace("btime 1795190280", "btime 18446744073709548016")));
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertStringIncludes(problem!.message, 'Cannot date the boot: found a "btime" in "/proc/stat"');
  assertEquals(on.read("boot_time_seconds"), { absent: "failed", problem });
  assertEquals(on.snapshot.bootedAtMs, undefined);
  assertEquals(snapshotJson(on.snapshot).host.booted_at, null);
  assertEquals(on.rate("context_switches"), 0);
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick();
  assertEquals(on.problems(), []);
});

Deno.test("cpu_time takes a 0 that no running kernel counts for no count", () => {
  const sandbox = "intr 0\nctxt 0\nprocesses 0\nprocs_running 0\nprocs_blocked 0\nsoftirq 0 0\n" +
    "btime 0\n";
  const { stage: on, tree } = stage(stat({ 0: IDLE }, sandbox));
  on.tick();
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertStringIncludes(
    problem!.message,
    '"intr", "ctxt", "processes", "procs_running", "procs_blocked", "softirq", "btime" in ' +
      '"/proc/stat"',
  );
  const metrics = [
    "context_switches",
    "forks",
    "tasks_running",
    "tasks_blocked",
    "boot_time_seconds",
  ];
  for (const metric of metrics) {
    assertEquals(on.read(metric), { absent: "not_supported", problem });
  }
  // Then it is as it was read at the start.
  assertEquals(on.snapshot.bootedAtMs, PROFILE.bootedAtMs);
  // Nobody may wait for I/O, as long as somebody is known to run.
  tree.set(PATH, stat({ 0: IDLE }, REST.replace("procs_blocked 1", "procs_blocked 0")));
  on.tick();
  assertEquals([on.cell("tasks_running"), on.cell("tasks_blocked")], [3, 0]);
  assertEquals(on.problems(), []);
});

for (
  const [what, text, found] of [
    ["is empty", "", 'found ""'],
    ["holds something else", "<html>", 'found "<html>"'],
    ["lacks a mode", "cpu0 1 2 3 4 5 6 7 8 9\n", 'found "cpu0 1 2 3 4 5 6 7 8 9"'],
    ["has a negative time", "cpu0 1 -2 3 4 5 6 7 8 9 10\n", "needs 10 numbers after the CPU"],
    ["has a CPU without a number", "cpux 1 2 3 4 5 6 7 8 9 10\n", "needs the number of a CPU"],
    ["counts in words", `cpu0 ${IDLE}\nctxt many\n`, 'found "ctxt many"'],
  ] as const
) {
  Deno.test(`cpu_time fails with what it found where the file ${what}`, () => {
    const { stage: on, tree } = stage(text);
    on.tick();
    const [problem] = on.problems();
    assertEquals(problem!.reason, "failed");
    assertStringIncludes(problem!.message, 'Cannot read "/proc/stat"');
    assertStringIncludes(problem!.message, found);
    assertEquals(tree.openFiles, 0);
  });
}

Deno.test("cpu_time says that the file is denied, and recovers", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE }));
  on.tick();
  tree.fail(PATH, ERRNO.EACCES);
  on.tick();
  assertEquals(on.cell("context_switches"), NaN);
  // The descriptor was open before, so reading it failed; opening it again is denied.
  on.tick(5000);
  assertEquals(on.problems()[0]!.reason, "denied");
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick(5000);
  assertEquals(on.problems(), []);
  assertEquals(on.cell("context_switches"), 5000);
});

Deno.test("cpu_time is exposed under node_exporter's names", () => {
  const exposed = [...METRICS.values()].filter(isColumn)
    .filter((entry) => entry.collector === "cpu_time" && entry.exposition !== undefined)
    .map(({ scope, exposition }) =>
      [scope, exposition!.name, ...Object.entries(exposition!.labels ?? {}).flat()].join(" ")
    );
  const cpu = (mode: string): string => `cpu node_cpu_seconds_total mode ${mode}`;
  const softirq = (vector: string): string => `host node_softirqs_total vector ${vector}`;
  assertEquals(exposed, [
    ...["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"].map(cpu),
    "cpu node_cpu_guest_seconds_total mode user",
    "cpu node_cpu_guest_seconds_total mode nice",
    "host node_context_switches_total",
    "host node_intr_total",
    "host node_forks_total",
    ...["hi", "timer", "net_tx", "net_rx", "block", "block_iopoll", "tasklet", "sched", "hrtimer"]
      .map(softirq),
    softirq("rcu"),
    "host node_procs_running",
    "host node_procs_blocked",
  ]);
});

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { cpuTime } from "../../../collectors/cpu_time.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

const PATH = "/proc/stat";
const IDLE = "0 0 0 100 0 0 0 0 0 0";

/** A `/proc/stat` of these CPUs. */
function stat(cpus: Readonly<Record<string, string>>): string {
  const lines = Object.entries(cpus).map(([number, modes]) => `cpu${number} ${modes}\n`);
  return `cpu  1 1 1 1 1 1 1 1 1 1\n${lines.join("")}`;
}

function stage(text: string): { stage: Stage; tree: TextTree } {
  const tree = new TextTree({ [PATH]: text });
  return { stage: new Stage([cpuTime], { tree }), tree };
}

Deno.test("cpu_time does not know what a CPU did while its number went to another one", () => {
  const { stage: on, tree } = stage(stat({ 0: "1000000 0 200000 90000000 0 0 0 0 0 0", 1: IDLE }));
  on.tick();
  tree.set(PATH, stat({ 0: "1000010 0 200002 90000088 0 0 0 0 0 0", 1: IDLE }));
  on.tick();
  assertAlmostEquals(on.rate("cpu_busy_ratio", "0"), 0.12, 1e-6);
  // lxcfs after the cpuset of its container moved: 40,000 s of user time more, 45,000 s of idle time less.
  tree.set(PATH, stat({ 0: "5000000 0 900000 85500000 0 0 0 0 0 0", 1: IDLE }));
  on.tick();
  assertEquals(on.read("cpu_user_seconds", "0"), { absent: "not_yet" });
  assertEquals(on.read("cpu_busy_ratio", "0"), { absent: "not_yet" });
  on.tick();
  tree.set(PATH, stat({ 0: "5000050 0 900000 85500050 0 0 0 0 0 0", 1: IDLE }));
  on.tick();
  assertAlmostEquals(on.rate("cpu_busy_ratio", "0"), 0.5);
  // Totals go on, without what nobody knows.
  assertAlmostEquals(on.cell("cpu_user_seconds", "0"), 10_000.6);
  // One that did less so far, by so little that it might be taken for a step back.
  tree.set(PATH, stat({ 0: "4990000 0 899000 85400000 0 0 0 0 0 0", 1: IDLE }));
  on.tick();
  on.tick();
  tree.set(PATH, stat({ 0: "4990100 0 899000 85400000 0 0 0 0 0 0", 1: IDLE }));
  on.tick();
  assertAlmostEquals(on.rate("cpu_user_seconds", "0"), 1);
});

Deno.test("cpu_time believes steps of 10 ms in short intervals, and what was late", () => {
  const { stage: on, tree } = stage(stat({ 0: "0 0 0 0 0 0 0 0 0 0" }));
  on.intervalMs = 50;
  on.tick();
  for (let ticks = 6; ticks < 60; ticks += 6) {
    tree.set(PATH, stat({ 0: `${ticks} 0 0 0 0 0 0 0 0 0` }));
    on.tick();
    assertAlmostEquals(on.rate("cpu_user_seconds", "0"), 1.2);
  }
  // A second at once: the tick was a second late, and so is its time.
  tree.set(PATH, stat({ 0: "154 0 0 0 0 0 0 0 0 0" }));
  on.tick(1000);
  assertAlmostEquals(on.rate("cpu_user_seconds", "0"), 1);
});

Deno.test("cpu_time lets idle and iowait step back, and other times by less than a second", () => {
  const { stage: on, tree } = stage(stat({ 0: "9000 0 8000 7000 6000 0 0 0 0 0" }));
  on.tick();
  tree.set(PATH, stat({ 0: "8950 0 7950 6000 5950 0 0 0 0 0" }));
  on.tick();
  assertEquals(on.rate("cpu_user_seconds", "0"), 0);
  assertEquals(on.rate("cpu_iowait_seconds", "0"), 0);
  // Idle time began anew.
  assertEquals(on.read("cpu_idle_seconds", "0"), { absent: "not_yet" });
});

Deno.test("cpu_time knows what a CPU did whose small time of waiting stepped back below half", () => {
  const { stage: on, tree } = stage(stat({ 0: "0 0 0 1000 3 0 0 0 0 0" }));
  on.tick();
  tree.set(PATH, stat({ 0: "50 0 0 1052 1 0 0 0 0 0" }));
  on.tick();
  assertEquals(on.rate("cpu_iowait_seconds", "0"), 0);
  assertAlmostEquals(on.rate("cpu_busy_ratio", "0"), 50 / 102);
  tree.set(PATH, stat({ 0: "100 0 0 1100 3 0 0 0 0 0" }));
  on.tick();
  assertEquals(on.rate("cpu_iowait_seconds", "0"), 0);
  tree.set(PATH, stat({ 0: "150 0 0 1140 13 0 0 0 0 0" }));
  on.tick();
  assertAlmostEquals(on.rate("cpu_iowait_seconds", "0"), 0.1);
});

Deno.test("cpu_time takes a CPU that comes back as it is, whatever it counted meanwhile", () => {
  const { stage: on, tree } = stage(stat({ 0: IDLE, 1: IDLE }));
  on.tick();
  tree.set(PATH, stat({ 0: IDLE }));
  on.tick();
  tree.set(PATH, stat({ 0: IDLE, 1: "0 0 0 90000 0 0 0 0 0 0" }));
  on.tick();
  assertEquals(on.cell("cpu_idle_seconds", "1"), 900);
  tree.set(PATH, stat({ 0: IDLE, 1: "0 0 0 90100 0 0 0 0 0 0" }));
  on.tick();
  assertEquals(on.rate("cpu_idle_seconds", "1"), 1);
});

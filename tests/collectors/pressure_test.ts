import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { pressure } from "../../collectors/pressure.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const DIRECTORY = "/proc/pressure";

function lines(total: number): string {
  return `some avg10=4.12 avg60=3.88 avg300=100.00 total=${total}\n` +
    `full avg10=0.50 avg60=0.00 avg300=0.02 total=${total / 2}\n`;
}

const FILES = {
  [`${DIRECTORY}/cpu`]: lines(4_000_000),
  [`${DIRECTORY}/memory`]: lines(2_000_000),
  [`${DIRECTORY}/io`]: lines(8_000_000),
  [`${DIRECTORY}/irq`]: "full avg10=0.31 avg60=0.28 avg300=0.25 total=402110\n",
};

function stage(files: Readonly<Record<string, string>>): { stage: Stage; tree: TextTree } {
  const tree = new TextTree(files);
  return { stage: new Stage([pressure], { tree }), tree };
}

Deno.test("pressure shows each line that means something, averages as shares of one", () => {
  const { stage: on } = stage(FILES);
  on.tick();
  assertEquals(on.names("pressure"), [
    "CPU",
    "Memory",
    "Memory, all",
    "I/O",
    "I/O, all",
    "Interrupts, all",
  ]);
  assertAlmostEquals(on.cell("pressure_10s_ratio", "CPU"), 0.0412);
  assertAlmostEquals(on.cell("pressure_60s_ratio", "CPU"), 0.0388);
  assertEquals(on.cell("pressure_300s_ratio", "CPU"), 1);
  assertAlmostEquals(on.cell("pressure_10s_ratio", "Memory, all"), 0.005);
  assertAlmostEquals(on.cell("pressure_300s_ratio", "Interrupts, all"), 0.0025);
  assertEquals(on.problems(), []);
});

Deno.test("pressure counts totals of microseconds in seconds", () => {
  const { stage: on, tree } = stage(FILES);
  on.tick();
  assertEquals(on.cell("pressure_cpu_waiting_seconds"), 4);
  assertEquals(on.cell("pressure_memory_stalled_seconds"), 1);
  assertEquals(on.cell("pressure_irq_stalled_seconds"), 0.40211);
  // Half a second more of 2 s: a quarter of the time; the line "full" half of that.
  tree.set(`${DIRECTORY}/io`, lines(8_500_000));
  on.tick(2000);
  assertEquals(on.rate("pressure_io_waiting_seconds"), 0.25);
  assertEquals(on.rate("pressure_io_stalled_seconds"), 0.125);
  assertEquals(on.rate("pressure_cpu_waiting_seconds"), 0);
});

Deno.test("pressure does without interrupts on a kernel that has none, and says so", () => {
  const { [`${DIRECTORY}/irq`]: _, ...files } = FILES;
  const { stage: on } = stage(files);
  on.tick();
  assertEquals(on.names("pressure").length, 5);
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(problem!.reason, "not_supported");
  assertEquals(problem!.metrics, ["pressure_irq_stalled_seconds"]);
  assertStringIncludes(problem!.message, "needs Linux 6.1 or newer");
  assertEquals(on.read("pressure_irq_stalled_seconds"), { absent: "not_supported", problem });
});

Deno.test("pressure says how a kernel is told to keep it, where it keeps none", () => {
  const { stage: on } = stage({});
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(problem!.reason, "not_supported");
  assertStringIncludes(problem!.message, 'Cannot open "/proc/pressure/cpu": ENOENT');
  assertStringIncludes(problem!.remedy!, "psi=1");
});

Deno.test("pressure says the same where reading is refused because of psi=0", () => {
  const { stage: on, tree } = stage(FILES);
  for (const path of Object.keys(FILES)) tree.fail(path, ERRNO.EOPNOTSUPP);
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(problem!.reason, "not_supported");
  assertStringIncludes(problem!.message, "EOPNOTSUPP");
  assertStringIncludes(problem!.remedy!, "psi=1");
  assertEquals(tree.openFiles, 0);
});

Deno.test("pressure writes nothing of a file that breaks off, and finds it whole again", () => {
  const { stage: on, tree } = stage(FILES);
  on.tick();
  const path = `${DIRECTORY}/memory`;
  tree.set(path, "some avg10=9.00 avg60=9.00 avg300=9.00 total=9000000\nfull avg10=0.5");
  on.tick();
  assertEquals(on.names("pressure").includes("Memory"), false);
  assertEquals(on.cell("pressure_memory_waiting_seconds"), NaN);
  assertEquals(on.rate("pressure_io_waiting_seconds"), 0);
  assertEquals(on.problems()[0]!.reason, "failed");
  tree.set(path, lines(2_000_000));
  on.tick(5000);
  assertEquals(on.cell("pressure_memory_waiting_seconds"), 2);
  assertEquals(on.names("pressure").includes("Memory, all"), true);
  assertEquals(on.problems(), []);
});

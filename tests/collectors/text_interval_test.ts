import { assertAlmostEquals, assertEquals } from "@std/assert";
import { TEXT_INTERVAL_MS_LEAST } from "../../collectors/collector.ts";
import { cpuTime } from "../../collectors/cpu_time.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const INTERVAL_MS = 10;

/** A CPU that is busy every other hundredth of a second, after so many of them. */
function stat(ticks: number): string {
  const busy = ticks >> 1;
  const cpu = `${busy} 0 0 ${ticks - busy} 0 0 0 0 0 0`;
  return [
    `cpu  ${cpu}`,
    `cpu0 ${cpu}`,
    `intr ${10 * ticks} 0`,
    `ctxt ${20 * ticks}`,
    "btime 1795190280",
    `processes ${ticks}`,
    "procs_running 1",
    "procs_blocked 0",
    `softirq ${ticks} ${ticks} 0 0 0 0 0 0 0 0 0`,
    "",
  ].join("\n");
}

/** Totals of context switches after each of so many ticks of the finest interval. */
function run(stage: Stage, tree: TextTree, ticks: number): number[] {
  const totals: number[] = [];
  for (let tick = 1; tick <= ticks; tick++) {
    tree.set("/proc/stat", stat(tick));
    stage.tick();
    totals.push(stage.cell("context_switches"));
  }
  return totals;
}

Deno.test("text is read every 50 ms at the finest interval, and its rates are exact", () => {
  const tree = new TextTree({ "/proc/stat": stat(0) });
  const stage = new Stage([cpuTime], { tree });
  stage.intervalMs = INTERVAL_MS;
  const totals = run(stage, tree, 300);
  assertEquals(new Set(totals.slice(100, 200)).size, 100 * INTERVAL_MS / TEXT_INTERVAL_MS_LEAST);
  for (const [metric, rate] of [["cpu_busy_ratio", 0.5], ["context_switches", 2000]] as const) {
    const reading = stage.read(metric);
    if (!isMeasured(reading)) throw new Error(`${metric} is ${reading.absent}`);
    assertAlmostEquals(reading.value, rate, 0.02 * rate);
    assertEquals([reading.grade, reading.mixed], ["exact", undefined]);
  }
});

Deno.test("text is read at every tick of 50 ms and more", () => {
  const tree = new TextTree({ "/proc/stat": stat(0) });
  const stage = new Stage([cpuTime], { tree });
  stage.intervalMs = TEXT_INTERVAL_MS_LEAST;
  assertEquals(new Set(run(stage, tree, 40)).size, 40);
});

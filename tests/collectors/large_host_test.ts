/** As many CPUs and events as a large server has: planned, opened and read on a kernel of counters only. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { coreCounters } from "../../collectors/core_counters.ts";
import type { CollectorSpec } from "../../collectors/collector.ts";
import { ONE_PMU } from "../fakes/core_bench.ts";
import { CorePath, synthetic } from "../fakes/core_path.ts";
import { ENABLED_NS, LeanCounters, STEP } from "../fakes/lean_counters.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const CPUS = Array.from({ length: 256 }, (_, cpu) => cpu);
const EVENTS = 40;
const COUNTERS = 4;

Deno.test("256 CPUs count 40 events in 10 groups each, and every total is right", () => {
  const kernel = new LeanCounters(COUNTERS);
  const path = new CorePath({
    kernel,
    cpus: CPUS,
    bundles: synthetic(EVENTS),
    fits: (events) => events.length <= COUNTERS,
  });
  assertEquals(path.plan.groups.map((group) => group.length), Array(10).fill(4));
  assertEquals(kernel.openEvents, 256 * 40);
  // Each group is read once when it begins.
  assertEquals(kernel.reads, 256 * 10);
  for (let i = 0; i < 3; i++) path.tick();
  assertEquals(kernel.reads, 256 * 10 * 4);
  for (const cpu of [0, 1, 128, 255]) {
    for (const term of [0, 17, 39]) {
      // Counted for half of the time, so twice as many: 2 x (1000 + cpu) a reading.
      const [count, enabled, running] = path.totals(term, cpu);
      assertEquals(count, 3 * 2 * (STEP + cpu), `term ${term} of cpu ${cpu}`);
      assertAlmostEquals(enabled!, 3 * ENABLED_NS / 1e9);
      assertAlmostEquals(running!, 3 * ENABLED_NS / 2e9);
    }
  }
  path.close();
  assertEquals(kernel.openEvents, 0);
});

/** Owns the scope `cpu`, as the collector of CPU times does. */
const owner: CollectorSpec = {
  id: "cpu_time",
  minIntervalMs: 0,
  open: (site) => {
    const instances = site.instances("cpu");
    instances.begin();
    for (const cpu of CPUS) instances.claim(String(cpu));
    instances.end();
    return { read: () => {}, close: () => {} };
  },
};

Deno.test("coreCounters counts 256 CPUs: each its own, the host the sum", () => {
  const kernel = new LeanCounters(COUNTERS);
  const stage = new Stage([owner, coreCounters], {
    tree: new TextTree(ONE_PMU),
    kernel,
    profile: { cpuVendor: "intel", cpuFamily: 6, cpuModelNumber: 0x55, onlineCpus: CPUS },
  });
  for (let i = 0; i < 3; i++) stage.tick();
  const each = kernel.openEvents / CPUS.length;
  assert(Number.isInteger(each) && each >= 16, `${each} events on each CPU`);
  assertEquals(stage.rate("cpu_cycles", "0"), 2 * STEP);
  assertEquals(stage.rate("cpu_cycles", "255"), 2 * (STEP + 255));
  // 256 x 1000, and 0 + 1 + ... + 255 = 32640; for half of the time.
  assertEquals(stage.rate("cpu_cycles"), 2 * (256_000 + 32_640));
  assertEquals(stage.rate("instructions_per_cycle"), 1);
  const { name } = stage.snapshot.instances("cpu")[255]!;
  assertEquals(name, "255");
  stage.engine.close();
  assertEquals(kernel.openEvents, 0);
});

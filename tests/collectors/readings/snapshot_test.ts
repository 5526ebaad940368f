import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type CollectorSpec, HOST_SLOT } from "../../../collectors/collector.ts";
import { timeEnabledOf, timeRunningOf } from "../../../collectors/catalogue/counted.ts";
import { exact, type Problem } from "../../../collectors/trust.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { HandFilled } from "../../views/hand_filled.ts";
import { cpus, type Totals } from "../known_counter.ts";

const tree = new TextTree();

function gauge(value: { now: number }): CollectorSpec {
  return {
    id: "load",
    minIntervalMs: 0,
    open: (site) => {
      const column = site.column("load_1m");
      return { read: (row) => row.gauge(column, HOST_SLOT, value.now), close: () => {} };
    },
  };
}

Deno.test("Snapshot.read shows no rate before the second reading, and says why", () => {
  const stage = new Stage([cpus([5, 6])], { tree });
  stage.tick();
  assertEquals(stage.read("cpu_user_seconds", "0"), { absent: "not_yet" });
  assertEquals(stage.read("cpu_user_seconds"), { absent: "not_yet" });
});

Deno.test("Snapshot.read divides by the time that passed, not by the interval", () => {
  const totals: Totals = [0, 0];
  const stage = new Stage([cpus(totals)], { tree });
  stage.tick();
  totals[0] = 3;
  stage.tick(1500);
  assertEquals(stage.rate("cpu_user_seconds", "0"), 2);
});

Deno.test("Snapshot.read sums over instances for the host", () => {
  const totals: Totals = [10, 20];
  const stage = new Stage([cpus(totals)], { tree });
  stage.tick();
  totals[0] = 11;
  totals[1] = 24;
  stage.tick();
  assertEquals(stage.read("cpu_user_seconds"), { value: 5, coverage: 1, grade: "exact" });
});

Deno.test("Snapshot.read says of a sum that it lacks an instance", () => {
  const totals: Totals = [10, 20];
  const stage = new Stage([cpus(totals)], { tree });
  stage.tick();
  stage.tick();
  totals[0] = 13;
  totals[1] = undefined;
  stage.tick();
  assertEquals(stage.read("cpu_user_seconds"), {
    value: 3,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 1, present: 2 },
  });
});

Deno.test("Snapshot.read never copies a host's value down to an instance", () => {
  const stage = new Stage([gauge({ now: 3 }), cpus([1])], { tree });
  stage.tick();
  assertEquals(stage.read("load_1m", "host"), { absent: "coarser_only" });
});

Deno.test("Snapshot.read gives a slow collector the older row that it needs", () => {
  const totals: Totals = [0];
  const stage = new Stage([cpus(totals, 5000)], { tree });
  stage.tick();
  for (let tick = 0; tick < 5; tick++) {
    totals[0]! += 2;
    stage.tick();
  }
  // Read at the first tick and five seconds later, 10 apart.
  assertEquals(stage.rate("cpu_user_seconds", "0"), 2);
  totals[0]! += 100;
  stage.tick();
  // Not read again yet: the window stays the one of its last two readings.
  assertEquals(stage.rate("cpu_user_seconds", "0"), 2);
  assertEquals(stage.snapshot.elapsedSeconds("cpu_time"), 5);
});

Deno.test("Snapshot.read looks a second back at a fine interval", () => {
  const totals: Totals = [0];
  const stage = new Stage([cpus(totals)], { tree });
  stage.intervalMs = 10;
  for (let tick = 0; tick < 250; tick++) {
    // 1 a tick, but nothing in the newest half second.
    if (tick < 200) totals[0]! += 1;
    stage.tick();
  }
  assertAlmostEquals(stage.snapshot.elapsedSeconds("cpu_time"), 1, 0.0051);
  assertAlmostEquals(stage.rate("cpu_user_seconds", "0"), 50, 0.6);
});

Deno.test("Snapshot.read holds through a wall clock that jumps", () => {
  const totals: Totals = [0];
  const stage = new Stage([cpus(totals)], { tree });
  stage.tick();
  stage.clock.wall -= 86_400_000;
  totals[0] = 4;
  stage.tick();
  assertEquals(stage.rate("cpu_user_seconds", "0"), 4);
});

Deno.test("Snapshot.read calls a value implausible when it stays outside its band", () => {
  const hertz = { now: 3e9 };
  const frequency: CollectorSpec = {
    id: "frequency",
    minIntervalMs: 0,
    open: (site) => {
      const column = site.column("cpu_frequency_hertz");
      const slot = site.instances("cpu").claim("0");
      return { read: (row) => row.gauge(column, slot, hertz.now), close: () => {} };
    },
  };
  const stage = new Stage([frequency], { tree });
  stage.tick();
  stage.tick();
  // No CPU runs at 50 GHz; the first time may be a hiccup.
  hertz.now = 50e9;
  stage.tick();
  assertEquals(stage.read("cpu_frequency_hertz", "0"), exact(50e9));
  stage.tick();
  assertEquals(stage.read("cpu_frequency_hertz", "0"), {
    ...exact(50e9),
    grade: "implausible",
    doubt: { rule: "most", metric: "cpu_frequency_hertz", value: 50e9, bound: 10e9 },
  });
});

Deno.test("Snapshot.cursor names the run of the service and the tick", () => {
  const stage = new Stage([cpus([1])], { tree });
  stage.tick();
  stage.tick();
  assertEquals(stage.snapshot.cursor, "stageboot-2");
});

Deno.test("Snapshot.read keeps to the rows it was made of when columns move", () => {
  const totals: Totals = [0];
  const stage = new Stage([cpus(totals)], { tree });
  stage.tick();
  totals[0] = 3;
  stage.tick();
  const held = stage.snapshot;
  const width = stage.engine.layout.width;
  for (let n = 1; n < 40; n++) totals.push(n * 1000);
  stage.tick();
  assert(stage.engine.layout.width > width);
  assertEquals(held.read("cpu_user_seconds", "0"), exact(3));
});

Deno.test("Snapshot.read tells of a part what its host lacks, and only then that it has no parts", () => {
  const problem: Problem = {
    key: "peak",
    collector: "memory_bandwidth",
    reason: "not_supported",
    message: "Cannot tell the peak",
    metrics: ["memory_peak_bytes_per_second", "memory_host_peak_bytes_per_second"],
  };
  const names = ["0/a", "1/b"];
  const at = (second: number, peak?: number) => ({
    ...Object.fromEntries(
      names.flatMap((name) =>
        ["memory_read_bytes", "memory_write_bytes"].flatMap((id) => [
          [`${id}{${name}}`, 1e9 * second],
          [`${timeEnabledOf(id)}{${name}}`, second],
          [`${timeRunningOf(id)}{${name}}`, second],
        ])
      ),
    ),
    ...(peak === undefined ? {} : { "memory_host_peak_bytes_per_second{host}": peak }),
  });
  const groups = { "0/a": { socket: "0" }, "1/b": { socket: "1" } };
  const ratio = "memory_peak_ratio";
  const lacking = new HandFilled([at(1), at(2), at(3)], { groups, problems: [problem] }).snapshot;
  assertEquals(lacking.read(ratio), { absent: "not_supported", problem: lacking.problems[0]! });
  assertEquals(lacking.read(ratio, "1/b"), lacking.read(ratio));
  assertEquals(lacking.readGroup(ratio, "socket", "0"), lacking.read(ratio));
  const whole = new HandFilled([at(1, 1e10), at(2, 1e10), at(3, 1e10)], { groups }).snapshot;
  assertEquals(whole.read(ratio), exact(0.4));
  assertEquals(whole.read(ratio, "1/b"), { absent: "coarser_only" });
  assertEquals(whole.readGroup(ratio, "socket", "0"), { absent: "coarser_only" });
});

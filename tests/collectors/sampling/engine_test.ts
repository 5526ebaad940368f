import { assert, assertEquals } from "@std/assert";
import {
  CollectorError,
  type CollectorSpec,
  HOST_SLOT,
  IGNORED,
  type Reader,
  type Site,
} from "../../../collectors/collector.ts";
import { isMeasured, type Problem } from "../../../collectors/trust.ts";
import { SCOPES } from "../../../collectors/catalogue.ts";
import { COLLECTORS, metricIndex, NO_COLUMNS } from "../../../collectors/sampling/layout.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { HandCounted, source } from "../readings/hand_counted.ts";

const tree = new TextTree();

/** Stands in for collector `load`: a gauge that the test sets, or an error that it throws. */
class Gauge {
  value = 1;
  error: Error | null = null;
  opened = 0;
  closed = 0;
  reads = 0;

  spec(options: Partial<CollectorSpec> = {}): CollectorSpec {
    return {
      id: "load",
      minIntervalMs: 0,
      open: (site) => {
        this.opened++;
        const column = site.column("load_1m");
        return {
          read: (row) => {
            this.reads++;
            if (this.error !== null) throw this.error;
            row.gauge(column, HOST_SLOT, this.value);
          },
          close: () => void this.closed++,
        };
      },
      ...options,
    };
  }
}

/** Stands in for collector `cpu_time`: one counter for each CPU that the test names. */
class Counters {
  readonly totals = new Map<string, number>();

  readonly spec: CollectorSpec = {
    id: "cpu_time",
    minIntervalMs: 0,
    open: (site) => this.#reader(site),
  };

  #reader(site: Site): Reader {
    const column = site.column("cpu_user_seconds");
    const cpus = site.instances("cpu");
    return {
      read: (row) => {
        cpus.begin();
        for (const [name, total] of this.totals) {
          const slot = cpus.claim(name);
          if (slot !== IGNORED) row.count(column, slot, total);
        }
        cpus.end();
      },
      close: () => {},
    };
  }
}

Deno.test("Engine lets a collector that throws cost itself only, and takes it back", () => {
  const gauge = new Gauge();
  const counters = new Counters();
  counters.totals.set("0", 10);
  const stage = new Stage([gauge.spec(), counters.spec], { tree });
  stage.tick();
  assertEquals(stage.rate("load_1m"), 1);

  gauge.error = new CollectorError("denied", "Cannot read it: EACCES, needs root", "sudo");
  stage.tick();
  assertEquals(stage.cell("load_1m"), NaN);
  assertEquals(stage.read("load_1m"), {
    absent: "denied",
    problem: {
      key: "failed",
      collector: "load",
      reason: "denied",
      message: "Cannot read it: EACCES, needs root",
      remedy: "sudo",
    },
  });
  assertEquals(stage.rate("cpu_user_seconds", "0"), 0);
  assertEquals(stage.read("collector_success", "load"), { value: 0, coverage: 1, grade: "exact" });
  assertEquals([gauge.opened, gauge.closed], [1, 1]);

  gauge.error = null;
  gauge.value = 7;
  for (let tick = 0; tick < 5; tick++) stage.tick();
  assertEquals(stage.rate("load_1m"), 7);
  assertEquals(stage.problems(), []);
  assertEquals(stage.rate("collector_success", "load"), 1);
  assertEquals(gauge.opened, 2);
});

Deno.test("Engine takes a cause anew when it costs others, whatever else of it is the same", () => {
  let cause: Omit<Problem, "collector"> = {
    key: "one",
    reason: "denied",
    message: "Cannot open it: EACCES",
    metrics: ["cpu_user_seconds"],
    instances: ["0"],
  };
  const spec: CollectorSpec = {
    id: "cpu_time",
    minIntervalMs: 0,
    open: (site) => ({ read: () => site.report(cause), close: () => {} }),
  };
  const stage = new Stage([spec], { tree });
  stage.tick();
  const changes: Partial<Problem>[] = [
    { instances: ["1"] },
    { instances: ["1", "2"] },
    { metrics: ["cpu_user_seconds", "cpu_system_seconds"] },
    { instances: undefined },
    { instance: "2" },
    { remedy: "Run as root" },
  ];
  for (const change of changes) {
    const version = stage.engine.problemsVersion;
    cause = { ...cause, ...change };
    stage.tick();
    assertEquals(stage.problems(), [{ ...cause, collector: "cpu_time" }]);
    assertEquals(stage.engine.problemsVersion, version + 1);
    // The same once more, in arrays of its own.
    cause = structuredClone(cause);
    stage.tick();
    assertEquals(stage.engine.problemsVersion, version + 1);
  }
});

Deno.test("Engine takes what a machine lacks for no failure of the collector", () => {
  const gauge = new Gauge();
  gauge.error = new CollectorError("not_supported", "Cannot find a sensor");
  const stage = new Stage([gauge.spec()], { tree });
  stage.tick();
  assertEquals(stage.cell("collector_success", "load"), NaN);
  assertEquals(stage.problems().map(({ reason }) => reason), ["not_supported"]);
});

Deno.test("Engine says what an unexpected error said, and that it failed", () => {
  const gauge = new Gauge();
  gauge.error = new TypeError("x is not a function");
  const stage = new Stage([gauge.spec()], { tree });
  stage.tick();
  const reading = stage.read("load_1m");
  assert(!isMeasured(reading));
  assertEquals([reading.absent, reading.problem?.message], ["failed", "x is not a function"]);
});

Deno.test("Engine keeps a counter's total through a failure, so that no increase is lost", () => {
  const counters = new Counters();
  counters.totals.set("0", 1000);
  let broken = false;
  const spec: CollectorSpec = {
    ...counters.spec,
    open: (site) => {
      const inner = counters.spec.open(site);
      return {
        read: (row, tick) => {
          if (broken) throw new Error("gone for now");
          inner.read(row, tick);
        },
        close: () => {},
      };
    },
  };
  const stage = new Stage([spec], { tree });
  stage.tick();
  stage.tick();
  broken = true;
  for (let tick = 0; tick < 3; tick++) stage.tick();
  assertEquals(stage.cell("cpu_user_seconds", "0"), NaN);
  broken = false;
  counters.totals.set("0", 1600);
  for (let tick = 0; tick < 3; tick++) stage.tick();
  assertEquals(stage.cell("cpu_user_seconds", "0"), 1600);
  // 600 more over the six seconds since the last good reading.
  assertEquals(stage.rate("cpu_user_seconds", "0"), 100);
});

Deno.test("Engine reads a collector no more often than is worth it", () => {
  const gauge = new Gauge();
  const stage = new Stage([gauge.spec({ minIntervalMs: 1000 })], { tree });
  stage.intervalMs = 100;
  for (let tick = 0; tick < 31; tick++) stage.tick();
  assertEquals(gauge.reads, 4);
  assertEquals(stage.rate("load_1m"), 1);
});

Deno.test("Engine reads a watched collector only while somebody looks, and says so", () => {
  const gauge = new Gauge();
  const stage = new Stage([gauge.spec({ watchedOnly: true })], { tree, watched: false });
  stage.tick();
  const reading = stage.read("load_1m");
  assert(!isMeasured(reading));
  assertEquals([reading.absent, gauge.reads, gauge.opened], ["not_watched", 0, 0]);
  stage.watched = true;
  stage.tick();
  assertEquals([stage.rate("load_1m"), stage.problems().length], [1, 0]);
  stage.watched = false;
  stage.tick();
  assertEquals([stage.cell("load_1m"), gauge.closed], [NaN, 1]);
});

Deno.test("Engine counts ticks, missed deadlines and lateness", () => {
  const stage = new Stage([], { tree });
  stage.tick();
  stage.clock.advance(250);
  const due = {
    deadlineMs: stage.clock.monotonicMs() - 40,
    intervalMs: 1000,
    missed: 3,
    watched: false,
  };
  stage.engine.read(due);
  stage.engine.publish(due);
  assertEquals(stage.cell("tick_total"), 2);
  assertEquals(stage.cell("tick_missed"), 3);
  assertEquals(stage.cell("tick_lateness_seconds"), 0.04);
});

Deno.test("Engine gives instances that come columns of their own, and keeps the past of the others", () => {
  const counters = new Counters();
  counters.totals.set("0", 0);
  const stage = new Stage([counters.spec], { tree });
  stage.tick();
  const width = stage.engine.layout.width;
  // A hundred come and go, each for two ticks, while CPU 0 counts 3 a second.
  for (let n = 1; n <= 100; n++) {
    counters.totals.set(`c${n}`, 1000 * n);
    for (let tick = 0; tick < 2; tick++) {
      counters.totals.set("0", counters.totals.get("0")! + 3);
      counters.totals.set(`c${n}`, counters.totals.get(`c${n}`)! + n);
      stage.tick();
    }
    assertEquals(stage.rate("cpu_user_seconds", `c${n}`), n);
    counters.totals.delete(`c${n}`);
  }
  stage.tick();
  assert(stage.engine.layout.width > width, "a hundred instances fitted into the spare columns");
  assertEquals(stage.names("cpu"), ["0"]);

  const series = stage.feed.series.read(
    [
      { metric: "cpu_user_seconds", instance: "0" },
      { metric: "cpu_user_seconds", instance: "c7" },
    ],
    0,
    900_000,
  );
  const [first, seventh] = series.values;
  // The ticks are spanned, but for those of the last coarse step. The first point has no row before it; the last tick did not count on.
  assert(series.seconds.at(-1)! - series.seconds[0]! >= 196);
  assert(first!.length > 100);
  assertEquals(first!.slice(1, -1).filter((value) => value !== 3), []);
  // c7 was there for two ticks, which is one rate.
  assertEquals(seventh!.filter((value) => value !== null), [7]);
});

Deno.test("Engine gives a name that comes back its old slot and its total", () => {
  const counters = new Counters();
  counters.totals.set("0", 0).set("1", 500);
  const stage = new Stage([counters.spec], { tree });
  stage.tick();
  counters.totals.delete("1");
  stage.tick();
  assertEquals(stage.read("cpu_user_seconds", "1"), { absent: "gone" });
  counters.totals.set("1", 600);
  stage.tick();
  assertEquals(stage.cell("cpu_user_seconds", "1"), 600);
  assertEquals(stage.names("cpu"), ["0", "1"]);
});

Deno.test("Engine takes in as many instances as a scope may have, and says which it does not", () => {
  const counters = new Counters();
  for (let n = 0; n < 1025; n++) counters.totals.set(String(n), n);
  const stage = new Stage([counters.spec], { tree });
  stage.tick();
  assertEquals(stage.names("cpu").length, 1024);
  assertEquals(stage.problems().map((problem) => problem.message), [
    'Cannot take in cpu "1024": 1024 are shown already, and that is the most',
  ]);
});

Deno.test("Engine gives a dormant metric columns when its collector opens for the first time, and keeps the past", () => {
  const core = new HandCounted("core_counters");
  const counters = new Counters();
  counters.totals.set("0", 0);
  core.refused = new CollectorError("denied", "Cannot open it: EACCES");
  core.rises = { 0: { cpu_cycles: [100, 1, 1] } };
  const stage = new Stage([counters.spec, core.spec], { tree });
  const base = (): number => stage.engine.layout.bases[metricIndex("cpu_cycles")]!;
  const sleeping = stage.engine.layout.width;
  for (let tick = 0; tick < 3; tick++) {
    stage.tick();
    counters.totals.set("0", counters.totals.get("0")! + 3);
  }
  assertEquals([base(), stage.engine.layout.width], [NO_COLUMNS, sleeping]);
  const reading = stage.read("cpu_cycles", "0");
  assert(!isMeasured(reading));
  assertEquals([reading.absent, reading.problem?.message], ["denied", "Cannot open it: EACCES"]);
  assertEquals(stage.read("cpu_cycles"), reading);
  assertEquals(stage.read("instructions_per_cycle", "0"), reading);
  assertEquals(stage.cell("cpu_cycles", "0"), NaN);

  core.refused = null;
  stage.tick(5000);
  assert(base() > 0, "it has no columns");
  assert(stage.engine.layout.width > sleeping, "the row is no wider");
  assertEquals(stage.read("cpu_cycles", "0"), { absent: "not_yet" });
  counters.totals.set("0", counters.totals.get("0")! + 3);
  stage.tick();
  assertEquals([stage.rate("cpu_cycles", "0"), stage.rate("cpu_user_seconds", "0")], [100, 3]);
  const chart = stage.feed.series.read(
    [{ metric: "cpu_user_seconds", instance: "0" }, { metric: "cpu_cycles", instance: "0" }],
    0,
    60_000,
  );
  // The rows from before are there, in their new columns; five seconds went by without a tick.
  assertEquals(chart.values, [[null, 3, 3, null, 3], [null, null, null, null, 100]]);

  // Once it had columns it keeps them.
  const awake = stage.engine.layout.width;
  core.refused = new CollectorError("denied", "Cannot open it: EACCES");
  core.rises = { 0: { load_1m: [1, 1, 1] } };
  stage.tick();
  assertEquals([stage.cell("cpu_cycles", "0"), stage.engine.layout.width], [NaN, awake]);
});

Deno.test("Engine has no column for what sleeps, however many instances come and go", () => {
  const counters = new Counters();
  const stage = new Stage([counters.spec], { tree });
  for (let n = 0; n < 300; n++) {
    counters.totals.clear();
    counters.totals.set(String(n), n);
    stage.tick();
  }
  const { bases, width } = stage.engine.layout;
  assertEquals(bases[metricIndex("cpu_cycles")], NO_COLUMNS);
  const used = bases.filter((base) => base !== NO_COLUMNS);
  assert(used.every((base) => base > COLLECTORS.length && base < width), "a block aliases another");
  assertEquals(new Set(used).size, used.length);
  assert(SCOPES.has("l3_domain"), "its scope is not in the catalogue");
  assertEquals(stage.read("l3_misses"), { absent: "not_supported" });
});

Deno.test("Engine tells where counts come from while their collector is open", () => {
  const core = new HandCounted("core_counters");
  const l3 = new HandCounted("l3_counters", "l3_domain");
  core.rises = { 0: { cpu_cycles: [100, 1, 1] } };
  core.sources = [source("cpu_cycles", 1, ["0"])];
  l3.rises = { 0: { l3_misses: [100, 1, 1] } };
  l3.sources = [source("l3_misses", 1, ["0"], { pmu: "amd_l3" })];
  const stage = new Stage([core.spec, l3.spec], { tree });
  stage.tick();
  const told = stage.engine.sources;
  assertEquals(told, [...core.sources, ...l3.sources]);
  stage.tick();
  // The same array while nothing is new: readers are told by it.
  assert(stage.engine.sources === told, "it was made anew");
  core.rises = { 0: { load_1m: [1, 1, 1] } };
  stage.tick();
  assertEquals(stage.engine.sources, l3.sources);
  assertEquals(stage.snapshot.sources("cpu_cycles"), []);
});

Deno.test("Engine lets a collector tell of its own metrics only", () => {
  const core = new HandCounted("core_counters");
  core.sources = [source("load_1m", 1, ["0"])];
  const stage = new Stage([core.spec], { tree });
  stage.tick();
  assertEquals(stage.problems().map(({ message }) => message), [
    'Cannot find column of metric "load_1m": collector "core_counters" has none of that id',
  ]);
});

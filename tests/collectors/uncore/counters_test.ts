import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import type { CollectorSpec } from "../../../collectors/collector.ts";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import type { PmuEvent } from "../../../collectors/pmu/pmu_event.ts";
import { isMeasured, type Problem } from "../../../collectors/trust.ts";
import {
  type UncoreBox,
  UncoreCounters,
  type UncoreOptions,
  type UncoreTerm,
} from "../../../collectors/uncore/counters.ts";
import { CoreBench } from "../../fakes/core_bench.ts";

const TYPE = 40;
const METRICS = ["l3_references", "l3_misses"];
/** Of every event, in a millisecond on CPU 0; CPU n counts n + 1 times as fast. */
const PER_MS = 1000;

/** One event of each metric: 1 and 2. */
const PLAIN: readonly UncoreTerm[] = [sum("l3_references", [1]), sum("l3_misses", [2])];

function sum(metric: string, configs: readonly number[]): UncoreTerm {
  const events = configs.map((config): PmuEvent => ({
    name: `box/event=${config}/`,
    type: TYPE,
    config: BigInt(config),
  }));
  return { metric, events, unitsPerCount: 1 };
}

function box(name: string, cpu: number, terms = PLAIN): UncoreBox {
  return { name, groups: {}, pmu: "box", cpu, terms, provenance: "kernel" };
}

interface Machine {
  readonly bench: CoreBench;
  /** What is found from the next look on. */
  boxes: readonly UncoreBox[];
}

/** Boxes of the scope of L3 caches, on a machine of four CPUs; `PLAIN` counts the same on all of them. */
function machine(boxes: readonly UncoreBox[], options: Partial<UncoreOptions> = {}): Machine {
  const spec: CollectorSpec = {
    id: "l3_counters",
    minIntervalMs: 0,
    open: (site) =>
      new UncoreCounters({
        site,
        narrowing: {},
        whom: "the boxes",
        scope: "l3_domain",
        metrics: METRICS,
        find: () => found.boxes,
        ...options,
      }),
  };
  const bench = new CoreBench([0, 1, 2, 3], { also: [spec], narrowing: { events: ["core"] } });
  for (let config = 0; config < 64; config++) bench.perf.perMs.set(`${TYPE}:${config}`, PER_MS);
  const found: Machine = { bench, boxes };
  return found;
}

function told({ bench }: Machine): readonly Problem[] {
  return bench.problems().filter(({ collector }) => collector === "l3_counters");
}

/** How often it was tried to open an event of a box on a CPU. */
function openings({ bench }: Machine, cpu: number): number {
  return bench.perf.attempts.filter((one) => one.cpu === cpu && one.type === TYPE).length;
}

function range(count: number): readonly number[] {
  return [...new Array(count).keys()];
}

/** [value, grade, coverage, counted, present] of a sum over all boxes. */
function total({ bench }: Machine, metric: string): readonly unknown[] {
  const reading = bench.stage.read(metric);
  assert(isMeasured(reading), JSON.stringify(reading));
  const { value, grade, coverage, partial } = reading;
  return [value, grade, Math.round(coverage * 1000), partial?.counted, partial?.present];
}

/** The fourth second's worth of what a driver takes in one group and never runs, on 4 counters. */
function unchecked(configs: readonly number[]): Machine {
  const host = machine([box("0", 0, [sum("l3_references", configs)])]);
  host.bench.perf.counters = 4;
  host.bench.perf.unchecked.add(TYPE);
  host.bench.ticks(4);
  return host;
}

Deno.test("UncoreCounters count by turns what a driver takes in one group and never runs", () => {
  const host = unchecked(range(8));
  assertEquals(total(host, "l3_references"), [8e6, "estimated", 500, undefined, undefined]);
  assertEquals(told(host), []);
});

Deno.test("UncoreCounters find the size of groups in few trials, however many events there are", () => {
  const host = unchecked(range(48));
  const reading = host.bench.stage.read("l3_references");
  assert(isMeasured(reading));
  assertAlmostEquals(reading.value, 48e6, 1000);
  assertEquals(reading.grade, "low");
  // In the end 48 are open. Tried: all 48, groups of 2 to 5, and of 2 to 4 for each of 11 other groups.
  assertEquals(openings(host, 0), 48 + 48 + (2 + 3 + 4 + 5) + 11 * (2 + 3 + 4));
});

Deno.test("UncoreCounters keep all in one group that the counters are enough for", () => {
  const host = unchecked(range(4));
  assertEquals(total(host, "l3_references"), [4e6, "exact", 1000, undefined, undefined]);
  assertEquals(openings(host, 0), 8);
});

Deno.test("UncoreCounters keep a box present whose CPUs all went offline, and say so", () => {
  const all = [box("0", 0), box("1", 2)];
  const host = machine(all, { kept: true });
  const { bench } = host;
  bench.ticks(3);
  assertEquals(total(host, "l3_misses"), [4e6, "exact", 1000, undefined, undefined]);
  bench.perf.offline(2);
  bench.cpus = [0, 1, 3];
  host.boxes = [all[0]!];
  bench.ticks(3);
  assertEquals(bench.stage.names("l3_domain"), ["0", "1"]);
  assertEquals(total(host, "l3_misses").slice(3), [1, 2]);
  const gone = bench.stage.read("l3_misses", "1");
  assert(!isMeasured(gone));
  assertEquals([gone.absent, gone.problem?.message], [
    "gone",
    "Cannot count the boxes 1: found no CPU of theirs online, needs one",
  ]);
  assertEquals(told(host)[0]?.instances, ["1"]);

  bench.perf.online(2);
  bench.cpus = [0, 1, 2, 3];
  host.boxes = all;
  bench.ticks(3);
  assertEquals(total(host, "l3_misses"), [4e6, "exact", 1000, undefined, undefined]);
  assertEquals(told(host), []);
});

Deno.test("UncoreCounters keep all boxes where none has a CPU, until they come back", () => {
  const all = [box("0", 1)];
  const host = machine(all, { kept: true });
  const { bench } = host;
  bench.ticks(3);
  bench.perf.offline(1);
  bench.cpus = [0, 2, 3];
  host.boxes = [];
  bench.ticks(3);
  const gone = bench.stage.read("l3_misses");
  assert(!isMeasured(gone));
  assertEquals(gone.absent, "gone");
  bench.perf.online(1);
  bench.cpus = [0, 1, 2, 3];
  host.boxes = all;
  bench.ticks(3);
  assertEquals(bench.stage.rate("l3_misses"), 2e6);
});

Deno.test("UncoreCounters forget a box that is not kept", () => {
  const all = [box("0", 0), box("1", 2)];
  const host = machine(all);
  const { bench } = host;
  bench.ticks(3);
  bench.perf.offline(2);
  bench.cpus = [0, 1, 3];
  host.boxes = [all[0]!];
  bench.ticks(3);
  assertEquals(bench.stage.names("l3_domain"), ["0"]);
  assertEquals(total(host, "l3_misses"), [1e6, "exact", 1000, undefined, undefined]);
});

Deno.test("UncoreCounters name the event that is refused, and miss no other metric for it", () => {
  const host = machine([box("0", 0)]);
  host.bench.perf.refuse(ERRNO.EINVAL, { type: TYPE, config: 2n });
  host.bench.ticks(3);
  assertEquals(host.bench.stage.rate("l3_references"), 1e6);
  const [cause, ...others] = told(host);
  assertStringIncludes(cause!.message, 'Cannot open event "box/event=2/" on cpu 0');
  assertEquals([cause?.metrics, others], [["l3_misses"], []]);
  assertEquals(host.bench.stage.read("l3_misses", "0"), {
    absent: "not_supported",
    problem: cause!,
  });
});

Deno.test("UncoreCounters tell the box that is refused now, not the one that was before", () => {
  const host = machine(range(3).map((cpu) => box(String(cpu), cpu)));
  const { bench } = host;
  bench.perf.refuse(ERRNO.EMFILE, { cpu: 1, type: TYPE, config: 2n });
  bench.perf.refuse(ERRNO.EMFILE, { cpu: 2, type: TYPE, config: 2n });
  bench.ticks(2);
  assertEquals(told(host).map(({ instances }) => instances), [["1", "2"]]);
  bench.perf.allowAll();
  bench.perf.refuse(ERRNO.EMFILE, { cpu: 1, type: TYPE, config: 2n });
  bench.ticks(12);
  assertEquals(told(host).map(({ instances }) => instances), [["1"]]);
  assertEquals(bench.stage.rate("l3_misses", "2"), 3e6);
});

Deno.test("UncoreCounters try again what is refused, seldom after a while, and disturb no other", () => {
  const host = machine([box("0", 0), box("1", 1), box("2", 2)]);
  const { bench } = host;
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 1, type: TYPE });
  bench.perf.refuse(ERRNO.EINVAL, { cpu: 2, type: TYPE, config: 2n });
  bench.ticks(3);
  const before = range(3).map((cpu) => openings(host, cpu));
  // 10, 20, 40, 80, 160, 320 and then 600 seconds apart: 6 times in the first 1000 s.
  bench.ticks(1000);
  const [healthy, refused, half] = range(3).map((cpu) => openings(host, cpu) - before[cpu]!);
  assertEquals(healthy, 0);
  // A group of both, which its first event ends, and then each by itself.
  assertEquals(refused, 6 * 3);
  // Only the event that is refused is tried, by itself.
  assertEquals(half, 6);
  assertEquals(total(host, "l3_references").slice(2), [1000, 2, 3]);

  bench.perf.allowAll();
  bench.ticks(610);
  assertEquals(total(host, "l3_misses"), [6e6, "exact", 1000, undefined, undefined]);
  assertEquals(told(host), []);
});

Deno.test("UncoreCounters try what is refused anew soon after CPUs came or went", () => {
  const host = machine([box("0", 0), box("1", 1)]);
  const { bench } = host;
  bench.perf.refuse(ERRNO.EBUSY, { cpu: 1, type: TYPE });
  bench.ticks(200);
  bench.perf.offline(3);
  bench.cpus = [0, 1, 2];
  bench.tick();
  bench.perf.allowAll();
  bench.ticks(13);
  assertEquals(total(host, "l3_misses"), [3e6, "exact", 1000, undefined, undefined]);
});

Deno.test("UncoreCounters miss a box in sums where more are found than there is room for", () => {
  const host = machine(range(130).map((n) => box(String(n), n % 4)));
  host.bench.ticks(3);
  assertEquals(total(host, "l3_misses").slice(3), [127, 130]);
  const last = host.bench.stage.read("l3_misses", "127");
  assert(!isMeasured(last));
  assertEquals([last.absent, last.problem?.message], [
    "failed",
    "Cannot count the boxes 127, 128, 129: found 130 of them, needs 128 or fewer",
  ]);
});

Deno.test("UncoreCounters never open what the options leave out, not when others are tried again", () => {
  const boxes = range(3).map((cpu) => box(String(cpu), cpu));
  const host = machine(boxes, { narrowing: { cpus: [0, 1] } });
  host.bench.perf.refuse(ERRNO.EBUSY, { cpu: 1, type: TYPE });
  host.bench.ticks(40);
  assertEquals(openings(host, 2), 0);
  assertEquals(total(host, "l3_misses").slice(3), [1, 3]);
});

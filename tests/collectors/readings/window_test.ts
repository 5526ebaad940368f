import { assertEquals } from "@std/assert";
import { type Derived, isColumn, metric } from "../../../collectors/catalogue.ts";
import {
  add,
  delta,
  divide,
  either,
  elapsed,
  type Formula,
  last,
} from "../../../collectors/formula.ts";
import { Window } from "../../../collectors/readings/window.ts";
import {
  collectorIndex,
  HEADER,
  type Instance,
  type Layout,
  metricIndex,
  NO_COLUMNS,
  placeColumns,
  readAtColumn,
} from "../../../collectors/sampling/layout.ts";
import { exact } from "../../../collectors/trust.ts";

function instance(name: string, born: number, gone: number | null = null): Instance {
  return { name, labels: {}, groups: {}, bornSequence: born, goneSequence: gone };
}

const CPUS = [instance("0", 1), instance("1", 1, 12), instance("2", 9), null];
const LAYOUT: Layout = {
  version: 1,
  ...placeColumns(new Map([["cpu", CPUS.length]])),
  scopes: {
    host: { capacity: 1, instances: [instance("host", 0)] },
    cpu: { capacity: CPUS.length, instances: CPUS },
  },
};

interface RowParts {
  readonly sequence: number;
  /** When each collector was read, ms. */
  readonly readAt: Readonly<Record<string, number>>;
  /** By metric: the cells of its first slots. */
  readonly cells: Readonly<Record<string, readonly number[]>>;
}

function row({ sequence, readAt, cells }: RowParts): Float64Array {
  const made = new Float64Array(LAYOUT.width).fill(NaN);
  made[HEADER.sequence] = sequence;
  made[HEADER.intervalMs] = 1000;
  for (const [collector, at] of Object.entries(readAt)) {
    made[readAtColumn(collectorIndex(collector))] = at;
  }
  for (const [id, values] of Object.entries(cells)) {
    made.set(values, LAYOUT.bases[metricIndex(id)]!);
  }
  return made;
}

function derived(formula: Formula): Derived {
  const { id, name, help } = metric("memory_used_bytes");
  return { id, name, help, unit: "1", kind: "derived", scope: "host", formula };
}

/** Faults by context switches: terms of two collectors, read at these times. */
function faultsBySwitches(memory: [number, number], cpuTime: [number, number]): unknown {
  const from = row({
    sequence: 1,
    readAt: { memory: memory[0], cpu_time: cpuTime[0] },
    cells: { page_faults: [100], context_switches: [1000] },
  });
  const to = row({
    sequence: 2,
    readAt: { memory: memory[1], cpu_time: cpuTime[1] },
    cells: { page_faults: [160], context_switches: [1020] },
  });
  return new Window(LAYOUT, () => from, to)
    .read(derived(divide(delta("page_faults"), delta("context_switches"))), null);
}

Deno.test("Window.read calls a value mixed whose terms were counted at different times", () => {
  const once = exact(3);
  // A tick reads one collector after the other: 40 ms of a second are no other time.
  assertEquals(faultsBySwitches([1000, 2000], [1040, 2040]), once);
  assertEquals(faultsBySwitches([1000, 2000], [1000, 2060]), { ...once, mixed: true });
  assertEquals(faultsBySwitches([900, 2000], [1000, 2000]), { ...once, mixed: true });
  assertEquals(faultsBySwitches([1000, 2000], [1000, 6000]), { ...once, mixed: true });
});

Deno.test("Window.read calls gauges mixed that were read at different times, also in the first window", () => {
  const sum = derived(divide(last("memory_free_bytes"), last("tasks_running")));
  const cells = { memory_free_bytes: [4096], tasks_running: [2] };
  const read = (cpuTime: number): unknown => {
    const to = row({ sequence: 1, readAt: { memory: 9000, cpu_time: cpuTime }, cells });
    return new Window(LAYOUT, () => null, to).read(sum, null);
  };
  assertEquals(read(9010), exact(2048));
  assertEquals(read(5000), { ...exact(2048), mixed: true });
});

Deno.test("Window.read calls a value mixed where one of three collectors was read at another time", () => {
  const shares = derived(
    add(
      divide(last("memory_free_bytes"), last("tasks_running")),
      divide(last("memory_free_bytes"), last("load_1m")),
    ),
  );
  const cells = { memory_free_bytes: [4096], tasks_running: [2], load_1m: [4] };
  const read = (load: number): unknown => {
    const to = row({ sequence: 1, readAt: { memory: 9000, cpu_time: 9000, load }, cells });
    return new Window(LAYOUT, () => null, to).read(shares, null);
  };
  assertEquals(read(9000), exact(3072));
  assertEquals(read(5000), { ...exact(3072), mixed: true });
});

Deno.test("Window.read never calls terms of one collector mixed", () => {
  const cells = { page_faults: [5] };
  const from = row({ sequence: 1, readAt: { memory: 1000 }, cells: { page_faults: [1] } });
  const to = row({ sequence: 2, readAt: { memory: 3000 }, cells });
  const perSecond = derived(divide(delta("page_faults"), elapsed()));
  assertEquals(new Window(LAYOUT, () => from, to).read(perSecond, null), exact(2));
});

Deno.test("Window.read says of a gauge that two readings left empty that there is none", () => {
  const hertz = metric("cpu_frequency_hertz");
  const read = (from: RowParts | null, to: RowParts, slot: number): unknown =>
    new Window(LAYOUT, () => from === null ? null : row(from), row(to)).read(hertz, slot);
  const cells = { cpu_frequency_hertz: [2e9] };
  const at = (sequence: number): RowParts => ({
    sequence,
    readAt: { frequency: sequence * 1000 },
    cells,
  });
  assertEquals(read(at(7), at(8), 0), exact(2e9));
  assertEquals(read(at(7), at(8), 1), { absent: "not_supported" });
  assertEquals(read(null, at(8), 1), { absent: "not_yet" });
  // CPU 2 came with row 9: the row before is none of its own.
  assertEquals(read(at(8), at(10), 2), { absent: "not_yet" });
  assertEquals(read(at(9), at(10), 2), { absent: "not_supported" });
});

Deno.test("Window.read says not_yet of a counter before its second reading, however old it is", () => {
  const from = row({ sequence: 7, readAt: { cpu_time: 7000 }, cells: {} });
  const to = row({
    sequence: 8,
    readAt: { cpu_time: 8000 },
    cells: { cpu_user_seconds: [5, 5] },
  });
  const window = new Window(LAYOUT, () => from, to);
  assertEquals(window.read(metric("cpu_user_seconds"), 0), { absent: "not_yet" });
  assertEquals(window.read(metric("cpu_user_seconds"), null), { absent: "not_yet" });
});

Deno.test("Window.read says of a counter that two readings left empty that there is none", () => {
  const readAt = { cpu_time: 0 };
  const from = row({ sequence: 9, readAt, cells: { cpu_user_seconds: [1, NaN, NaN] } });
  const to = row({ sequence: 10, readAt, cells: { cpu_user_seconds: [NaN, NaN, NaN] } });
  const read = (slot: number): unknown =>
    new Window(LAYOUT, () => from, to).read(metric("cpu_user_seconds"), slot);
  assertEquals([read(0), read(1)], [{ absent: "not_yet" }, { absent: "not_supported" }]);
});

Deno.test("Window.read has nothing of a metric without columns, and no cell of another's", () => {
  const at = metricIndex("cpu_cycles");
  const bases = LAYOUT.bases.with(at, NO_COLUMNS);
  const filled = new Float64Array(LAYOUT.width).fill(7);
  const window = new Window({ ...LAYOUT, bases }, () => filled, filled);
  const cycles = metric("cpu_cycles");
  if (!isColumn(cycles)) throw new Error("it is derived");
  assertEquals(window.read(cycles, 0), { absent: "not_supported" });
  assertEquals(window.read(cycles, null), { absent: "not_supported" });
  assertEquals([window.total(cycles, 0), window.increase(cycles, 0)], [NaN, NaN]);
});

Deno.test("Window.read lets a formula for a CPU name a gauge of the host, but no counter of it", () => {
  const cells = { load_1m: [4], cpu_user_seconds: [1], context_switches: [50] };
  const from = row({ sequence: 9, readAt: { cpu_time: 1000, load: 1 }, cells });
  const to = row({
    sequence: 10,
    readAt: { cpu_time: 2000, load: 9 },
    cells: { ...cells, cpu_user_seconds: [3], context_switches: [60] },
  });
  const read = (formula: Formula): unknown =>
    new Window(LAYOUT, () => from, to).read({ ...derived(formula), scope: "cpu" }, 0);
  // Read at another time, as what holds for the whole host may be.
  assertEquals(read(divide(delta("cpu_user_seconds"), last("load_1m"))), exact(0.5));
  assertEquals(read(divide(delta("cpu_user_seconds"), delta("context_switches"))), {
    absent: "coarser_only",
  });
});

Deno.test("Window.read divides by the time of the collector whose term it took", () => {
  const perSecond = derived(
    divide(either(delta("page_faults"), delta("context_switches")), elapsed()),
  );
  const from = row({
    sequence: 1,
    readAt: { memory: 1000, cpu_time: 1000 },
    cells: { context_switches: [100] },
  });
  const to = row({
    sequence: 2,
    readAt: { memory: 3000, cpu_time: 5000 },
    cells: { context_switches: [140] },
  });
  assertEquals(new Window(LAYOUT, () => from, to).read(perSecond, null), exact(10));
});

Deno.test("Window.delta sums who was there at the row, also who has left since", () => {
  const user = metric("cpu_user_seconds");
  if (!isColumn(user)) throw new Error("it has no column");
  const sum = (to: number, before: readonly number[], now: readonly number[]): unknown => {
    const readAt = { cpu_time: 0 };
    const from = row({ sequence: to - 1, readAt, cells: { cpu_user_seconds: before } });
    const last = row({ sequence: to, readAt, cells: { cpu_user_seconds: now } });
    return new Window(LAYOUT, () => from, last).delta(user, null);
  };
  // CPU 1 left with row 12, CPU 2 came with row 9 and is in no window before 10.
  assertEquals(sum(8, [10, 20], [11, 24]), exact(5));
  assertEquals(sum(9, [10, 20], [11, 24, 70]), exact(5));
  assertEquals(sum(11, [10, 20, 30], [11, 24, 38]), exact(13));
  assertEquals(sum(12, [10, 20, 30], [11, NaN, 38]), exact(9));
});

Deno.test("Window.delta knows no increase of one instance where the host has one counter", () => {
  const readAt = { cpu_time: 0 };
  const from = row({ sequence: 1, readAt, cells: { context_switches: [5] } });
  const to = row({ sequence: 2, readAt, cells: { context_switches: [9] } });
  const window = new Window(LAYOUT, () => from, to);
  const switches = metric("context_switches");
  if (!isColumn(switches)) throw new Error("it has no column");
  assertEquals(window.delta(switches, null), exact(4));
  assertEquals(window.delta(switches, 0), { absent: "coarser_only" });
});

Deno.test("Window looks once for the row in which a collector's window begins, found or not", () => {
  let looks = 0;
  const none = (): null => {
    looks++;
    return null;
  };
  const to = row({ sequence: 10, readAt: { cpu_time: 1000 }, cells: { context_switches: [5] } });
  const window = new Window(LAYOUT, none, to);
  const counter = metric("context_switches");
  for (let time = 0; time < 3; time++) {
    assertEquals(window.read(counter, null), { absent: "not_yet" });
    assertEquals(window.elapsedSeconds("cpu_time"), NaN);
  }
  assertEquals(looks, 1);
});

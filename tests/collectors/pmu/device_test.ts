import { assertEquals, assertThrows } from "@std/assert";
import { parseDevice } from "../../../collectors/pmu/device.ts";

/** `power` as arch/x86/events/rapl.c shows it, and what only other PMUs have. */
const FILES = {
  "type": "23\n",
  "cpumask": "0,28\n",
  "perf_event_mux_interval_ms": "4\n",
  "identifier": "0x2cf\n",
  "alias": "uncore_type_2_0\n",
  "caps/max_precise": "3\n",
  "caps/slots": "0x8\n",
  "format/event": "config:0-7\n",
  "events/energy-pkg": "event=0x02\n",
  "events/energy-pkg.scale": "2.3283064365386962890625e-10\n",
  "events/energy-pkg.unit": "Joules\n",
  "events/cpu_thermal_margin": "event=0x07\n",
  "events/cpu_thermal_margin.snapshot": "1\n",
  "events/cpu_thermal_margin.unit": "C\n",
  "events/power-watts.per-pkg": "1\n",
  "events/power-watts": "event=0x10\n",
};

function device(
  changes: Readonly<Record<string, string | undefined>> = {},
): ReturnType<typeof parseDevice> {
  const files = Object.entries({ ...FILES, ...changes }).flatMap(([file, text]) =>
    text === undefined ? [] : [[file, text] as const]
  );
  return parseDevice("power", new Map(files));
}

Deno.test("parseDevice() reads all that sysfs tells of a PMU", () => {
  const { events, formats, caps, ...rest } = device();
  assertEquals(rest, {
    name: "power",
    type: 23,
    cpus: undefined,
    cpumask: [0, 28],
    muxIntervalMs: 4,
    identifier: "0x2cf",
    alias: "uncore_type_2_0",
    faults: [],
  });
  assertEquals([...caps], [["max_precise", "3"], ["slots", "0x8"]]);
  assertEquals([...formats], [["event", { word: "config", bits: [0, 1, 2, 3, 4, 5, 6, 7] }]]);
  const count = { scale: 1, unit: undefined, snapshot: false };
  assertEquals([...events], [
    ["energy-pkg", {
      ...count,
      terms: [{ name: "event", value: 2n }],
      scale: 2 ** -32,
      unit: "Joules",
    }],
    ["cpu_thermal_margin", {
      ...count,
      terms: [{ name: "event", value: 7n }],
      unit: "C",
      snapshot: true,
    }],
    ["power-watts", { ...count, terms: [{ name: "event", value: 16n }] }],
  ]);
});

Deno.test("parseDevice() tells files that are there and empty from files that are not", () => {
  assertEquals(device({ cpumask: "\n" }).cpumask, []);
  assertEquals(device({ cpumask: undefined }).cpumask, undefined);
  assertEquals(device({ cpus: "0-3\n", cpumask: undefined }).cpus, [0, 1, 2, 3]);
});

Deno.test("parseDevice() loses only what is malformed, and says so", () => {
  const { faults, events, formats, ...rest } = device({
    "cpumask": "0-x",
    "perf_event_mux_interval_ms": "soon",
    "format/umask": "config:99",
    "events/hv_24x7": "domain=0x2,chip=?",
    "events/energy-pkg.scale": "much",
    "events/cpu_thermal_margin.snapshot": "yes",
  });
  assertEquals([rest.cpumask, rest.muxIntervalMs, rest.type], [undefined, undefined, 23]);
  assertEquals([...formats.keys()], ["event"]);
  // Without its scale an event would be shown in a unit that it is not in.
  assertEquals([...events.keys()], ["power-watts"]);
  assertEquals(faults.map((fault) => fault.split(":")[0]).toSorted(), [
    "cpumask",
    "events/cpu_thermal_margin",
    "events/energy-pkg",
    "events/hv_24x7",
    "format/umask",
    "perf_event_mux_interval_ms",
  ]);
  assertEquals(
    faults.find((fault) => fault.startsWith("events/energy-pkg")),
    'events/energy-pkg: Cannot read scale: found "much", needs a number above 0',
  );
});

Deno.test("parseDevice() takes no scale that would make counts vanish", () => {
  for (const scale of ["0", "-1", "", "NaN", "Infinity"]) {
    assertEquals(device({ "events/energy-pkg.scale": scale }).events.has("energy-pkg"), false);
  }
});

Deno.test("parseDevice() refuses a PMU without its number", () => {
  assertThrows(
    () => device({ type: undefined }),
    RangeError,
    'Cannot read type of PMU "power": found "", needs a whole number',
  );
  assertThrows(() => device({ type: "-1" }), RangeError, 'found "-1"');
});

import { assert, assertEquals } from "@std/assert";
import { timeEnabledOf, timeRunningOf } from "../../collectors/catalogue/counted.ts";
import { PMU_QUANTITIES } from "../../collectors/mod.ts";
import { l3Counters } from "../../collectors/l3_counters.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { exposition } from "../../views/exposition/exposition.ts";
import { otlpMessage } from "../../views/otlp/metrics.ts";
import { absenceOf } from "../../views/pmu_absence.ts";
import { amdL3, CoreBench, ZEN3 } from "../fakes/core_bench.ts";
import { HandFilled } from "./hand_filled.ts";

const GB = 1e9;
const IPC = "instructions_per_cycle";

/** Four ticks of a second in which counters rise by this much each, counted all the time. */
function counting(
  rates: Readonly<Record<string, number>>,
  gauges: Readonly<Record<string, number>> = {},
): HandFilled {
  return new HandFilled([1, 2, 3, 4].map((second) => ({
    ...Object.fromEntries(
      Object.entries(rates).flatMap(([id, rate]) => [
        [`${id}{0}`, rate * second],
        [`${timeEnabledOf(id)}{0}`, second],
        [`${timeRunningOf(id)}{0}`, second],
      ]),
    ),
    ...gauges,
  })));
}

function absence({ snapshot }: HandFilled, group: string): string {
  return absenceOf(snapshot, PMU_QUANTITIES.find(({ id }) => id === group)!);
}

function grade({ snapshot }: HandFilled, id: string): string {
  const reading = snapshot.read(id);
  return isMeasured(reading) ? reading.grade : reading.absent;
}

Deno.test("a group of which one counter stands is implausible, though another moves", () => {
  const dead = counting({ cpu_cycles: GB, instructions: 0 });
  assertEquals([grade(dead, "cpu_cycles"), grade(dead, "instructions")], ["exact", "implausible"]);
  assertEquals(absence(dead, "core"), "implausible");
  assertEquals(absence(counting({ cpu_cycles: GB, instructions: 2 * GB }), "core"), "");
  // It says nothing of the other groups.
  assertEquals(absence(dead, "llc"), "not_supported");
  // A meter that stands: the zones that may use nothing look as measured as ever.
  const meter = counting({ energy_package_joules: 0, energy_cores_joules: 0 });
  assertEquals(grade(meter, "energy_cores_joules"), "exact");
  assertEquals(absence(meter, "energy"), "implausible");
  assertEquals(absence(counting({ energy_package_joules: 30 }), "energy"), "");
});

Deno.test("a group is implausible where what is made of it is", () => {
  const moved = (rate: number): HandFilled =>
    counting({ memory_read_bytes: rate, memory_write_bytes: GB }, {
      "memory_peak_bytes_per_second{0}": 25.6 * GB,
    });
  const over = moved(30 * GB);
  assertEquals(grade(over, "memory_read_bytes"), "exact");
  assertEquals(absence(over, "memory_bandwidth"), "implausible");
  assertEquals(absence(moved(20 * GB), "memory_bandwidth"), "");
  const many = counting({ cpu_cycles: GB, instructions: 11 * GB });
  assertEquals([grade(many, "instructions"), grade(many, IPC)], ["exact", "implausible"]);
  assertEquals(absence(many, "core"), "implausible");
});

Deno.test("/metrics and OTLP say 0 and implausible of counters that cannot be true", () => {
  const { snapshot } = counting({ cpu_cycles: GB, instructions: 0, branch_instructions: GB });
  const lines = exposition(snapshot, "prometheus", { version: "1.2.3" }).split("\n");
  const told = (group: string): string | undefined =>
    lines.find((line) => line.startsWith(`ringside_pmu_available{group="${group}"`));
  assertEquals(told("core"), 'ringside_pmu_available{group="core",reason="implausible"} 0');
  assertEquals(told("branch"), 'ringside_pmu_available{group="branch",reason=""} 1');
  const { metrics } = otlpMessage(snapshot, { version: "1.2.3", instance: "i", resource: {} });
  const { points } = metrics.find(({ name }) => name === "ringside.pmu.available")!;
  const core = points.find(({ attributes }) => attributes["ringside.pmu.group"] === "core")!;
  assertEquals([core.value, core.attributes["ringside.absent"]], [0, "implausible"]);
});

Deno.test("what is said of available groups names no way to count them: energy has two", () => {
  const { snapshot } = counting({ energy_package_joules: 30 });
  const energy = PMU_QUANTITIES.find(({ id }) => id === "energy")!;
  assertEquals(absenceOf(snapshot, energy), "");
  const text = exposition(snapshot, "openmetrics", { version: "1.2.3" });
  const { metrics } = otlpMessage(snapshot, { version: "1.2.3", instance: "i", resource: {} });
  const helps = [
    /^# HELP ringside_pmu_available (.*)$/m.exec(text)?.[1],
    metrics.find(({ name }) => name === "ringside.pmu.available")?.help,
  ];
  for (const help of helps) {
    assert(help !== undefined && /^Whether a group of quantities is counted and can/.test(help));
    assert(!help.includes("perf_event_open"), help);
  }
});

Deno.test("/metrics and OTLP say why counters are not exact, beside the share of time", () => {
  const told = (bench: CoreBench): readonly string[] => {
    bench.ticks(4);
    const { snapshot } = bench.stage;
    const text = exposition(snapshot, "prometheus", { version: "1.2.3" });
    const lines = text.split("\n").filter((line) => line.startsWith("ringside_pmu_inexact{"));
    const { metrics } = otlpMessage(snapshot, { version: "1.2.3", instance: "i", resource: {} });
    const sent = metrics.find(({ name }) => name === "ringside.pmu.inexact");
    assertEquals(
      sent?.points.map(({ attributes, value }) =>
        `ringside_pmu_inexact{group="${attributes["ringside.pmu.group"]}",` +
        `why="${attributes["ringside.inexact"]}"} ${value}`
      ) ?? [],
      lines,
    );
    return lines;
  };
  assertEquals(told(new CoreBench([0, 1, 2, 3])), []);
  const some = told(new CoreBench([0, 1, 2, 3], { narrowing: { cpus: [0, 1, 2] } }));
  assertEquals(some.includes('ringside_pmu_inexact{group="core",why="partial"} 0.75'), true);
  assertEquals(some.filter((line) => !line.includes('why="partial"} 0.75')), []);
  const also = [l3Counters];
  const amd = new CoreBench([0, 1], { files: amdL3("0"), profile: ZEN3, also });
  amd.perf.perMs.set(`12:${0xff04}`, 1000);
  amd.perf.perMs.set(`12:${0x0104}`, 100);
  assertEquals(told(amd).includes('ringside_pmu_inexact{group="l3",why="mixed"} 1'), true);
});

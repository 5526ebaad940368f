import { assertEquals, assertStringIncludes } from "@std/assert";
import { holds, line } from "../result.ts";
import { NETDATA_CORE } from "./netdata.ts";
import { shortName } from "./record.ts";
import { RINGSIDE } from "./ringside.ts";
import type { Phase } from "./rounds.ts";
import { bounds, table } from "./table.ts";

function phase(peer: string, clients: number, cpuMs: readonly number[], round = 0): Phase {
  const watcher = peer === "ringside" ? "page" : "first screen";
  return {
    peer,
    round,
    clients,
    cpuMs,
    watcher: clients === 0 ? null : watcher,
    memory: { residentMib: 60 + round, proportionalMib: 50, anonymousMib: 20.25 },
    processes: 1,
    report: null,
    refreshBytes: clients === 0 ? null : 1800,
  };
}

const PHASES = [
  phase("ringside", 0, [1, 3]),
  phase("ringside", 0, [1.5], 1),
  phase("ringside", 1, [1.5]),
  phase("ringside", 50, [7]),
  phase("netdata-core", 0, [2]),
  phase("netdata-core", 1, [2.5]),
  phase("netdata-core", 50, [50]),
];

Deno.test("bounds compare medians over the windows of all rounds with the reference", () => {
  const [idle, one, many] = bounds(PHASES);
  assertEquals(
    [idle, one, many].map((result) => result !== undefined && "value" in result && result.value),
    [0.75, 0.6, 7],
  );
  assertEquals([idle, one, many].map((result) => holds(result!)), [true, false, false]);
});

Deno.test("bounds allow 6 ms for many, or a tenth of the reference where that is more", () => {
  const many = (theirs: number): string =>
    line(bounds([phase("ringside", 50, [7]), phase("netdata-core", 50, [theirs])])[2]!);
  assertStringIncludes(many(50), "at most 6: DOES NOT HOLD");
  assertStringIncludes(many(80), "at most 8: holds");
});

Deno.test("bounds say what is missing in a run without the reference", () => {
  const [idle] = bounds([phase("ringside", 0, [1])]);
  assertStringIncludes(line(idle!), "not measured, needs netdata-core with 0 clients");
});

Deno.test("table shows median, range and ratio, and no figure for what was not measured", () => {
  const [, , page, metrics, netdata] = table([RINGSIDE, NETDATA_CORE], PHASES).split("\n");
  assertEquals(cells(page!), [
    "Ringside, page",
    "1.50 [1.00..3.00], 0.75 x",
    "1.50 [1.50..1.50], 0.60 x",
    "7.00 [7.00..7.00], 0.14 x",
    "1.80 kB",
    "61.0 (20.3)",
  ]);
  assertEquals(cells(metrics!).slice(2, 5), ["–", "–", "–"]);
  assertEquals(cells(netdata!)[1], "2.00 [2.00..2.00]");
});

function cells(row: string): readonly string[] {
  return row.split("|").slice(1, -1).map((cell) => cell.trim());
}

Deno.test("a machine has a short name that can stand in a file's", () => {
  const named = (cpu: string, cpus: number): string => shortName({ cpu, cpus });
  assertEquals(named("AMD EPYC", 2), "amd-epyc-2cpu");
  assertEquals(named("Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz", 64), "intel-xeon-gold-64cpu");
  assertEquals(named("", 1), "unknown-1cpu");
});

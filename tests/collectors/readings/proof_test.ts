import { assertEquals } from "@std/assert";
import { groupOf, hasProof, proofOf } from "../../../collectors/readings/proof.ts";
import type { Source } from "../../../collectors/source.ts";
import { PerfMachine } from "../../fakes/perf_machine.ts";
import { HandFilled } from "../../views/hand_filled.ts";

function source(metric: string, event: string, more: Partial<Source> = {}): Source {
  return {
    metric,
    pmu: "cpu",
    events: [event],
    instances: ["0"],
    group: 1,
    provenance: "kernel",
    ...more,
  };
}

const CYCLES = source("cpu_cycles", "cycles");
const INSTRUCTIONS = source("instructions", "instructions");
const MISSES = source("branch_misses", "branch-misses", { group: 2 });
const L3 = source("l3_misses", "amd_l3/event=0x04,umask=0x01/", { pmu: "amd_l3" });

const HOST = new HandFilled([{
  "cpu_cycles{0}": 1,
  "l3_misses{0}": 1,
  "software_page_faults{0}": 1,
  "tsc_frequency_hertz": 2.9e9,
}], { sources: [CYCLES, INSTRUCTIONS, MISSES, L3] });

Deno.test("proofOf gives the sources of a ratio's terms, and one command with their group", () => {
  assertEquals(proofOf(HOST.snapshot, ["instructions_per_cycle"]), {
    sources: [INSTRUCTIONS, CYCLES],
    command: "perf stat -a -e '{instructions,cycles}' sleep 1",
  });
});

Deno.test("proofOf keeps groups apart, and PMUs and collectors whose groups have the same number", () => {
  const ids = ["instructions_per_cycle", "branch_misses", "l3_misses"];
  assertEquals(
    proofOf(HOST.snapshot, ids).command,
    "perf stat -a -e '{instructions,cycles}' -e branch-misses " +
      "-e amd_l3/event=0x04,umask=0x01/ sleep 1",
  );
  assertEquals(groupOf(CYCLES), groupOf(INSTRUCTIONS));
  assertEquals(new Set([CYCLES, MISSES, L3].map(groupOf)).size, 3);
});

Deno.test("proofOf takes of two ways to count a thing the one that this machine has", () => {
  const { sources, command } = proofOf(HOST.snapshot, ["llc_misses_per_second"]);
  assertEquals(sources, [L3]);
  assertEquals(command, "perf stat -a -e amd_l3/event=0x04,umask=0x01/ sleep 1");
});

Deno.test("proofOf knows events that are the same everywhere, where they are counted", () => {
  const faults = proofOf(HOST.snapshot, ["software_page_faults"]);
  assertEquals(faults.sources.map(({ pmu, events, instances }) => [pmu, events, instances]), [
    ["software", ["page-faults"], ["0"]],
  ]);
  assertEquals(faults.command, "perf stat -a -e page-faults sleep 1");
  const tsc = proofOf(HOST.snapshot, ["tsc_frequency_hertz"]);
  assertEquals(tsc.sources.map(({ pmu, instances }) => [pmu, instances]), [["msr", []]]);
  assertEquals(proofOf(HOST.snapshot, ["software_cpu_migrations"]), { sources: [], command: null });
});

Deno.test("proofOf has no command for what perf cannot count", () => {
  assertEquals(proofOf(HOST.snapshot, ["load_1m"]), { sources: [], command: null });
  assertEquals(proofOf(HOST.snapshot, ["cpu_user_ratio"]), { sources: [], command: null });
  // One of its two terms is not counted here.
  const { sources, command } = proofOf(HOST.snapshot, ["branch_miss_ratio"]);
  assertEquals([sources, command], [[MISSES], null]);
});

Deno.test("hasProof depends on the catalogue alone", () => {
  const ids = ["cpu_cycles", "llc_mpki", "software_page_faults", "load_1m", "cpu_busy_ratio"];
  assertEquals(ids.map(hasProof), [true, true, true, false, false]);
});

Deno.test("proofOf puts no group around what perf cannot count as one", () => {
  const imc = (metric: string, event: string, group: number): Source =>
    source(metric, event, { pmu: "uncore_imc", instances: ["0/uncore_imc_0"], group });
  const [reads, writes] = [
    imc("memory_read_bytes", "uncore_imc/cas_count_read/", 0),
    imc("memory_write_bytes", "uncore_imc/cas_count_write/", 0),
  ];
  const command = (devices: readonly string[], sources: readonly Source[]): string | null => {
    const cells = {
      "memory_read_bytes{0/uncore_imc_0}": 1,
      "memory_write_bytes{0/uncore_imc_0}": 1,
    };
    const profile = { perfAccess: new PerfMachine({ devices }).access() };
    const host = new HandFilled([cells], { sources, profile });
    return proofOf(host.snapshot, sources.map(({ metric }) => metric)).command;
  };
  const apart = "perf stat -a -e uncore_imc/cas_count_read/ -e uncore_imc/cas_count_write/ sleep 1";
  // Of several boxes each has its own, and perf makes an event for each.
  assertEquals(command(["uncore_imc_0", "uncore_imc_1"], [reads, writes]), apart);
  assertEquals(
    command(["uncore_imc"], [reads, writes]),
    "perf stat -a -e '{uncore_imc/cas_count_read/,uncore_imc/cas_count_write/}' sleep 1",
  );
  // Taking turns, they have no group.
  const turns = [{ ...reads, group: -1 }, { ...writes, group: -1 }];
  assertEquals(command(["uncore_imc"], turns), apart);
});

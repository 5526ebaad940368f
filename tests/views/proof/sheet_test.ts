import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { METRICS } from "../../../collectors/catalogue.ts";
import { timeEnabledOf, timeRunningOf } from "../../../collectors/catalogue/counted.ts";
import { TSC_FREQUENCY } from "../../../collectors/catalogue/tsc.ts";
import { CollectorError } from "../../../collectors/collector.ts";
import type { Source } from "../../../collectors/source.ts";
import type { Problem } from "../../../collectors/trust.ts";
import { PerfMachine } from "../../fakes/perf_machine.ts";
import { type Cells, HandFilled, type HandFilledOptions } from "../hand_filled.ts";
import { linesOf, sheetOf } from "./sheet_of.ts";

function source(metric: string, events: readonly string[], more: Partial<Source> = {}): Source {
  const fixed = { pmu: "cpu", instances: ["0", "1"], group: 1, provenance: "kernel" } as const;
  return { metric, events, ...fixed, ...more };
}

const SOURCES = [
  source("branch_instructions", ["branches"]),
  source("branch_misses", ["branch-misses"], { note: "Speculative ones too." }),
  source("branch_group_instructions", ["instructions"]),
];
/** Increases in a second, as scaled: 1 % of the branches, 2 for each thousand instructions. */
const RATES = { branch_instructions: 1e9, branch_misses: 1e7, branch_group_instructions: 5e9 };

/** Each CPU counts so much and for this share of a second. */
function cells(second: number, share = 1, rates: Readonly<Record<string, number>> = RATES): Cells {
  const found: Record<string, number> = {};
  for (const cpu of ["0", "1"]) {
    for (const [id, rate] of Object.entries(rates)) {
      found[`${id}{${cpu}}`] = rate * second;
      // What is counted for ratios only has no times.
      if (!METRICS.has(timeEnabledOf(id))) continue;
      found[`${timeEnabledOf(id)}{${cpu}}`] = second;
      found[`${timeRunningOf(id)}{${cpu}}`] = share * second;
    }
  }
  return found;
}

function branches(share: number, options: HandFilledOptions = {}): readonly string[] {
  const host = new HandFilled([cells(1, share), cells(2, share)], { sources: SOURCES, ...options });
  return linesOf(sheetOf(host.snapshot, "branches"));
}

Deno.test("Sheet tells formulas with their numbers, events, coverage and command of a group", () => {
  assertEquals(branches(1), [
    "Branches: how it was measured at 03:04:07 UTC",
    "Share predicted wrong = Branch misses ÷ Branches = 20.0 M ÷ 2.00 G = 1.00 %",
    "Misses per 1,000 instructions (MPKI) = 1000 × Branch misses ÷ Instructions (same group) = " +
    "1000 × 20.0 M ÷ 10.0 G = 2.00",
    "Event",
    "Counted",
    "Scale",
    "Per second",
    "On cpu, 2 CPUs: the kernel's events",
    ...["branchesBranches", "2.00 G", "× 1", "2.00 G/s"],
    ...["branch-missesBranch misses", "20.0 M", "× 1", "20.0 M/s"],
    ...["instructionsInstructions", "10.0 G", "× 1", "10.0 G/s"],
    "Coverage:",
    "counted all of the time",
    "Speculative ones too.",
    "The same with perf",
    "perf stat -a -e '{branches,branch-misses,instructions}' sleep 1",
    "Copy",
  ]);
});

Deno.test("Sheet tells what was counted, what it was scaled by, and who has the rest of the time", () => {
  const others = [source("l2_misses", ["l2"], { group: 2 }), source("l1d_misses", ["l1d"])];
  const lines = branches(0.25, { sources: [...SOURCES, ...others] });
  // A quarter of two times 10 million; the instructions have the times of their group.
  const row = lines.indexOf("branch-missesBranch misses");
  assertEquals(lines.slice(row + 1, row + 4), ["5 000 000", "× 4.000", "20.0 M/s"]);
  const partner = lines.indexOf("instructionsInstructions");
  assertEquals(lines.slice(partner + 1, partner + 4), ["2.50 G", "× 4.000", "10.0 G/s"]);
  assert(lines.includes("25 % of the time counted"));
  assert(lines.includes("2 groups of events take turns on the counters of cpu."));
  const text = lines.join("\n");
  assertStringIncludes(text, "= 20.0 M ÷ 2.00 G = 1.00 % (estimated: 25 %)\n");
  // What shares its group fits beside it.
  assertStringIncludes(text, "ask for no more events than fit:\n--events branch,l1d\n");
});

Deno.test("Sheet says that somebody else holds counters where no group of its own does", () => {
  const said = (nmiWatchdog: boolean) => {
    const access = { ...new PerfMachine({}).access(), nmiWatchdog };
    return branches(0.5, { profile: { perfAccess: access } }).join("\n");
  };
  assertStringIncludes(said(false), "Something else holds counters of cpu for a part of the time.");
  assertStringIncludes(said(true), "or the NMI watchdog:\nsudo sysctl -w kernel.nmi_watchdog=0\n");
  assert(!said(false).includes("sysctl"), said(false));
  assert(!said(false).includes("--events"), said(false));
});

Deno.test("Sheet tells groups apart, and of which formula the terms are mixed, by their rates", () => {
  const [first, second, third] = SOURCES;
  // Numbers of the collector's own: a reader counts from one.
  const sources = [
    { ...first!, group: 31 },
    { ...second!, group: 8 },
    { ...third!, group: 8, provenance: "third_party" as const },
  ];
  const lines = branches(1, { sources });
  assertEquals(lines.filter((line) => line.startsWith("Group ")), [
    "Group 1 on cpu, 2 CPUs: the kernel's events",
    "Group 2 on cpu, 2 CPUs",
  ]);
  assert(lines.includes("instructionsInstructions (an event that one other source names)"));
  const text = lines.join("\n");
  assertStringIncludes(text, "= 20.0 M/s ÷ 2.00 G/s = 1.00 % (estimated: mixed)\n");
  assertStringIncludes(text, "Share predicted wrong: the terms were counted at different times");
  assertStringIncludes(text, "perf stat -a -e branches -e '{branch-misses,instructions}' sleep 1");
});

Deno.test("Sheet says on which kind of core something is not counted, and on how many CPUs", () => {
  const groups = { "0": { core_type: "cpu_core" }, "1": { core_type: "cpu_atom" } };
  const [first] = SOURCES;
  const lines = (instances: readonly string[], typed: boolean) =>
    branches(1, {
      sources: [first!, source("branch_misses", ["branch-misses"], { instances })],
      ...(typed ? { groups } : {}),
    });
  assert(lines(["0"], true).includes("Branch misses: not on cpu_atom."));
  assert(lines(["0"], false).includes("Branch misses: on 1 of 2 CPUs."));
  assert(!lines(["0", "1"], true).some((line) => line.startsWith("Branch misses: ")));
});

Deno.test("Sheet tells of a sum without some of its parts what those lack", () => {
  const lost = {
    key: "gone",
    collector: "core_counters",
    reason: "denied",
    message: "Cannot count on cpu 1",
    remedy: "Ask: `sudo x`",
    instance: "1",
  } as const;
  const without = (second: number) => ({
    ...cells(second),
    ...Object.fromEntries(Object.keys(RATES).map((id) => [`${id}{1}`, undefined])),
  });
  const [first, second] = [without(1), without(2)];
  const host = new HandFilled([first, second], { sources: SOURCES, problems: [lost] });
  const text = linesOf(sheetOf(host.snapshot, "branches")).join("\n");
  assertStringIncludes(text, "= 10.0 M ÷ 1.00 G = 1.00 % (estimated: 1 of 2)\n");
  assertStringIncludes(text, "Cannot count on cpu 1.\nAsk:\nsudo x\n");
  assertEquals(text.split("sudo x").length, 2, text);
});

Deno.test("Sheet takes of two ways the one that was taken, and names the PMU of each kind of core", () => {
  const rates = { l3_references: 4e6, l3_misses: 1e6 };
  const sources = [
    source("l3_references", ["amd_l3/a/"], { pmu: "amd_l3" }),
    source("l3_misses", ["amd_l3/b/"], { pmu: "amd_l3" }),
  ];
  const host = new HandFilled([cells(1, 1, rates), cells(2, 1, rates)], { sources });
  const text = linesOf(sheetOf(host.snapshot, "caches", 3)).join("\n");
  assertStringIncludes(
    text,
    "LLC miss ratio = L3 misses ÷ L3 references = 2 000 000 ÷ 8 000 000 = 25.0 %",
  );
  assertStringIncludes(
    text,
    "\nOn amd_l3, 2 L3 caches: the kernel's events\namd_l3/a/L3 references\n",
  );
  const hybrid = [
    source("branch_instructions", ["cpu_core/branches/"], { pmu: "cpu_core", instances: ["0"] }),
    source("branch_instructions", ["cpu_atom/a/", "cpu_atom/b/"], {
      pmu: "cpu_atom",
      instances: ["1"],
      group: 7,
      provenance: "vendor",
    }),
  ];
  const lines = branches(1, { sources: hybrid });
  const at = lines.indexOf("cpu_atom/a/ + cpu_atom/b/Branches");
  // Each PMU has what its own CPUs counted.
  assertEquals(lines.slice(at + 1, at + 4), ["1.00 G", "× 1", "1.00 G/s"]);
  assert(lines.includes("On cpu_atom, 1 CPU: events of the maker's list"));
});

Deno.test("Sheet tells of what is read the file, the field, the total and its rise in a second", () => {
  const at = (second: number) => ({
    "disk_read_bytes{sda}": 2 ** 30 * second,
    "disk_written_bytes{sda}": 0,
    "disk_reads{sda}": 100 * second,
    "disk_read_seconds{sda}": 0.2 * second,
    "disk_io_seconds{sda}": 0.5 * second,
  });
  const lines = linesOf(sheetOf(new HandFilled([at(1), at(3)]).snapshot, "disks"));
  assertEquals(lines.slice(1, 3), [
    "Busy of sda = Time with I/O ÷ seconds between the readings = 1.00 s ÷ 1.00 s = 100 %",
    "Wait for a read = Time of reads ÷ Reads = 400 ms ÷ 200 = 2.00 ms",
  ]);
  const row = lines.indexOf("/proc/diskstats, read at 03:04:07 UTC, and 1.00 s before");
  assertEquals(lines.slice(row + 1, row + 4), ["Read field 6", "3.00 GiB", "2.15 GB/s"]);
  assert(lines.includes("Time with I/O of sda field 13"), lines.join("\n"));
  assert(!lines.join("\n").includes("Coverage"));
});

Deno.test("Sheet tells a gauge as it was read, and once a sum that many formulas have", () => {
  const modes = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];
  const at = (second: number): Cells => ({
    ...Object.fromEntries(modes.map((mode) => [`cpu_${mode}_seconds{0}`, second / 8])),
    "load_1m": 1.5,
  });
  const lines = linesOf(sheetOf(new HandFilled([at(1), at(2)]).snapshot, "cpu_time"));
  assertEquals(lines[1]!.replace(/ = .* = /, " = … = "), "Sum = … = 1.00 s");
  assert(lines.includes("User = (User + Nice) ÷ Sum = (125 ms + 125 ms) ÷ 1.00 s = 25.0 %"));
  const load = lines.indexOf("/proc/loadavg, read at 03:04:07 UTC");
  assertEquals(lines.slice(load + 1, load + 3), ["Load, 1 min field 1", "1.50"]);
});

Deno.test("Sheet shows once what would help against causes of what is not measured", () => {
  const at = (metric: string): Problem => ({
    key: metric,
    collector: "core_counters",
    reason: "not_counted",
    message: `Cannot count ${metric}`,
    remedy: "Free a counter: `stop others`",
    metrics: [metric],
  });
  const one = { branch_instructions: 1e9 };
  const lacking = { "branch_misses{0}": undefined, "branch_group_instructions{0}": undefined };
  const ticks = [1, 2].map((second) => ({ ...cells(second, 1, one), ...lacking }));
  const tell = (problems: readonly Problem[]): string => {
    const host = new HandFilled(ticks, { sources: SOURCES.slice(0, 1), problems });
    return linesOf(sheetOf(host.snapshot, "branches")).join("\n");
  };
  const problems = [at("branch_misses"), at("branch_group_instructions")];
  const text = tell(problems);
  assertStringIncludes(text, "Share predicted wrong");
  assertStringIncludes(text, "Cannot count branch_misses.\nFree a counter:\nstop others\nCopy\n");
  assertEquals(text.split("stop others").length, 2, text);
  assert(!tell([{ ...problems[0]!, remedy: undefined }]).includes("stop others"));
});

Deno.test("Sheet says in words what is absent without a cause", () => {
  const lines = linesOf(
    sheetOf(new HandFilled([cells(1)], { sources: SOURCES }).snapshot, "branches"),
  );
  assert(
    lines.some((line) => line.endsWith(": it shows from its second reading on.")),
    lines.join("\n"),
  );
  const still = { ...RATES, branch_instructions: 0, branch_misses: 0 };
  const host = new HandFilled([cells(1, 1, still), cells(2, 1, still)], { sources: SOURCES });
  assertStringIncludes(
    linesOf(sheetOf(host.snapshot, "branches")).join("\n"),
    "Share predicted wrong: nothing happened that it could be a share of.",
  );
});

Deno.test("Sheet writes in the middle of a phrase as one does there", () => {
  const said = (
    [card, row]: readonly [string, number?],
    metric: string,
    pmu: string,
    names: readonly string[],
  ) => {
    const at = (second: number) => ({
      [TSC_FREQUENCY]: 2e9,
      ...Object.fromEntries(
        [metric, timeEnabledOf(metric), timeRunningOf(metric)].flatMap((id, at) =>
          names.map((name) => [`${id}{${name}}`, at === 0 ? 1e6 * second : second])
        ),
      ),
    });
    const sources = [source(metric, ["some-event"], { pmu, instances: names })];
    const host = new HandFilled([at(0), at(1)], { sources });
    return linesOf(sheetOf(host.snapshot, card, row)).find((line) => line.startsWith("On "));
  };
  assertEquals(
    [
      said(["memory_bandwidth"], "memory_read_bytes", "uncore_imc", ["a", "b"]),
      said(["energy"], "energy_package_joules", "power", ["0"]),
      said(["cstates", 3], "core_c6_ticks", "cstate_core", ["0", "1"]),
    ],
    [
      "On uncore_imc, 2 memory controllers: the kernel's events",
      "On power, 1 package: the kernel's events",
      "On cstate_core, 2 cores at rest: the kernel's events",
    ],
  );
});

Deno.test("Sheet knows the kernel's own events without being told", () => {
  const at = (seconds: number) => ({
    "software_page_faults{0}": 10 * seconds,
    "software_time_enabled_seconds{0}": seconds,
    "software_time_running_seconds{0}": seconds,
  });
  const host = new HandFilled([at(0), at(1)]);
  const text = linesOf(sheetOf(host.snapshot, "software_events")).join("\n");
  assertStringIncludes(
    text,
    "On software, 1 CPU: the kernel's events\npage-faultsPage faults\n10\n× 1\n10.0 /s\n",
  );
  assertStringIncludes(text, "perf stat -a -e page-faults sleep 1");
});

Deno.test("Sheet of what nothing counts tells why, and has no command", () => {
  const none = new CollectorError("not_supported", "Cannot find a PMU");
  const host = new HandFilled([{ "load_1m": 1 }], { refused: { core_counters: none } });
  const lines = linesOf(sheetOf(host.snapshot, "caches", 2));
  assertEquals(lines.slice(1), [
    "L2 references, L2 misses, L2 miss ratio, L2 MPKI: Cannot find a PMU.",
  ]);
});

Deno.test("Sheet draws the coverage of the last minutes where it was not whole", () => {
  const { snapshot } = new HandFilled([cells(1, 0.5), cells(2, 0.5)], { sources: SOURCES });
  const past = (shares: readonly (readonly number[] | null)[]) => ({
    seconds: [0, 150, 300],
    values: [[1, null, 3], [1, null, 3]],
    shares,
    sequence: 3,
  });
  const html = sheetOf(snapshot, "branches", undefined, past([[0.5, 1, 0.75], [1, 1, 0.25]]));
  // The worse of both lines; the gap is a gap.
  assertStringIncludes(html, '<path class="area" d="M0 36V18V36ZM200 36V27V36Z">');
  assertStringIncludes(html, "Share of the time counted, from 25 % to 50 % in the last 5\u00a0min");
  assert(!sheetOf(snapshot, "branches", undefined, past([null, null])).includes("<figure"));
});

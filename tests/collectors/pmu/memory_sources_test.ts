/**
 * What each machine's memory traffic is counted by. `tests/fixtures/uncore/NAME.txt` is its sysfs, and
 * `NAME.plan.json` beside it what is to come of it: typed by hand from kernel files and event lists. An
 * event is its PMU's number, the words of `perf_event_attr`, and its name for perf.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { readPmuDevices } from "../../../collectors/host/pmu_devices.ts";
import { encodeEvent, hex, parseEventTerms, parseFormat } from "../../../collectors/pmu/format.ts";
import type {
  MemoryBox,
  MemoryMachine,
  MemoryPlan,
  MemoryTerm,
} from "../../../collectors/pmu/memory_source.ts";
import {
  MEMORY_SOURCES,
  memoryPlans,
  unusableMemory,
} from "../../../collectors/pmu/memory_sources.ts";
import type { PmuEvent } from "../../../collectors/pmu/pmu_event.ts";
import { TextTree } from "../../text_tree.ts";

const FIXTURES = new URL("../../fixtures/uncore/", import.meta.url);
const DEVICES = "/sys/bus/event_source/devices";

interface Expected {
  readonly machine: MemoryMachine;
  readonly plans: readonly { readonly id: string }[];
}

function treeOf(name: string): TextTree {
  return TextTree.parse(Deno.readTextFileSync(new URL(`${name}.txt`, FIXTURES)));
}

function expectedOf(name: string): Expected {
  return JSON.parse(Deno.readTextFileSync(new URL(`${name}.plan.json`, FIXTURES)));
}

function fixtureNames(): readonly string[] {
  return [...Deno.readDirSync(FIXTURES)]
    .flatMap(({ name }) => name.endsWith(".txt") ? [name.slice(0, -".txt".length)] : []).toSorted();
}

function eventText({ name, type, config, config1, config2, config3 }: PmuEvent): string {
  const more = Object.entries({ config1, config2, config3 }).flatMap(([word, value]) =>
    value === undefined ? [] : `${word}=${hex(value)}`
  );
  return [type, hex(config), ...more, name].join(" ");
}

function termJson(term: MemoryTerm | undefined): unknown {
  if (term === undefined) return undefined;
  return { bytesPerCount: term.bytesPerCount, events: term.events.map(eventText) };
}

function boxJson({ pmu, cpu, reads, writes, combined, clock }: MemoryBox): unknown {
  const parts = {
    pmu,
    cpu,
    reads: termJson(reads),
    writes: termJson(writes),
    combined: termJson(combined),
    clock: clock && { ...clock, event: eventText(clock.event) },
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function planJson({ id, provenance, traffic, perChannel, proxy, boxes }: MemoryPlan): unknown {
  return {
    id,
    provenance,
    traffic,
    perChannel,
    ...(proxy === undefined ? {} : { proxy }),
    boxes: boxes.map(boxJson),
  };
}

/** Plans of a machine whose sysfs has been changed. */
function plans(tree: TextTree, machine: MemoryMachine): readonly MemoryPlan[] {
  return memoryPlans(readPmuDevices(tree), machine);
}

function unusable(tree: TextTree, machine: MemoryMachine): readonly string[] {
  return unusableMemory(readPmuDevices(tree), machine);
}

function idsOf(found: readonly MemoryPlan[]): readonly string[] {
  return found.map(({ id }) => id);
}

function reads(plan: MemoryPlan | undefined): readonly string[] {
  return plan?.boxes.map(({ reads }) =>
    `${reads?.bytesPerCount} ${reads?.events.map(eventText)}`
  ) ??
    [];
}

for (const name of fixtureNames()) {
  Deno.test(`memoryPlans() finds the sources of ${name}`, () => {
    const { machine, plans: expected } = expectedOf(name);
    assertEquals(plans(treeOf(name), machine).map(planJson), expected as unknown[]);
  });
}

Deno.test("every source of memory traffic has a fixture that shows it", () => {
  const shown = fixtureNames().flatMap((name) => expectedOf(name).plans.map(({ id }) => id));
  assertEquals(MEMORY_SOURCES.map(({ id }) => id).filter((id) => !shown.includes(id)), []);
});

Deno.test("sources have names of their own, notes that are sentences, and say what they need", () => {
  const ids = MEMORY_SOURCES.map(({ id }) => id);
  assertEquals(ids.length, new Set(ids).size);
  for (const { id, note, needs, reads, writes, combined } of MEMORY_SOURCES) {
    assertMatch(id, /^[a-z][a-z0-9_]+$/);
    if (note !== undefined) assertMatch(note, /^[A-Z].*\.$/, id);
    assert(needs.length > 0 && !needs.endsWith("."), id);
    // What counts both cannot stand beside what counts one of them.
    assertEquals(combined === undefined, reads !== undefined, id);
    assert(writes === undefined || reads !== undefined, id);
  }
});

Deno.test("where a source gives an event by parts and by number, they are the same event", () => {
  const formats = new Map(
    Object.entries({ event: "config:0-7", umask: "config:8-15", rdwrmask: "config:8-9" })
      .map(([name, text]) => [name, parseFormat(text)]),
  );
  let compared = 0;
  for (const { id, reads, writes, combined, clock } of MEMORY_SOURCES) {
    const lists = [reads, writes, combined].flatMap((one) => one?.events ?? []);
    for (const { terms, config } of [...lists, ...(clock === undefined ? [] : [clock.event])]) {
      if (terms === undefined || config === undefined) continue;
      assertEquals(encodeEvent(parseEventTerms(terms), formats).config, config, `${id} ${terms}`);
      compared++;
    }
  }
  assert(compared > 30);
});

Deno.test("memory controllers and their free-running counters are two plans, never one", () => {
  const { machine } = expectedOf("ice_lake_server");
  const found = plans(treeOf("ice_lake_server"), machine).filter(({ traffic }) =>
    traffic === "ddr"
  );
  assertEquals(idsOf(found), ["intel_imc_icx", "intel_free_running"]);
  assertEquals(found.map(({ boxes }) => boxes.map(({ pmu }) => pmu)), [
    ["uncore_imc_0"],
    ["uncore_imc_free_running_0"],
  ]);
});

Deno.test("Zen 4 has its memory controllers first and its data fabric second", () => {
  const { machine } = expectedOf("zen4_server");
  const tree = treeOf("zen4_server");
  assertEquals(idsOf(plans(tree, machine)), ["amd_df"]);
  for (const [file, text] of [["type", "12"], ["cpumask", "0"], ["format/event", "config:0-7"]]) {
    tree.set(`${DEVICES}/amd_umc_0/${file}`, text!);
  }
  tree.set(`${DEVICES}/amd_umc_0/format/rdwrmask`, "config:8-9");
  assertEquals(idsOf(plans(tree, machine)), ["amd_umc", "amd_df"]);
});

Deno.test("a data fabric whose format is too narrow for its events is left, and told", () => {
  const { machine } = expectedOf("zen4_server");
  const tree = treeOf("zen4_server");
  tree.set(`${DEVICES}/amd_df/format/umask`, "config:8-15\n");
  assertEquals(plans(tree, machine), []);
  assertEquals(unusable(tree, machine), [
    "Cannot count memory traffic on amd_df: found a format that " +
    '"event=0x1f,umask=0x7fe" does not fit, needs Linux 6.0 with the module amd_uncore',
  ]);
});

Deno.test("a malformed format costs its PMU, and makes what is left of the sum doubtful", () => {
  const { machine } = expectedOf("sapphire_rapids");
  const tree = treeOf("sapphire_rapids");
  const second = treeOf("sapphire_rapids");
  for (const path of second.paths().filter((path) => path.includes("/uncore_imc_0/"))) {
    tree.set(path.replace("uncore_imc_0", "uncore_imc_1"), second.text(path));
  }
  assertEquals(plans(tree, machine)[0]?.boxes.length, 4);
  assertEquals(plans(tree, machine)[0]?.provenance, "kernel");
  tree.set(`${DEVICES}/uncore_imc_1/format/umask`, "config:8-\n");
  const [plan] = plans(tree, machine);
  assertEquals(plan?.boxes.map(({ pmu }) => pmu), ["uncore_imc_0", "uncore_imc_0"]);
  assertEquals(plan?.provenance, "unverified");
  assertEquals(plan?.note, "Without 1 of 2 PMUs, which cannot be counted.");
  assertMatch(
    unusable(tree, machine)[0]!,
    /^Cannot count memory traffic on uncore_imc_1: found no event "cas_count_read" and a format/,
  );
});

Deno.test("numbers stand in only where there is no format at all, and none that cannot be read", () => {
  const { machine } = expectedOf("zen5_server");
  const tree = treeOf("zen5_server");
  tree.remove(`${DEVICES}/amd_umc_0/format`);
  tree.set(`${DEVICES}/amd_umc_12/format/rdwrmask`, "config:2-9\n");
  tree.remove(`${DEVICES}/amd_umc_12/format/event`);
  const [plan] = plans(tree, machine);
  assertEquals(reads(plan), ["64 12 0x10a amd_umc/config=0x10a/"]);
  assertEquals(unusable(tree, machine).length, 1);
  tree.set(`${DEVICES}/amd_umc_0/format/event`, "config:0-\n");
  assertEquals(plans(tree, machine), []);
});

Deno.test("where the scale or the unit of an event is not understood, the source says what it is worth", () => {
  const { machine } = expectedOf("haswell_ep");
  const first = `${DEVICES}/uncore_imc_0/events/cas_count_read`;
  const worth = (change: (tree: TextTree) => void): number | undefined => {
    const tree = treeOf("haswell_ep");
    change(tree);
    return plans(tree, machine)[0]?.boxes[0]?.reads?.bytesPerCount;
  };
  assertEquals(worth((tree) => tree.remove(`${first}.scale`)), 64);
  assertEquals(worth((tree) => tree.remove(`${first}.unit`)), 64);
  assertEquals(worth((tree) => tree.set(`${first}.unit`, "Lines\n")), 64);
  assertEquals(worth((tree) => tree.set(`${first}.scale`, "many\n")), 64);
  // As they say it, where they do.
  assertEquals(worth((tree) => tree.set(`${first}.scale`, "1.220703125e-4\n")), 128);
  assertEquals(worth((tree) => tree.set(`${first}.scale`, "3.0517578e-5\n")), 32);
  const inUnit = (unit: string, scale: string): number | undefined =>
    worth((tree) => {
      tree.set(`${first}.unit`, unit);
      tree.set(`${first}.scale`, scale);
    });
  assertEquals(inUnit("Bytes\n", "32\n"), 32);
  assertEquals(inUnit("KiB\n", "0.03125\n"), 32);
  assertEquals(inUnit("MB\n", "32e-6\n"), 32);
});

Deno.test("a unit that is not understood leaves the word to who vouches for the source", () => {
  const { machine } = expectedOf("intel_server_to_come");
  const tree = treeOf("intel_server_to_come");
  assertEquals(plans(tree, machine)[0]?.provenance, "kernel");
  tree.set(`${DEVICES}/uncore_imc_0/events/cas_count_read.unit`, "Lines\n");
  assertEquals(plans(tree, machine)[0]?.provenance, "unverified");
});

Deno.test("a box stands for each CPU of the cpumask, and for CPU 0 where there is none", () => {
  const { machine } = expectedOf("haswell_ep");
  const boxes = (change: (tree: TextTree) => void): readonly string[] => {
    const tree = treeOf("haswell_ep");
    tree.remove(`${DEVICES}/uncore_imc_1`);
    change(tree);
    const lines = unusable(tree, machine);
    return [
      ...plans(tree, machine).flatMap(({ boxes }) => boxes.map(({ cpu }) => `cpu ${cpu}`)),
      ...lines.map((line) => /found (.*), needs/.exec(line)![1]!),
    ];
  };
  const file = (name: string): string => `${DEVICES}/uncore_imc_0/${name}`;
  assertEquals(boxes((tree) => tree.set(file("cpumask"), "3,20\n")), ["cpu 3", "cpu 20"]);
  assertEquals(boxes((tree) => tree.remove(file("cpumask"))), ["cpu 0"]);
  assertEquals(boxes((tree) => tree.set(file("cpumask"), "\n")), ["no CPU in its cpumask"]);
  assertEquals(boxes((tree) => tree.set(file("cpumask"), "0-\n")), [
    "a cpumask that cannot be read",
  ]);
  assertEquals(
    boxes((tree) => {
      tree.remove(file("cpumask"));
      tree.set(file("cpus"), "0-7\n");
    }),
    ["the CPUs of a core and no cpumask"],
  );
});

Deno.test("a PMU whose CPUs are offline needs one of them, and no other kernel", () => {
  const { machine } = expectedOf("zen5_server");
  const tree = treeOf("zen5_server");
  tree.set(`${DEVICES}/amd_umc_12/cpumask`, "\n");
  assertEquals(unusable(tree, machine), [
    "Cannot count memory traffic on amd_umc_12: found no CPU in its cpumask, needs a CPU of its " +
    "socket online",
  ]);
  assertEquals(plans(tree, machine)[0]?.provenance, "unverified");
});

Deno.test("the name that an older kernel gives to another event of Ice Lake is not believed", () => {
  const { machine } = expectedOf("ice_lake_server");
  const tree = treeOf("ice_lake_server");
  tree.set(`${DEVICES}/uncore_imc_0/events/cas_count_read`, "event=0x04,umask=0x03\n");
  assertEquals(reads(plans(tree, machine)[0]), [
    "64 12 0xf04 uncore_imc/event=0x04,umask=0x0f/",
  ]);
});

Deno.test("a model that is not known takes events by name, and no numbers", () => {
  const { machine } = expectedOf("intel_server_to_come");
  const tree = treeOf("intel_server_to_come");
  const unknown: MemoryMachine = { machine: "x86_64" };
  assertEquals(idsOf(plans(tree, unknown)), ["intel_imc"]);
  tree.remove(`${DEVICES}/uncore_imc_0/events`);
  assertEquals(plans(tree, machine), []);
  assertEquals(unusable(tree, machine), [
    'Cannot count memory traffic on uncore_imc_0: found no event such as "cas_count_read", ' +
    "needs a kernel that names the events of this CPU's memory controllers",
  ]);
});

Deno.test("a name whose parts have names of their own is not added to them", () => {
  const tree = treeOf("granite_rapids");
  const events = `${DEVICES}/uncore_imc_0/events`;
  const whole = (direction: string): string => `${events}/cas_count_${direction}`;
  for (const [direction, config] of [["read", "0xcf"], ["write", "0xf0"]] as const) {
    tree.set(whole(direction), `event=0x05,umask=${config}\n`);
    tree.set(`${whole(direction)}.scale`, "6.103515625e-5\n");
    tree.set(`${whole(direction)}.unit`, "MiB\n");
  }
  const [plan] = plans(tree, { machine: "x86_64" });
  assertEquals(plan?.id, "intel_imc");
  assertEquals(plan?.boxes[0]?.reads?.events.map(({ name }) => name), [
    "uncore_imc/cas_count_read_sch0/",
    "uncore_imc/cas_count_read_sch1/",
  ]);
});

Deno.test("reasons name a few PMUs and count the rest", () => {
  const { machine } = expectedOf("intel_server_to_come");
  const tree = treeOf("intel_server_to_come");
  tree.remove(`${DEVICES}/uncore_imc_0/events`);
  for (let i = 1; i < 8; i++) tree.set(`${DEVICES}/uncore_imc_${i}/type`, `${12 + i}\n`);
  const [line, ...rest] = unusable(tree, machine);
  assertMatch(line!, /on uncore_imc_0, uncore_imc_1, uncore_imc_2 and 5 more: found/);
  assertEquals(rest, []);
});

Deno.test("controllers whose events have no names are no complaint where free-running ones count", () => {
  for (const name of ["alder_lake", "lunar_lake"]) {
    assertEquals(unusable(treeOf(name), expectedOf(name).machine), [], name);
  }
});

Deno.test("PMUs of one maker are nothing on the CPUs of another", () => {
  const tree = treeOf("skylake");
  assertEquals(plans(tree, { cpuVendor: "amd", cpuFamily: 25, machine: "x86_64" }), []);
  assertEquals(unusable(tree, { cpuVendor: "amd", cpuFamily: 25, machine: "x86_64" }), []);
});

Deno.test("no PMU at all is no plan and no complaint", () => {
  assertEquals(memoryPlans([], { machine: "x86_64" }), []);
  assertEquals(unusableMemory([], { machine: "x86_64" }), []);
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import { isColumn, METRICS } from "../../collectors/catalogue.ts";
import { MEMINFO_LINES } from "../../collectors/catalogue/memory.ts";
import { VMSTAT_LINES } from "../../collectors/catalogue/paging.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { memory } from "../../collectors/memory.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const MEMINFO = "/proc/meminfo";
const VMSTAT = "/proc/vmstat";

/** Every line that is wanted with a value, in the kernel's layout, between lines that are not. */
function meminfo(values: Readonly<Record<string, number>>): string {
  const lines = MEMINFO_LINES.map(({ key, unit }) =>
    `${`${key}:`.padEnd(16)}${String(key in values ? values[key] : 7).padStart(8)}${
      unit === "By" ? " kB" : ""
    }\n`
  );
  return `${lines.join("")}Zswap:                 9 kB\nHugePages_Totals:   8\n`;
}

function vmstat(values: Readonly<Record<string, number>> = {}): string {
  const lines = VMSTAT_LINES.map(({ key }) => `${key} ${key in values ? values[key] : 0}\n`);
  return `nr_free_pages 5\n${lines.join("")}pgfaults 9\n`;
}

function stage(files: Readonly<Record<string, string>>): { stage: Stage; tree: TextTree } {
  const tree = new TextTree(files);
  return { stage: new Stage([memory], { tree }), tree };
}

Deno.test("memory reads kilobytes as 1024 bytes, and counts of huge pages as they stand", () => {
  // Later ones are smaller: what is free of the swap is no more than all of it.
  const values = Object.fromEntries(MEMINFO_LINES.map(({ key }, index) => [key, 100 - index]));
  const { stage: on } = stage({ [MEMINFO]: meminfo(values), [VMSTAT]: vmstat() });
  on.tick();
  for (const { key, metric, unit } of MEMINFO_LINES) {
    assertEquals(on.cell(metric), values[key]! * (unit === "By" ? 1024 : 1), key);
  }
  assertEquals(on.problems(), []);
});

Deno.test("memory divides the total into used, cache and free", () => {
  const { stage: on } = stage({
    [MEMINFO]: meminfo({
      MemTotal: 1000,
      MemFree: 300,
      MemAvailable: 500,
      Buffers: 50,
      Cached: 250,
      Shmem: 40,
      SReclaimable: 60,
      SwapTotal: 90,
      SwapFree: 70,
      HugePages_Total: 8,
      HugePages_Free: 3,
      Hugepagesize: 2048,
    }),
    [VMSTAT]: vmstat(),
  });
  on.tick();
  // Cache: 250 + 50 + 60 - 40 = 320 kB. Used: 1000 - 300 - 320 = 380 kB.
  assertEquals(on.rate("memory_cache_bytes"), 320 * 1024);
  assertEquals(on.rate("memory_used_bytes"), 380 * 1024);
  assertEquals(on.rate("swap_used_bytes"), 20 * 1024);
  // Five pages of 2 MiB.
  assertEquals(on.rate("huge_pages_used_bytes"), 10 * 2 ** 20);
});

Deno.test("memory counts paging, pgpgin and pgpgout in kilobytes", () => {
  const { stage: on, tree } = stage({ [MEMINFO]: meminfo({}), [VMSTAT]: vmstat({ pgfault: 100 }) });
  on.tick();
  tree.set(
    VMSTAT,
    vmstat({ pgfault: 300, pgmajfault: 4, pgpgin: 10, pgpgout: 20, pswpin: 6, oom_kill: 2 }),
  );
  on.tick(2000);
  assertEquals(on.rate("page_faults"), 100);
  assertEquals(on.rate("page_faults_major"), 2);
  assertEquals(on.rate("paged_in_bytes"), 5 * 1024);
  assertEquals(on.rate("paged_out_bytes"), 10 * 1024);
  assertEquals(on.rate("swap_in_pages"), 3);
  assertEquals(on.rate("oom_kills"), 1);
  assertEquals(on.rate("pages_scanned_direct"), 0);
});

Deno.test("memory tells keys apart that begin or end alike", () => {
  const { stage: on } = stage({
    [MEMINFO]: "SwapCached: 3 kB\nCached: 5 kB\nActive(anon): 11 kB\nActive: 13 kB\n",
    [VMSTAT]: vmstat(),
  });
  on.tick();
  assertEquals(on.cell("swap_cached_bytes"), 3 * 1024);
  assertEquals(on.cell("memory_cached_bytes"), 5 * 1024);
  assertEquals(on.cell("memory_active_bytes"), 13 * 1024);
});

Deno.test("memory says once which lines a kernel lacks, and which kernel has them", () => {
  const full = meminfo({ HugePages_Total: 3 });
  const { stage: on, tree } = stage({
    [MEMINFO]: full.replace(/^Huge.*\n/gm, "").replace(/^MemAvailable.*\n/m, ""),
    [VMSTAT]: vmstat(),
  });
  on.tick();
  on.tick();
  const messages = on.problems().map((problem) => problem.message);
  assertEquals(messages.length, 2);
  assertEquals(
    messages[0],
    'Cannot find "MemAvailable" in "/proc/meminfo"; needs Linux 3.14 or newer',
  );
  assertStringIncludes(messages[1]!, '"HugePages_Total", "HugePages_Free"');
  assertStringIncludes(messages[1]!, "needs a kernel with CONFIG_HUGETLBFS=y");
  const [available, huge] = on.problems();
  assertEquals(on.read("memory_available_bytes"), { absent: "not_supported", problem: available });
  // What is derived is absent for the same cause.
  assertEquals(on.read("huge_pages_used_bytes"), { absent: "not_supported", problem: huge });
  tree.set(MEMINFO, full);
  on.tick();
  assertEquals(on.problems(), []);
  assertEquals(on.cell("huge_pages_total"), 3);
});

Deno.test("memory loses a garbled line only, and until it is whole again", () => {
  const full = meminfo({ Dirty: 4, Writeback: 5 });
  const { stage: on, tree } = stage({ [MEMINFO]: full, [VMSTAT]: vmstat() });
  on.tick();
  tree.set(MEMINFO, full.replace(/^Dirty: .*$/m, "Dirty:          -4 kB"));
  on.tick();
  assertEquals(on.cell("memory_dirty_bytes"), NaN);
  assertEquals(on.cell("memory_writeback_bytes"), 5 * 1024);
  const [problem] = on.problems();
  assertEquals(problem!.reason, "failed");
  assertEquals(
    problem!.message,
    'Cannot read "Dirty" of "/proc/meminfo": found no number behind it',
  );
  tree.set(MEMINFO, full);
  on.tick();
  assertEquals(on.cell("memory_dirty_bytes"), 4 * 1024);
  assertEquals(on.problems(), []);
});

Deno.test("memory believes no number that is more than there can be, or than its whole", () => {
  const swap = { SwapTotal: 90, SwapFree: 91 };
  const { stage: on, tree } = stage({ [MEMINFO]: meminfo(swap), [VMSTAT]: vmstat() });
  on.tick();
  assertEquals(on.cell("swap_free_bytes"), NaN);
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(on.read("swap_used_bytes"), { absent: "failed", problem });
  assertStringIncludes(problem!.message, 'Cannot believe "SwapFree" of "/proc/meminfo"');
  tree.set(MEMINFO, meminfo({ ...swap, SwapFree: 90 }));
  on.tick();
  assertEquals([on.rate("swap_used_bytes"), on.problems()], [0, []]);
  // What fell below 0 in 64 bits.
  const text = meminfo({ Cached: 5 }).replace(/^Cached.*$/m, "Cached: 18446744073709346016 kB")
    .replace(/^SwapFree.*$/m, "SwapFree: 18446744073709346016 kB");
  tree.set(MEMINFO, text);
  on.tick();
  on.tick();
  assertEquals([on.cell("swap_free_bytes"), on.cell("memory_cached_bytes")], [NaN, NaN]);
  assertStringIncludes(on.problems()[0]!.message, '"Cached", "SwapFree"');
});

Deno.test("memory believes no cache of less than nothing, which is made of lines of two machines", () => {
  // A container's page cache beside its host's shared memory, as old stand-ins for the file have them.
  const values = { MemTotal: 1000, MemFree: 300, Buffers: 0, Cached: 250, SReclaimable: 0 };
  const files = { [MEMINFO]: meminfo({ ...values, Shmem: 700 }), [VMSTAT]: vmstat() };
  const { stage: on } = stage(files);
  for (let tick = 0; tick < 3; tick++) on.tick();
  const cache = on.read("memory_cache_bytes");
  assertEquals("value" in cache && [cache.value, cache.grade], [-450 * 1024, "implausible"]);
});

Deno.test("memory believes no 0 of what lxcfs does not know, and what it makes of the rest", () => {
  const values = { MemTotal: 1000, MemFree: 300, Cached: 250, Shmem: 40, Buffers: 0, Dirty: 0 };
  const text = meminfo({ ...values, Slab: 0, SReclaimable: 0, SUnreclaim: 0 });
  const lxcfs = "lxcfs /proc/meminfo fuse.lxcfs rw,nosuid 0 0\n";
  const { stage: on, tree } = stage({
    [MEMINFO]: text,
    [VMSTAT]: vmstat(),
    "/proc/self/mounts": `/dev/sda1 / ext4 rw 0 0\n${lxcfs}`,
  });
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(
    problem!.message,
    'Cannot tell "Buffers", "Dirty", "Slab", "SReclaimable", "SUnreclaim" from "/proc/meminfo": ' +
      "found 0, which lxcfs fills in for what it does not know",
  );
  assertEquals(on.read("memory_slab_bytes"), { absent: "not_supported", problem });
  assertEquals(on.cell("memory_writeback_bytes"), 7 * 1024);
  // The page cache less shared memory is a part of the cache, so what remains is the most that is used.
  const estimate = { coverage: 1, grade: "estimated" } as const;
  assertEquals(on.read("memory_cache_bytes"), { value: 210 * 1024, ...estimate, bound: "lower" });
  assertEquals(on.read("memory_used_bytes"), { value: 490 * 1024, ...estimate, bound: "upper" });
  // With control groups of version 1 it knows some of them, and then 0 is 0.
  tree.set(MEMINFO, text.replace(/^Dirty.*$/m, "Dirty: 8 kB"));
  on.tick();
  tree.set(MEMINFO, text);
  on.tick();
  assertEquals(on.cell("memory_dirty_bytes"), 0);
  assertEquals(on.cell("memory_slab_bytes"), NaN);
  // The host's own procfs beside it is the kernel's.
  tree.procfs = "/host/proc";
  const host = new Stage([memory], { tree });
  host.tick();
  assertEquals([host.cell("memory_slab_bytes"), host.problems()], [0, []]);
});

Deno.test("memory goes on without the one of its files that is masked, and finds it again", () => {
  const { stage: on, tree } = stage({ [MEMINFO]: meminfo({ MemFree: 2 }), [VMSTAT]: vmstat() });
  on.tick();
  assertEquals(on.cell("page_faults"), 0);
  tree.fail(VMSTAT, ERRNO.EACCES);
  on.tick();
  assertEquals(on.cell("memory_free_bytes"), 2048);
  assertEquals(on.cell("page_faults"), NaN);
  const [problem] = on.problems();
  assertEquals(problem!.reason, "denied");
  assertEquals(problem!.metrics, VMSTAT_LINES.map(({ metric }) => metric));
  tree.set(VMSTAT, vmstat({ pgfault: 8 }));
  on.tick();
  assertEquals(on.cell("page_faults"), NaN, "tried again too soon");
  on.tick(5000);
  assertEquals(on.cell("page_faults"), 8);
  assertEquals(on.problems(), []);
});

Deno.test("memory fails as a whole when neither file can be read", () => {
  const { stage: on, tree } = stage({});
  on.tick();
  const problems = on.problems();
  assertEquals(problems.length, 1);
  assertEquals(problems[0]!.reason, "not_supported");
  assertEquals(problems[0]!.metrics, undefined);
  assertStringIncludes(problems[0]!.message, 'Cannot open "/proc/meminfo": ENOENT');
  assertEquals(tree.openFiles, 0);
});

Deno.test("memory refuses a file that holds none of its lines", () => {
  const { stage: on } = stage({ [MEMINFO]: "\u0000\u0001 binary\n", [VMSTAT]: vmstat() });
  on.tick();
  const [problem] = on.problems();
  assertEquals(problem!.reason, "failed");
  assertStringIncludes(problem!.message, "needs lines of a key and a number");
  assertEquals(on.cell("page_faults"), 0);
});

Deno.test("memory is exposed under node_exporter's names, spelt as the kernel spells its keys", () => {
  const exposed = [...METRICS.values()].filter(isColumn)
    .filter((entry) => entry.collector === "memory")
    .map(({ exposition, kind }) => `${kind} ${exposition?.type ?? "typed"} ${exposition?.name}`);
  for (
    const name of [
      "gauge typed node_memory_MemTotal_bytes",
      "gauge typed node_memory_MemAvailable_bytes",
      "gauge typed node_memory_MemFree_bytes",
      "gauge typed node_memory_Buffers_bytes",
      "gauge typed node_memory_Cached_bytes",
      "gauge typed node_memory_Dirty_bytes",
      "gauge typed node_memory_SReclaimable_bytes",
      "gauge typed node_memory_Committed_AS_bytes",
      "gauge typed node_memory_SwapTotal_bytes",
      "gauge typed node_memory_SwapFree_bytes",
      "gauge typed node_memory_HugePages_Total",
      "gauge typed node_memory_Hugepagesize_bytes",
      "counter untyped node_vmstat_pgfault",
      "counter untyped node_vmstat_pgmajfault",
      "counter untyped node_vmstat_oom_kill",
    ]
  ) assertEquals(exposed.filter((found) => found === name), [name]);
});

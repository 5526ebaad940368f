/** Memory as people read it, swap and huge pages, and the card that shows them with paging. */
import type { Derived, Otlp, Subject } from "../catalogue.ts";
import { add, atLeast, either, type Formula, last, multiply, subtract } from "../formula.ts";
import { ANY_KERNEL, type MemoryLine, metricOf } from "./memory_line.ts";

/** Id of the metric of how much memory there is. */
export const MEMORY_TOTAL = "memory_total_bytes";

/** Used, free and cache add up to all of it. */
function usage(state: "used" | "free" | "cached"): Otlp {
  const help = "Memory by what it holds; the three states add up to all of it.";
  return {
    name: "system.memory.usage",
    attributes: { "system.memory.state": state },
    help,
    sum: true,
  };
}

function slab(state: "reclaimable" | "unreclaimable"): Otlp {
  const attributes = { "system.memory.linux.slab.state": state };
  const help = "The kernel's own objects, by whether it can drop them.";
  return { name: "system.memory.linux.slab.usage", attributes, help, sum: true };
}

function swap(state: "used" | "free"): Otlp {
  const help = "Swap space by whether it holds something.";
  return {
    name: "system.paging.usage",
    attributes: { "system.paging.state": state },
    help,
    sum: true,
  };
}

const OTLP: Readonly<Record<string, Otlp>> = {
  [MEMORY_TOTAL]: { name: "system.memory.limit", sum: true },
  "memory_free_bytes": usage("free"),
  "memory_available_bytes": { name: "system.memory.linux.available", sum: true },
  "memory_shared_bytes": { name: "system.memory.linux.shared", sum: true },
  "memory_slab_reclaimable_bytes": slab("reclaimable"),
  "memory_slab_unreclaimable_bytes": slab("unreclaimable"),
  "swap_free_bytes": swap("free"),
  "huge_pages_total": { name: "system.memory.linux.hugepages.limit", sum: true },
  "huge_pages_reserved": { name: "system.memory.linux.hugepages.reserved", sum: true },
  "huge_pages_surplus": { name: "system.memory.linux.hugepages.surplus", sum: true },
  "huge_page_size_bytes": { name: "system.memory.linux.hugepages.page_size", sum: true },
  "memory_used_bytes": usage("used"),
  "memory_cache_bytes": usage("cached"),
  "swap_used_bytes": swap("used"),
};

const HUGETLB = "a kernel with CONFIG_HUGETLBFS=y";

function kilobytes(
  key: string,
  metric: string,
  name: string,
  help: string,
  needs: string = ANY_KERNEL,
): MemoryLine {
  // node_exporter turns the brackets of `Active(anon)` into `Active_anon`.
  const exposed = key.replace("(", "_").replace(")", "");
  const exposition = { name: `node_memory_${exposed}_bytes` };
  return {
    key,
    metric,
    name,
    help,
    unit: "By",
    scale: 1024,
    needs,
    exposition,
    otlp: OTLP[metric],
  };
}

function pages(key: string, metric: string, name: string, help: string): MemoryLine {
  const exposition = { name: `node_memory_${key}` };
  return {
    key,
    metric,
    name,
    help,
    unit: "{page}",
    scale: 1,
    needs: HUGETLB,
    exposition,
    otlp: OTLP[metric],
  };
}

/** Lines of `/proc/meminfo` (proc_meminfo(5)): gauges. */
export const MEMINFO_LINES: readonly MemoryLine[] = [
  kilobytes(
    "MemTotal",
    MEMORY_TOTAL,
    "Total",
    "Memory that the kernel manages: what is built in, less what firmware and the kernel's image keep.",
  ),
  kilobytes("MemFree", "memory_free_bytes", "Free", "Memory that holds nothing."),
  kilobytes(
    "MemAvailable",
    "memory_available_bytes",
    "Available",
    "The kernel's estimate of what new programs can have without swapping: free memory and cache " +
      "that can be dropped, less reserves.",
    "Linux 3.14 or newer",
  ),
  kilobytes(
    "Buffers",
    "memory_buffers_bytes",
    "Buffers",
    "Cache of block devices read as such: filesystem metadata.",
  ),
  kilobytes(
    "Cached",
    "memory_cached_bytes",
    "Page cache",
    "Cache of file contents, with tmpfs and shared memory, without swap cache.",
  ),
  kilobytes(
    "SwapCached",
    "swap_cached_bytes",
    "Swap cache",
    "Memory that was read back from swap and still stands there too.",
  ),
  kilobytes("Active", "memory_active_bytes", "Active", "Memory used lately, reclaimed last."),
  kilobytes(
    "Inactive",
    "memory_inactive_bytes",
    "Inactive",
    "Memory not used lately, reclaimed first.",
  ),
  kilobytes(
    "Mlocked",
    "memory_locked_bytes",
    "Locked",
    "Memory that programs locked so that it is never swapped out.",
  ),
  kilobytes("SwapTotal", "swap_total_bytes", "Swap", "Swap space that is set up."),
  kilobytes("SwapFree", "swap_free_bytes", "Swap, free", "Swap space that holds nothing."),
  kilobytes(
    "Dirty",
    "memory_dirty_bytes",
    "Dirty",
    "Cache that was changed and waits to be written to its disk.",
  ),
  kilobytes(
    "Writeback",
    "memory_writeback_bytes",
    "Being written",
    "Cache that is being written to its disk now.",
  ),
  kilobytes(
    "AnonPages",
    "memory_anonymous_bytes",
    "Programs",
    "Memory of programs that no file stands behind: heaps and stacks.",
  ),
  kilobytes(
    "Mapped",
    "memory_mapped_bytes",
    "Mapped",
    "File contents that programs have mapped, libraries included.",
  ),
  kilobytes(
    "Shmem",
    "memory_shared_bytes",
    "Shared and tmpfs",
    "Shared memory and contents of tmpfs. It stands in the page cache and cannot be dropped.",
  ),
  kilobytes(
    "Slab",
    "memory_slab_bytes",
    "Slab",
    "The kernel's own objects, reclaimable or not.",
  ),
  kilobytes(
    "SReclaimable",
    "memory_slab_reclaimable_bytes",
    "Slab, reclaimable",
    "The kernel's own objects that it can drop, such as cached names of files.",
  ),
  kilobytes(
    "SUnreclaim",
    "memory_slab_unreclaimable_bytes",
    "Slab, kept",
    "The kernel's own objects that it cannot drop.",
  ),
  kilobytes(
    "KernelStack",
    "memory_kernel_stack_bytes",
    "Kernel stacks",
    "Stacks of tasks in the kernel.",
  ),
  kilobytes(
    "PageTables",
    "memory_page_tables_bytes",
    "Page tables",
    "Tables that translate addresses of programs.",
  ),
  kilobytes(
    "CommitLimit",
    "memory_commit_limit_bytes",
    "Commit limit",
    "What programs may ask for together where overcommitting is forbidden.",
  ),
  kilobytes(
    "Committed_AS",
    "memory_committed_bytes",
    "Committed",
    "What programs asked for together, used or not.",
  ),
  kilobytes(
    "AnonHugePages",
    "memory_transparent_huge_bytes",
    "Transparent huge pages",
    "Memory of programs that stands in transparent huge pages.",
    "a kernel with CONFIG_TRANSPARENT_HUGEPAGE=y",
  ),
  pages(
    "HugePages_Total",
    "huge_pages_total",
    "Huge pages",
    "Huge pages of the default size set aside. They count as used memory.",
  ),
  pages(
    "HugePages_Free",
    "huge_pages_free",
    "Huge pages, free",
    "Huge pages of the default size that no program has.",
  ),
  pages(
    "HugePages_Rsvd",
    "huge_pages_reserved",
    "Huge pages, promised",
    "Free huge pages that were promised to a program already.",
  ),
  pages(
    "HugePages_Surp",
    "huge_pages_surplus",
    "Huge pages, surplus",
    "Huge pages above the number that was set up.",
  ),
  kilobytes(
    "Hugepagesize",
    "huge_page_size_bytes",
    "Huge page size",
    "Size of a huge page of the default size.",
    HUGETLB,
  ),
];

/** Lines that are no one machine's, such as a guest's cache and its host's shared memory, leave less than 0. */
const SANE_BYTES = [0, 2 ** 63] as const;

function derived(id: string, name: string, help: string, formula: Formula): Derived {
  return {
    id,
    name,
    help,
    unit: "By",
    kind: "derived",
    scope: "host",
    formula,
    sane: SANE_BYTES,
    otlp: OTLP[id],
  };
}

/** What can be dropped for programs. Where not all of it is told, the page cache is the most of it. */
const cache = either(
  subtract(
    add(
      last("memory_cached_bytes"),
      last("memory_buffers_bytes"),
      last("memory_slab_reclaimable_bytes"),
    ),
    last("memory_shared_bytes"),
  ),
  atLeast(subtract(last("memory_cached_bytes"), last("memory_shared_bytes"))),
);

export const memory: Subject = {
  metrics: [
    ...MEMINFO_LINES.map((line) => metricOf(line, "gauge", "/proc/meminfo")),
    derived(
      "memory_used_bytes",
      "Used",
      "Total less free less cache, so that the three add up. Shared memory and tmpfs are in it, which " +
        "htop shows apart. free(1) prints total less available, which is more by the reserves that the " +
        "kernel keeps.",
      subtract(last(MEMORY_TOTAL), add(last("memory_free_bytes"), cache)),
    ),
    derived(
      "memory_cache_bytes",
      "Cache",
      "Page cache, buffers and reclaimable slab, less shared memory and tmpfs, which stand in the " +
        "page cache and cannot be dropped. The cache of ZFS is not in it.",
      cache,
    ),
    derived(
      "swap_used_bytes",
      "Swap used",
      "Swap space that holds something.",
      subtract(last("swap_total_bytes"), last("swap_free_bytes")),
    ),
    derived(
      "huge_pages_used_bytes",
      "Huge pages used",
      "Memory in huge pages of the default size that programs have.",
      multiply(
        subtract(last("huge_pages_total"), last("huge_pages_free")),
        last("huge_page_size_bytes"),
      ),
    ),
  ],
  cards: [
    {
      id: "memory",
      title: "Memory",
      note: { metric: MEMORY_TOTAL },
      place: "sys",
      order: 40,
      blocks: [
        {
          block: "bar",
          parts: [{ metric: "memory_used_bytes" }, { metric: "memory_cache_bytes" }],
          whole: MEMORY_TOTAL,
        },
        {
          block: "figures",
          rows: [{ metric: "memory_used_bytes" }, { metric: "memory_cache_bytes" }],
          swatch: true,
        },
        {
          block: "figures",
          rows: [
            { metric: "memory_free_bytes" },
            { metric: "memory_available_bytes" },
            { metric: "memory_dirty_bytes", name: "Dirty, to be written" },
            { metric: "page_faults_major" },
            { metric: "swap_used_bytes", name: "Swap used" },
            { metric: "swap_total_bytes", name: "Swap" },
            { metric: "oom_kills_since_boot" },
          ],
        },
      ],
    },
  ],
};

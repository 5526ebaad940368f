/** `/proc/meminfo` and `/proc/vmstat`: how much memory is what, and what paging does. @module */
import { MEMINFO_LINES } from "./catalogue/memory.ts";
import type { MemoryLine } from "./catalogue/memory_line.ts";
import { VMSTAT_LINES } from "./catalogue/paging.ts";
import type { CollectorSpec, Reader, Site } from "./collector.ts";
import { type KeyedField, KeyedLines } from "./files/keyed_lines.ts";
import { isOfLxcfs } from "./files/lxcfs.ts";
import { OptionalFile, requireOne } from "./files/optional_file.ts";

const MEMINFO = "/proc/meminfo";
const VMSTAT = "/proc/vmstat";

/** What lxcfs does not know: all of these, or where control groups are of version 2. */
const ZERO_BY_LXCFS: ReadonlySet<string> = new Set([
  "AnonHugePages",
  "Buffers",
  "Dirty",
  "SReclaimable",
  "SUnreclaim",
  "Slab",
  "SwapCached",
  "Writeback",
]);

/** Parts with their wholes: lxcfs takes one from another, and the difference may fall below 0. */
const PART_OF: Readonly<Record<string, string>> = { SwapFree: "SwapTotal" };

/**
 * Much text, and the kernel adds up every CPU's part for it; CPUs hand in their parts once a second
 * (vm.stat_interval).
 */
const MIN_INTERVAL_MS = 100;

export const memory: CollectorSpec = { id: "memory", minIntervalMs: MIN_INTERVAL_MS, open };

function open(site: Site): Reader {
  const lxcfs = isOfLxcfs(site.tree, MEMINFO) ? "lxcfs" : undefined;
  const meminfo = fields(MEMINFO_LINES, false).map((field): KeyedField => ({
    ...field,
    partOf: PART_OF[field.key],
    zeroBy: ZERO_BY_LXCFS.has(field.key) ? lxcfs : undefined,
  }));
  const vmstat = fields(VMSTAT_LINES, true);
  const files = [
    new OptionalFile(site, MEMINFO, new KeyedLines(site, MEMINFO, meminfo)),
    new OptionalFile(site, VMSTAT, new KeyedLines(site, VMSTAT, vmstat)),
  ];
  return {
    read(row, tick): void {
      for (let i = 0; i < files.length; i++) files[i]!.read(row, tick);
      requireOne(files);
    },
    close: () => files.forEach((file) => file.close()),
  };
}

function fields(lines: readonly MemoryLine[], counter: boolean): readonly KeyedField[] {
  return lines.map(({ key, metric, scale, needs }) => ({ key, metric, counter, scale, needs }));
}

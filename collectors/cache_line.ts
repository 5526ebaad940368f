/**
 * The line size of the last-level cache (Documentation/ABI/testing/sysfs-devices-system-cpu), for
 * bandwidth that is estimated from misses. Read once: it does not change while the machine runs.
 *
 * @module
 */
import { CollectorError, type CollectorSpec, HOST_SLOT, type Site } from "./collector.ts";
import { numberOf, textOf } from "./files/text.ts";
import type { HostTree } from "./kernel/host_tree.ts";

const CPUS = "/sys/devices/system/cpu";

export const cacheLine: CollectorSpec = {
  id: "cache_line",
  minIntervalMs: 60_000,
  open,
};

function open(site: Site): ReturnType<CollectorSpec["open"]> {
  const bytes = lineBytes(site);
  if (bytes === undefined) {
    throw new CollectorError(
      "not_supported",
      `Cannot read the line size of the last-level cache in "${CPUS}": found no cache with a ` +
        "coherency_line_size, needs a kernel and a container that show the CPU's caches",
    );
  }
  const column = site.column("llc_line_bytes");
  return {
    read: (row) => row.gauge(column, HOST_SLOT, bytes),
    close: () => {},
  };
}

/** Of the first CPU that shows its caches: CPU 0 may be offline. */
function lineBytes({ tree, profile }: Site): number | undefined {
  for (const cpu of profile.onlineCpus) {
    const bytes = lineOfLastLevel(tree, `${CPUS}/cpu${cpu}/cache`);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** Bytes of a line of the cache with the highest level in `directory`; undefined where it does not tell. */
function lineOfLastLevel(tree: HostTree, directory: string): number | undefined {
  let highest = 0;
  let found: number | undefined;
  // Three or four on most machines, without a gap.
  for (let index = 0;; index++) {
    const cache = `${directory}/index${index}`;
    const level = numberOf(textOf(tree, `${cache}/level`), /^(\d{1,2})$/);
    if (level === undefined) return found;
    if (level <= highest) continue;
    highest = level;
    found = numberOf(textOf(tree, `${cache}/coherency_line_size`), /^([1-9]\d{0,5})$/);
  }
}

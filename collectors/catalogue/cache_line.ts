/** The line of the last-level cache: what one miss brings from memory. */
import type { Subject } from "../catalogue.ts";

export const cacheLine: Subject = {
  metrics: [{
    id: "llc_line_bytes",
    name: "LLC line",
    help: "Bytes in a line of the last-level cache.",
    unit: "By",
    kind: "gauge",
    scope: "host",
    collector: "cache_line",
    source: "/sys/devices/system/cpu/cpuN/cache/indexN/coherency_line_size of the highest level",
    exposition: { name: "ringside_llc_line_bytes" },
    sane: [8, 4096],
  }],
};

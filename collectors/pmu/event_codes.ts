/** Numbers that every kernel gives its generic events (include/uapi/linux/perf_event.h). @module */

/** `perf_event_attr.type` of what is there on every machine; other PMUs have theirs in sysfs. */
export const EVENT_TYPE = {
  hardware: 0,
  software: 1,
  tracepoint: 2,
  hardwareCache: 3,
  raw: 4,
  breakpoint: 5,
} as const;

/** `config` of software events by the names that perf gives them. */
export const SOFTWARE_EVENTS = {
  "cpu-clock": 0,
  "task-clock": 1,
  "page-faults": 2,
  "context-switches": 3,
  "cpu-migrations": 4,
  "minor-faults": 5,
  "major-faults": 6,
  "alignment-faults": 7,
  "emulation-faults": 8,
  "dummy": 9,
  "bpf-output": 10,
  "cgroup-switches": 11,
} as const;

export type SoftwareEvent = keyof typeof SOFTWARE_EVENTS;

/** `config` of hardware events by the names that perf gives them; the CPU's driver maps them. */
export const HARDWARE_EVENTS = {
  "cycles": 0,
  "instructions": 1,
  "cache-references": 2,
  "cache-misses": 3,
  "branches": 4,
  "branch-misses": 5,
  "bus-cycles": 6,
  "stalled-cycles-frontend": 7,
  "stalled-cycles-backend": 8,
  "ref-cycles": 9,
} as const;

export type HardwareEvent = keyof typeof HARDWARE_EVENTS;

/** Caches of hardware cache events: PERF_COUNT_HW_CACHE_L1D and so on. */
export const CACHE = { l1d: 0, l1i: 1, ll: 2, dtlb: 3, itlb: 4, bpu: 5, node: 6 } as const;
export const CACHE_OP = { read: 0, write: 1, prefetch: 2 } as const;
export const CACHE_RESULT = { access: 0, miss: 1 } as const;

/** `config` of a hardware cache event: cache, operation and result, a byte each. */
export function cacheConfig(
  cache: keyof typeof CACHE,
  op: keyof typeof CACHE_OP,
  result: keyof typeof CACHE_RESULT,
): number {
  return CACHE[cache] | CACHE_OP[op] << 8 | CACHE_RESULT[result] << 16;
}

/** `config` of hardware cache events by the names that perf gives them. */
export const CACHE_EVENTS = {
  "L1-dcache-loads": cacheConfig("l1d", "read", "access"),
  "L1-dcache-load-misses": cacheConfig("l1d", "read", "miss"),
  "L1-dcache-stores": cacheConfig("l1d", "write", "access"),
  "L1-dcache-store-misses": cacheConfig("l1d", "write", "miss"),
  "L1-icache-loads": cacheConfig("l1i", "read", "access"),
  "L1-icache-load-misses": cacheConfig("l1i", "read", "miss"),
  "LLC-loads": cacheConfig("ll", "read", "access"),
  "LLC-load-misses": cacheConfig("ll", "read", "miss"),
  "LLC-stores": cacheConfig("ll", "write", "access"),
  "LLC-store-misses": cacheConfig("ll", "write", "miss"),
  "dTLB-loads": cacheConfig("dtlb", "read", "access"),
  "dTLB-load-misses": cacheConfig("dtlb", "read", "miss"),
  "dTLB-stores": cacheConfig("dtlb", "write", "access"),
  "dTLB-store-misses": cacheConfig("dtlb", "write", "miss"),
  "iTLB-loads": cacheConfig("itlb", "read", "access"),
  "iTLB-load-misses": cacheConfig("itlb", "read", "miss"),
  "branch-loads": cacheConfig("bpu", "read", "access"),
  "branch-load-misses": cacheConfig("bpu", "read", "miss"),
  "node-loads": cacheConfig("node", "read", "access"),
  "node-load-misses": cacheConfig("node", "read", "miss"),
  "node-stores": cacheConfig("node", "write", "access"),
  "node-store-misses": cacheConfig("node", "write", "miss"),
} as const;

export type CacheEvent = keyof typeof CACHE_EVENTS;

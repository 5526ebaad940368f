/**
 * The names that node_exporter's collector `perf` has for counters of each CPU, for panels that were
 * drawn by them, by perf's names of the events. What it calls hits are accesses, hits or not
 * (PERF_COUNT_HW_CACHE_RESULT_ACCESS), and the help says so. Values here are scaled where counters were
 * shared, which node_exporter's are not.
 *
 * https://github.com/prometheus/node_exporter/blob/master/collector/perf_linux.go
 *
 * @module
 */

export interface NodePerfFamily {
  readonly name: string;
  readonly help: string;
}

const ACCESSES = "Hits and misses together: the name is node_exporter's.";

/** By perf's name of the event. Of those that this service counts on no machine nothing is told. */
export const NODE_PERF: ReadonlyMap<string, NodePerfFamily> = new Map([
  family("cycles", "cpucycles", "CPU cycles at the clock that the core ran at."),
  family("instructions", "instructions", "Instructions retired."),
  family("branches", "branch_instructions", "Branch instructions."),
  family("branch-misses", "branch_misses", "Branches that were predicted wrong."),
  family("cache-references", "cache_refs", "Accesses to the cache that the CPU's driver chose."),
  family("cache-misses", "cache_misses", "Misses of the cache that the CPU's driver chose."),
  family("ref-cycles", "ref_cpucycles", "Cycles of the reference clock while not halted."),
  family("stalled-cycles-backend", "stalled_cycles_backend", "Cycles stalled in the back end."),
  family("stalled-cycles-frontend", "stalled_cycles_frontend", "Cycles stalled in the front end."),
  family("page-faults", "page_faults", "Page faults."),
  family("context-switches", "context_switches", "Context switches."),
  family("cpu-migrations", "cpu_migrations", "Tasks that came from another CPU."),
  family("minor-faults", "minor_faults", "Page faults answered from memory."),
  family("major-faults", "major_faults", "Page faults that had to read from a disk."),
  cache("L1-dcache-loads", "l1d_read_hits", `Loads from the L1 data cache. ${ACCESSES}`),
  cache("L1-dcache-load-misses", "l1d_read_misses", "Loads that missed the L1 data cache."),
  cache(
    "L1-icache-load-misses",
    "l1_instr_read_misses",
    "Fetches that missed the L1 instruction cache.",
  ),
  cache("iTLB-load-misses", "tlb_instr_read_misses", "Fetches that missed the instruction TLBs."),
  cache("dTLB-load-misses", "tlb_data_read_misses", "Loads that missed the data TLBs."),
  cache("LLC-loads", "ll_read_hits", `Loads from the last-level cache. ${ACCESSES}`),
  cache("LLC-load-misses", "ll_read_misses", "Loads that missed the last-level cache."),
]);

function family(
  event: string,
  word: string,
  help: string,
): readonly [event: string, family: NodePerfFamily] {
  return [event, { name: `node_perf_${word}_total`, help }];
}

function cache(event: string, word: string, help: string): ReturnType<typeof family> {
  return family(event, `cache_${word}`, help);
}

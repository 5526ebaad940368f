/** What is normal for caches and TLBs. */
import type { GuideTexts } from "./guide_text.ts";

export const CACHE_GUIDE: GuideTexts = {
  l1d_miss_ratio: {
    normal:
      "A few per cent are common, more where code streams through memory or follows pointers. Makers do " +
      "not count the same: on many Intel cores a miss is a line brought in by whatever asked for it, and " +
      "on AMD prefetches are in it too. A miss that the L2 answers costs some 10 to 20 cycles, and an " +
      "out-of-order core hides much of that.",
    misread:
      "Above 100 % is possible and no fault, where misses are lines and references are loads. A ratio " +
      "that falls may only mean more loads that hit: look at misses for 1,000 instructions.",
    beside: ["l1d_mpki", "l2_miss_ratio", "instructions_per_cycle"],
  },
  l1d_mpki: {
    normal:
      "Some tens are common, above a hundred in code that streams. It compares two versions of a " +
      "program better than the ratio does, as loads that are added and hit do not make it fall. By " +
      "itself it costs little: what matters is how many of these the L2 and the L3 miss too.",
    misread: "A prefetcher that works well may raise it and save time.",
    beside: ["l2_mpki", "llc_mpki", "l1d_miss_ratio"],
  },
  l1i_miss_ratio: {
    normal:
      "Small programs and numeric loops fit the L1I and have next to none. Large programs have some. " +
      "A reference is a line, a block of 32 bytes or an access, by the core, so ratios of different " +
      "cores do not compare.",
    misread:
      "Cores that keep decoded instructions fetch little from the L1I in loops: few references " +
      "make the ratio jump.",
    beside: ["l1i_mpki", "stalled_frontend_ratio"],
  },
  l1i_mpki: {
    normal:
      "Near 0 in small programs; ten and more in large ones with much code in use at once, such as " +
      "databases and web servers. Fetching is in order, so these misses are harder to hide than those " +
      "of data.",
    misread:
      "A high value is no fault of the caches: less code in the hot path, profile-guided layout " +
      "or huge pages for code bring it down.",
    beside: ["itlb_mpki", "stalled_frontend_ratio", "branch_mpki"],
  },
  l2_miss_ratio: {
    normal:
      "What is easily found was found in the L1 already, so a third and more is common. Whether " +
      "prefetches are counted differs: the note of the event tells. With them in it, misses are partly " +
      "lines that nobody waited for.",
    misread: "A high ratio of few accesses costs nothing. Read it together with misses for 1,000 " +
      "instructions.",
    beside: ["l2_mpki", "llc_references_per_second", "llc_miss_ratio"],
  },
  l2_mpki: {
    normal:
      "From below 1 to some tens. What misses the L2 goes to the last-level cache, at some tens of " +
      "cycles, or beyond. Cores with a larger L2 have fewer of these for the same code.",
    misread:
      "Demand misses alone and misses with prefetches differ by a factor: compare only what is " +
      "counted by the same event.",
    beside: ["llc_mpki", "l2_miss_ratio", "instructions_per_cycle"],
  },
  llc_miss_ratio: {
    normal:
      "It tells what became of accesses that came so far, and these may be few: a program whose data " +
      "fits the L2 may have 80 % here and lose nothing. Streaming through more data than the cache " +
      "holds misses always, and prefetching may hide all of it. A step upwards is often a data set, or " +
      "a neighbour on the same cache, that outgrew it.",
    misread:
      "A high ratio with few references is noise: look at the references first. It is not the same " +
      "event everywhere: Intel counts speculative accesses and some of the core's prefetches or all, AMD " +
      "the whole L3 for all of its cores, Arm reads only.",
    beside: ["llc_references_per_second", "llc_mpki", "memory_bytes_per_second"],
  },
  llc_mpki: {
    normal:
      "As a rule of thumb, below 1 memory hardly matters, from 1 to 10 it does, above 10 a program waits " +
      "for memory or streams. A miss takes some 100 ns, more when the line comes from another socket, " +
      "but several of them may be under way at once: a linked list pays for each, an array for few.",
    misread:
      "Better prefetching makes it fall without less traffic: bytes show in the bandwidth. It " +
      "counts lines and not time.",
    beside: ["memory_bytes_per_second", "stalled_backend_ratio", "instructions_per_cycle"],
  },
  llc_references_per_second: {
    normal:
      "It is what the L2 caches missed and, on some CPUs, what they fetched ahead. Tens of millions a " +
      "second for each busy core are much. It rises with the load, so compare it with instructions.",
    misread: "Accesses of devices are in it on some CPUs and not on others.",
    beside: ["llc_miss_ratio", "l2_mpki"],
  },
  llc_misses_per_second: {
    normal:
      "Times the size of a line it is the least that was read from memory: ten million a second are " +
      "0.64 GB/s. Write-backs, DMA and prefetches past this cache come on top.",
    misread:
      "It is no bandwidth: where memory controllers are counted, theirs is the figure. With several " +
      "last-level caches another one may have the line, and no memory is read.",
    beside: ["memory_bytes_per_second", "memory_llc_traffic_bytes_per_second", "llc_mpki"],
  },
  l1d_misses: { as: "l1d_mpki" },
  l1i_misses: { as: "l1i_mpki" },
  l2_misses: { as: "l2_mpki" },
  core_llc_misses: { as: "llc_misses_per_second" },
  core_llc_references: { as: "llc_references_per_second" },
  l3_misses: { as: "llc_misses_per_second" },
  l3_references: { as: "llc_references_per_second" },
  dtlb_mpki: {
    normal:
      "Below 1 in most programs; random access over a large heap, hash tables and stores of keys and " +
      "values reach tens. A page walk takes some tens of cycles where the tables are cached and some " +
      "hundred where they are not; in a guest it goes through two sets of tables and takes longer. Huge " +
      "pages are the usual cure.",
    misread:
      "Makers count different misses: on Intel and AMD those of all levels, which walk the page " +
      "table, on Arm those of the first level, most of which the second answers.",
    beside: ["memory_transparent_huge_bytes", "stalled_backend_ratio", "interrupts_tlb_shootdown"],
  },
  itlb_mpki: {
    normal:
      "Next to nothing in small programs. Large binaries, many libraries and code made at run time raise " +
      "it, to some units for 1,000 instructions. Code in huge pages helps.",
    misread:
      "It is small beside the misses of data and can cost as much, as nothing is done while an " +
      "instruction is not there.",
    beside: ["l1i_mpki", "stalled_frontend_ratio"],
  },
  dtlb_misses: { as: "dtlb_mpki" },
  itlb_misses: { as: "itlb_mpki" },
};

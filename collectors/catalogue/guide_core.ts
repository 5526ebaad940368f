/** What is normal for instructions, cycles, stalls, clocks and branches. */
import type { GuideTexts } from "./guide_text.ts";

export const CORE_GUIDE: GuideTexts = {
  instructions_per_cycle: {
    normal:
      "There is no good value: it depends on the mix of instructions as much as on the machine. Code " +
      "that waits for memory stays below 0.5, much server code lies between 0.5 and 2, tight loops on " +
      "wide cores reach 3 and more. Both threads of a core share its width, so each has a lower IPC " +
      "than it would have alone while the core does more. Vector instructions lower IPC and get more " +
      "done. So compare a program with itself, before and after a change, on the same CPU, and look " +
      "at the work done in a second beside it.",
    misread:
      "A loop that polls a queue or spins on a lock does nothing, at a high IPC or, where it pauses, at a " +
      "very low one. The host's figure weighs CPUs by their cycles: idle ones are not in it.",
    beside: [
      "cycles_per_instruction",
      "stalled_backend_ratio",
      "llc_mpki",
      "branch_mpki",
      "active_frequency_hertz",
    ],
  },
  cycles_per_instruction: {
    normal:
      "It is IPC turned over, and it adds up where IPC does not: what misses, wrong branches and " +
      "page walks cost can each be written as cycles for an instruction, and summed. From 1.0 to 1.1 " +
      "the same instructions take a tenth more time at the same clock. As with IPC, only the same code " +
      "on the same CPU compares.",
    misread: "Fewer instructions for the same work raise it, and can still be faster.",
    beside: ["instructions_per_cycle", "instructions"],
  },
  instructions: {
    normal:
      "How many there are tells how much code ran, and nothing of how well it ran. A compiler, a " +
      "library or other data change it. At a steady load, more instructions for each request are a " +
      "plain sign of more work. Those of the kernel are counted too.",
    misread:
      "Time goes by cycles: of two programs with as many instructions one may take ten times " +
      "as long.",
    beside: ["instructions_per_cycle", "cpu_cycles"],
  },
  cpu_cycles: {
    normal:
      "A CPU that is busy all the time at 3 GHz has 3 × 10⁹ of them a second, a halted one has " +
      "none. They rise with the share of busy time and with the clock, and do not tell which of both.",
    misread: "They are no measure of how busy a CPU is where its clock changes.",
    beside: ["active_frequency_hertz", "cpu_busy_ratio"],
  },
  active_frequency_hertz: {
    normal:
      "It lies above the nominal clock as long as turbo has room: that depends on how many cores are " +
      "busy, on power, on temperature and on wide vector instructions. With all cores at work a server " +
      "settles below its highest turbo, which is normal. Well below the nominal clock under load there " +
      "is a limit of power or heat, or a governor that saves energy.",
    misread: "Halted time is not in it: a CPU that wakes seldom shows the clock of those moments.",
    beside: ["cpu_frequency_hertz", "core_throttles", "package_throttles", "unhalted_ratio"],
  },
  ref_cycles: {
    normal:
      "They go by at one rate whatever the clock is, and only while the CPU is not halted. By time " +
      "they give the share in which it was awake; cycles by them give the clock.",
    misread: "Their number does not say how much was done, nor at which clock.",
    beside: ["active_frequency_hertz", "unhalted_ratio"],
  },
  unhalted_ratio: {
    normal:
      "It is near the share of busy time. Where the kernel polls while it is idle (idle=poll, " +
      "haltpoll on guests), idle time is not halted, and this is higher.",
    misread: "A CPU that is not halted may still be waiting: for memory, or in a spin loop.",
    beside: ["cpu_busy_ratio", "active_frequency_hertz"],
  },
  stalled_frontend_ratio: {
    normal:
      "Programs with much code (databases, browsers, interpreters) lose more here than numeric loops, " +
      "which lose next to nothing. Makers do not mean the same: some count cycles in which nothing was " +
      "delivered, some cycles in which less was delivered than could be taken. Compare on one kind of " +
      "core only. Intel's big cores since Haswell have no such event.",
    misread: "Front end and back end do not add up to the lost cycles: work on wrong paths is in " +
      "neither, and one cycle may be in both.",
    beside: ["l1i_mpki", "itlb_mpki", "branch_mpki"],
  },
  stalled_backend_ratio: {
    normal:
      "In most programs the larger part of it waits for data, the rest for units such as the divider " +
      "or for results of the instruction before. Misses that other work could hide are not in it. A " +
      "high share with few misses of the last-level cache points to chains of dependent instructions, " +
      "or to hits in slower caches. Intel's big cores since Ivy Bridge and AMD's since Zen 2 have no " +
      "such event.",
    misread: "It does not say what was waited for: look at the misses.",
    beside: ["llc_mpki", "l2_mpki", "dtlb_mpki", "memory_peak_ratio"],
  },
  stalled_cycles_frontend: { as: "stalled_frontend_ratio" },
  stalled_cycles_backend: { as: "stalled_backend_ratio" },
  branch_miss_ratio: {
    normal:
      "Loops and checks that nearly always go one way are predicted right in 99 % and more. One to two " +
      "per cent are common, more than five is much; sorting, parsing or interpreting data without a " +
      "pattern goes beyond that. The same code has another ratio with other data.",
    misread:
      "Few branches with a high ratio cost less than many with a low one: misses for 1,000 " +
      "instructions tell the cost. On Arm misses on paths that were never finished are counted against " +
      "branches that were, so the ratio is higher there.",
    beside: ["branch_mpki", "instructions_per_cycle"],
  },
  branch_mpki: {
    normal:
      "A wrong prediction costs some 10 to 20 cycles. At 15 of them, 5 misses for 1,000 instructions " +
      "take 75 cycles: 7 % of the time at an IPC of 1, a fifth of it at an IPC of 3. So the faster the " +
      "code is otherwise, the more they matter. Below 1 they seldom do.",
    misread:
      "What a miss costs is not counted: one that is noticed late, because its condition waited " +
      "for memory, costs far more.",
    beside: ["branch_miss_ratio", "stalled_frontend_ratio"],
  },
  branch_misses: { as: "branch_mpki" },
  branch_instructions: {
    normal:
      "About every fifth instruction of ordinary code is a branch, in numeric loops every tenth " +
      "or fewer. The share is a trait of the code and changes with compiler and data.",
    misread: "More branches are not worse: only those that are predicted wrong cost much.",
    beside: ["branch_miss_ratio"],
  },
};

/** Two clocks of each CPU that stand while it is halted: at its own rate, and at the reference clock's. */
import type { Derived, Measured, Subject } from "../catalogue.ts";
import { delta, divide, type Formula, last, multiply } from "../formula.ts";
import { counter, timeEnabledOf } from "./counted.ts";
import { TSC_FREQUENCY } from "./tsc.ts";

const collector = "msr_clock";

/** In the order of the group. `event`: of PMU `msr` (arch/x86/events/msr.c). */
export const CLOCK_TERMS = [
  { metric: "aperf_cycles", event: "aperf" },
  { metric: "mperf_cycles", event: "mperf" },
] as const;

const measured: readonly Measured[] = [
  ...counter({
    id: "aperf_cycles",
    name: "Cycles, not halted (APERF)",
    help: "Cycles of the CPU at the clock that it ran at, while it was not halted.",
    unit: "{cycle}",
    scope: "cpu",
    collector,
    sane: [0, 1e10],
  }),
  ...counter({
    id: "mperf_cycles",
    name: "Reference cycles, not halted (MPERF)",
    help: "Cycles of the reference clock while the CPU was not halted.",
    unit: "{cycle}",
    scope: "cpu",
    collector,
    sane: [0, 1e10],
  }),
];

/** The clock while not halted, without a counter of the CPU. */
export const MSR_FREQUENCY: Formula = multiply(
  divide(delta("aperf_cycles"), delta("mperf_cycles")),
  last(TSC_FREQUENCY),
);

const unhalted: Derived = {
  id: "unhalted_ratio",
  name: "Not halted",
  help: "Share of the time in which the CPU was not halted, as its own clocks tell.",
  unit: "1",
  kind: "derived",
  scope: "cpu",
  // The two clocks are not read at one moment.
  sane: [0, 1.01],
  formula: divide(
    delta("mperf_cycles"),
    multiply(last(TSC_FREQUENCY), delta(timeEnabledOf("mperf_cycles"))),
  ),
};

export const msrClock: Subject = { metrics: [...measured, unhalted] };

/**
 * What the rows of `/proc/interrupts` stand for.
 *
 * @module
 */

/** How a row is counted. */
export interface RowMeaning {
  /** Id of an interrupt kind; absent: of none. */
  readonly kind?: string;
  /** Belongs to the sum of its CPU. Rows that repeat what another row counts do not. */
  readonly summed: boolean;
}

/** A row with one value for the machine: a count of errors. */
export const ERRORS: RowMeaning = { summed: false };

function one(kind: string): RowMeaning {
  return { kind, summed: true };
}

/**
 * Rows of x86 by name (arch/x86/kernel/irq.c, arch_show_interrupts). TLB repeats CAL, and
 * arch_irq_stat_cpu there leaves it out for that. PMI repeats NMI: the counters' overflow is delivered
 * as one. MCP counts polls by a timer; as a machine check it would look like an error every 5 minutes.
 */
const NAMED: ReadonlyMap<string, RowMeaning> = new Map([
  ["LOC", one("timer")],
  ["HVS", one("timer")],
  ["RES", one("rescheduling")],
  ["CAL", one("function_call")],
  ["TLB", { kind: "tlb_shootdown", summed: false }],
  ["NMI", one("nmi")],
  ["PMI", { summed: false }],
  ["TRM", one("thermal")],
  ["MCE", one("machine_check")],
  ["THR", one("machine_check")],
  ["DFR", one("machine_check")],
  ["ERR", ERRORS],
  ["Err", ERRORS],
  ["MIS", ERRORS],
]);

/**
 * Rows known by their description: the IPI rows of Arm and RISC-V, whose numbers moved between kernels
 * (arch/arm64/kernel/smp.c, ipi_types), and timers and counters that look like devices.
 */
const DESCRIBED: readonly (readonly [pattern: RegExp, kind: string])[] = [
  [/^Rescheduling interrupts/, "rescheduling"],
  [/^Function call interrupts/, "function_call"],
  [/^Timer broadcast interrupts/, "timer"],
  [/\b(arch_timer|arch_mem_timer|riscv-timer)\b/, "timer"],
  [/-edge +timer$/, "timer"],
  [/\bhpet\d*$/, "timer"],
  [/\b(arm-pmu|arm_pmu)\b|-pmu$/, "nmi"],
  [/\bxen-percpu\b.*\btimer\d+$/, "timer"],
  [/\bxen-percpu\b.*\bresched\d+$/, "rescheduling"],
  [/\bxen-percpu\b.*\bcallfunc(single)?\d+$/, "function_call"],
  [/\bxen-percpu\b/, "other"],
];

const DEVICE = one("device");
const OTHER = one("other");

/** `name` stands before the colon, `description` after the counts. */
export function rowMeaning(name: string, description: string): RowMeaning {
  const named = NAMED.get(name);
  if (named !== undefined) return named;
  const described = DESCRIBED.find(([pattern]) => pattern.test(description));
  if (described !== undefined) return one(described[1]);
  return /^\d+$/.test(name) ? DEVICE : OTHER;
}

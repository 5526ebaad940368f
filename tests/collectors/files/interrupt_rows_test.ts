import { assertEquals } from "@std/assert";
import { INTERRUPT_KINDS } from "../../../collectors/catalogue/interrupts.ts";
import { ERRORS, rowMeaning } from "../../../collectors/files/interrupt_rows.ts";

/** Name, description and kind, as they stand in files of real machines. */
const ROWS: readonly (readonly [name: string, description: string, kind: string])[] = [
  ["0", "IO-APIC    2-edge      timer", "timer"],
  ["8", "IO-APIC    8-edge      rtc0", "device"],
  ["24", "HPET-MSI    3-edge      hpet3", "timer"],
  ["11", "GICv3  27 Level     arch_timer", "timer"],
  ["12", "GICv2  30 Level     arch_mem_timer", "timer"],
  ["5", "RISC-V INTC   5 Edge      riscv-timer", "timer"],
  ["23", "GICv3  23 Level     arm-pmu", "nmi"],
  ["36", "PCI-MSIX-0000:00:02.0   1-edge      virtio1-req.0", "device"],
  ["128", "IR-PCI-MSI 2097152-edge      eth0-TxRx-0", "device"],
  ["48", "xen-percpu    -virq      timer0", "timer"],
  ["49", "xen-percpu    -ipi       resched0", "rescheduling"],
  ["50", "xen-percpu    -ipi       callfunc0", "function_call"],
  ["51", "xen-percpu    -ipi       callfuncsingle0", "function_call"],
  ["52", "xen-percpu    -ipi       irqwork0", "other"],
  ["LOC", "Local timer interrupts", "timer"],
  ["HVS", "Hyper-V stimer0 interrupts", "timer"],
  ["DFR", "Deferred Error APIC interrupts", "machine_check"],
  ["MCP", "Machine check polls", "other"],
  ["HYP", "Hypervisor callback interrupts", "other"],
  ["PIW", "Posted-interrupt wakeup event", "other"],
  ["IPI0", "Rescheduling interrupts", "rescheduling"],
  ["IPI3", "CPU stop (for crash dump) interrupts", "other"],
  ["IPI5", "IRQ work interrupts", "other"],
];

Deno.test("rowMeaning gives every row its kind", () => {
  for (const [name, description, kind] of ROWS) {
    assertEquals(rowMeaning(name, description), { kind, summed: true }, `${name}: ${description}`);
  }
});

Deno.test("rowMeaning knows the kinds of the catalogue only", () => {
  const known = INTERRUPT_KINDS.map(({ id }) => id);
  assertEquals(ROWS.map(([, , kind]) => kind).filter((kind) => !known.includes(kind)), []);
});

Deno.test("rowMeaning keeps rows that repeat others out of the sums", () => {
  assertEquals(rowMeaning("TLB", "TLB shootdowns"), { kind: "tlb_shootdown", summed: false });
  assertEquals(rowMeaning("PMI", "Performance monitoring interrupts"), { summed: false });
});

Deno.test("rowMeaning takes counts of errors for no interrupts", () => {
  assertEquals(["ERR", "MIS", "Err"].map((name) => rowMeaning(name, "")), [ERRORS, ERRORS, ERRORS]);
});

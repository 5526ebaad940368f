import { assertEquals, assertStringIncludes } from "@std/assert";
import { interrupts } from "../../collectors/interrupts.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { claimedCpus } from "../claimed_cpus.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const PATH = "/proc/interrupts";

const X86 = `           CPU0       CPU2
   0:         22          0  IR-IO-APIC    2-edge      timer
  24:        100          7  PCI-MSIX-0000:00:03.0   1-edge      nvme0q1
 NMI:          5          1   Non-maskable interrupts
 LOC:       1000       2000   Local timer interrupts
 SPU:          2          0   Spurious interrupts
 PMI:          5          1   Performance monitoring interrupts
 RES:         30         40   Rescheduling interrupts
 CAL:         60         50   Function call interrupts
 TLB:         11         12   TLB shootdowns
 TRM:          3          0   Thermal event interrupts
 THR:          4          0   Threshold APIC interrupts
 MCE:          1          1   Machine check exceptions
 MCP:          9          9   Machine check polls
 ERR:          6
 MIS:          1
`;

function stage(text: string): { stage: Stage; tree: TextTree } {
  const tree = new TextTree({ [PATH]: text });
  return { stage: new Stage([claimedCpus(0, 1, 2), interrupts], { tree }), tree };
}

/** Puts counts in place of a row's. */
function setRow(tree: TextTree, name: string, counts: string): void {
  tree.edit(
    PATH,
    (text) =>
      text.split("\n").map((line) => {
        const [head, rest] = line.split(":", 2) as [string, string | undefined];
        if (head.trim() !== name || rest === undefined) return line;
        return `${head}: ${counts}${line.slice(head.length + 1).replace(/^[ \d]*\d/, "")}`;
      }).join("\n"),
  );
}

Deno.test("interrupts counts each kind since boot over the CPUs of the header", () => {
  const { stage: machine } = stage(X86);
  machine.tick();
  const totals = [
    "timer", // 22 of IRQ 0, 1000 + 2000 of LOC
    "device",
    "nmi",
    "rescheduling",
    "function_call",
    "tlb_shootdown",
    "thermal",
    "machine_check", // THR 4, MCE 1 + 1
    "other", // SPU 2, MCP 9 + 9
  ].map((kind) => machine.cell(`interrupts_${kind}`));
  assertEquals(totals, [3022, 107, 6, 70, 110, 23, 3, 6, 20]);
  assertEquals(machine.cell("interrupt_errors"), 7);
});

Deno.test("interrupts sums the column of a CPU without rows that repeat others", () => {
  const { stage: machine } = stage(X86);
  machine.tick();
  // All of the first column but PMI and TLB: 22+100+5+1000+2+30+60+3+4+1+9.
  assertEquals(machine.cell("cpu_interrupts", "0"), 1236);
  // 7+1+2000+40+50+1+9: the second column is CPU 2, and CPU 1 is offline.
  assertEquals(machine.cell("cpu_interrupts", "2"), 2108);
  assertEquals(machine.cell("cpu_interrupts", "1"), NaN);
});

Deno.test("interrupts gives rates of what was added between two readings", () => {
  const { stage: machine, tree } = stage(X86);
  machine.tick();
  setRow(tree, "LOC", "1250 2050");
  setRow(tree, "24", "110 7");
  machine.tick(2000);
  assertEquals(machine.rate("interrupts_timer"), 150);
  assertEquals(machine.rate("interrupts_device"), 5);
  assertEquals(machine.rate("interrupts_nmi"), 0);
  assertEquals(machine.rate("cpu_interrupts", "0"), 130);
});

Deno.test("interrupts follows one cell past 2^32 while the others go on", () => {
  const { stage: machine, tree } = stage(X86);
  setRow(tree, "LOC", "4294967290 2000");
  machine.tick();
  setRow(tree, "LOC", "4 2001");
  machine.tick();
  assertEquals(machine.rate("interrupts_timer"), 11);
  assertEquals(machine.rate("cpu_interrupts", "0"), 10);
});

Deno.test("interrupts holds a fall against the time since the last reading", () => {
  const { stage: machine, tree } = stage(X86);
  setRow(tree, "LOC", "4000000000 2000");
  machine.tick();
  setRow(tree, "LOC", "12 2000");
  machine.tick();
  assertEquals(machine.rate("cpu_interrupts", "0"), 12);
  setRow(tree, "LOC", "4000000000 2000");
  machine.tick();
  setRow(tree, "LOC", "32704 2000");
  // 295,000,000 in a minute.
  machine.tick(60_000);
  assertEquals(machine.rate("cpu_interrupts", "0"), 295_000_000 / 60);
});

Deno.test("interrupts takes in a row that comes, and remembers one that goes", () => {
  const { stage: machine, tree } = stage(X86);
  machine.tick();
  const row = "  25:          5          6  PCI-MSIX-0000:00:04.0   0-edge      xhci_hcd\n";
  tree.edit(PATH, (text) => text.replace(/ NMI:/, `${row} NMI:`));
  machine.tick();
  assertEquals(machine.rate("interrupts_device"), 11);
  assertEquals(machine.rate("interrupts_timer"), 0);
  tree.edit(PATH, (text) => text.replace(row, ""));
  machine.tick();
  assertEquals(machine.rate("interrupts_device"), 0);
  tree.edit(PATH, (text) => text.replace(/ NMI:/, `${row.replace(" 6 ", " 8 ")} NMI:`));
  machine.tick();
  assertEquals(machine.rate("interrupts_device"), 2);
});

Deno.test("interrupts does not take the past of a CPU that comes for a burst", () => {
  const { stage: machine, tree } = stage("           CPU0\n LOC:       1000   Local timer\n");
  machine.tick();
  tree.set(PATH, "           CPU0       CPU1\n LOC:       1003       5000   Local timer\n");
  machine.tick();
  assertEquals(machine.rate("interrupts_timer"), 3);
  assertEquals(machine.cell("cpu_interrupts", "1"), 5000);
  tree.set(PATH, "           CPU0       CPU1\n LOC:       1003       5004   Local timer\n");
  machine.tick();
  assertEquals(machine.rate("interrupts_timer"), 4);
  assertEquals(machine.rate("cpu_interrupts", "1"), 4);
});

Deno.test("interrupts keeps its sums when a CPU goes and comes back", () => {
  const { stage: machine, tree } = stage("    CPU0  CPU1\n LOC:   10   20   Local timer\n");
  machine.tick();
  tree.set(PATH, "    CPU0\n LOC:   12   Local timer\n");
  machine.tick();
  assertEquals(machine.rate("interrupts_timer"), 2);
  tree.set(PATH, "    CPU0  CPU1\n LOC:   12   25   Local timer\n");
  machine.tick();
  assertEquals(machine.rate("interrupts_timer"), 5);
  assertEquals(machine.cell("interrupts_timer"), 37);
});

Deno.test("interrupts knows the rows of Arm by what they say", () => {
  const { stage: machine } = stage(`           CPU0       CPU1
 11:        100        200     GICv3  27 Level     arch_timer
 14:          3          4     GICv3  23 Level     arm-pmu
 48:          5          0   ITS-MSI 524288 Edge      nvme0q0
IPI0:        10         20       Rescheduling interrupts
IPI1:        30         40       Function call interrupts
IPI2:         0          0       CPU stop interrupts
IPI4:         7          8       Timer broadcast interrupts
IPI5:         1          0       IRQ work interrupts
Err:          2
`);
  machine.tick();
  const kinds = ["timer", "nmi", "device", "rescheduling", "function_call", "other"];
  assertEquals(kinds.map((kind) => machine.cell(`interrupts_${kind}`)), [315, 7, 5, 30, 70, 1]);
  assertEquals(machine.cell("interrupt_errors"), 2);
  assertEquals(machine.cell("interrupts_tlb_shootdown"), NaN);
  const problem = machine.problems().find(({ key }) => key === "kinds");
  assertEquals(problem?.reason, "not_supported");
  assertEquals(problem?.metrics, [
    "interrupts_tlb_shootdown",
    "interrupts_thermal",
    "interrupts_machine_check",
  ]);
});

Deno.test("interrupts is denied where a container masks the file", () => {
  const { stage: machine } = stage("");
  machine.tick();
  assertEquals(machine.read("interrupts_timer"), {
    absent: "denied",
    problem: machine.problems()[0],
  });
  assertStringIncludes(machine.problems()[0]!.message, `Cannot read "${PATH}": it is empty`);
});

Deno.test("interrupts is not supported by a host without the file", () => {
  const machine = new Stage([interrupts], { tree: new TextTree() });
  machine.tick();
  assertEquals(machine.problems()[0]?.reason, "not_supported");
});

Deno.test("interrupts leaves no file open when reading fails", () => {
  const { stage: machine, tree } = stage(X86);
  machine.tick();
  assertEquals(tree.openFiles, 1);
  tree.fail(PATH, ERRNO.EIO);
  machine.tick();
  assertEquals(tree.openFiles, 0);
});

import { assertEquals, assertThrows } from "@std/assert";
import { CollectorError } from "../../../collectors/collector.ts";
import { InterruptTable } from "../../../collectors/files/interrupt_table.ts";

const KINDS = ["timer", "device", "other"];

/** A table that has read these texts, one after the other, within 2 seconds each. */
function tableOf(...texts: readonly string[]): InterruptTable {
  const table = new InterruptTable("/proc/interrupts", KINDS);
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text);
    table.update(bytes, bytes.length, 2);
  }
  return table;
}

Deno.test("InterruptTable takes the increase of every cell past 2^32", () => {
  const table = tableOf(
    "CPU0 CPU1\n LOC: 4294967295 4294967290 Local timer\n",
    "CPU0 CPU1\n LOC: 0 4294967291 Local timer\n",
    "CPU0 CPU1\n LOC: 7 3 Local timer\n",
  );
  // CPU 0: 1 and 7 more; CPU 1: 1 and 8 more.
  assertEquals([...table.cpuTotals], [4294967303, 4294967299]);
  assertEquals(table.kindTotals[0], 8589934602);
});

Deno.test("InterruptTable begins anew with an IRQ that another device was given", () => {
  const table = tableOf("CPU0\n 24: 1000000 nvme0\n", "CPU0\n 24: 40 eth0\n");
  assertEquals(table.kindTotals[1], 1000040);
});

Deno.test("InterruptTable takes no fall for a wrap that no CPU can have made in the time", () => {
  // A wrap would be 1,294,967,308 interrupts in 2 seconds: the vectors were given back and taken again.
  const fell = tableOf("CPU0\n 44: 3000000000 eth0\n", "CPU0\n 44: 12 eth0\n");
  assertEquals([...fell.kindTotals].slice(0, 2), [0, 3000000012]);
  assertEquals([...fell.cpuTotals], [3000000012]);
  // 20,000,000 in 2 seconds are the most; of what cannot be counted from 0 either nothing is known.
  const near = 2 ** 32 - 19_999_990;
  const wrapped = tableOf(`CPU0\n 44: ${near} eth0\n`, "CPU0\n 44: 10 eth0\n");
  assertEquals(wrapped.kindTotals[1], 2 ** 32 + 10);
  const other = tableOf("CPU0\n 44: 3000000000 eth0\n", "CPU0\n 44: 900000000 eth0\n");
  assertEquals(other.kindTotals[1], 3000000000);
});

Deno.test("InterruptTable tells two rows of one name apart, as PowerPC has them", () => {
  const rows = "LOC: 10 20 Local timer interrupts for timer event device\n" +
    "LOC: 3 4 Local timer interrupts for others\n";
  const table = tableOf(`CPU0 CPU1\n${rows}`, `CPU0 CPU1\n16: 1 0 XICS 4 Level eth0\n${rows}`);
  assertEquals([...table.kindTotals], [37, 1, 0, 0]);
});

Deno.test("InterruptTable reads a row with one value as errors only beside several CPUs", () => {
  const several = tableOf("CPU0 CPU1\nBAD: 5\nSPU: 6 0 Spurious interrupts\n");
  assertEquals([...several.kindTotals], [0, 0, 6, 5]);
  const one = tableOf("CPU0\nERR: 5\nSPU: 6 Spurious interrupts\n");
  assertEquals([...one.kindTotals], [0, 0, 6, 5]);
});

Deno.test("InterruptTable passes over empty lines", () => {
  assertEquals(tableOf("CPU0\nLOC: 5 Local timer\n\n").kindTotals[0], 5);
});

Deno.test("InterruptTable says what it found where the format is another", () => {
  const failing = (text: string, message: string): Error =>
    assertThrows(() => tableOf(text), CollectorError, message);
  failing("LOC: 1 2\n", 'found "LOC: 1 2", needs a header of CPU0 CPU1 ...');
  failing("CPU99999\n", 'found "CPU99999", needs a header');
  failing("CPU0 CPU1\nno name\n", 'found "no name", needs a row that begins with a name');
  failing("CPU0 CPU1 CPU2\n LOC: 1 2 x\n", "needs a count a CPU in row LOC");
});

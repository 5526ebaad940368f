import { assertEquals, assertThrows } from "@std/assert";
import { Dice } from "./dice.ts";
import { compare, kernelTotals, type Look, type Totals, totalsOf } from "./totals.ts";

const STAT = `cpu  1000 20 300 40000 50 0 10 7 3 1
cpu0 1000 20 300 40000 50 0 10 7 3 1
intr 500 0 9 0
ctxt 9000
processes 77
`;
const EXPOSITION = `# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="user"} 10.2
node_cpu_seconds_total{cpu="0",mode="system"} 300
node_cpu_seconds_total{cpu="1",mode="system"} 100
node_context_switches_total 9000
node_forks_total 77
node_intr_total 500
node_vmstat_pgfault 321
`;

Deno.test("totalsOf() sums the samples of a name, and fails without one", () => {
  const totals = totalsOf(EXPOSITION);
  assertEquals(totals.get("CPU seconds, system"), 400);
  assertEquals(totals.get("CPU seconds, all modes"), 410.2);
  assertEquals(totals.get("forks"), 77);
  assertThrows(() => totalsOf("node_forks_total 1\n"), Error, "Cannot find context switches");
});

Deno.test("kernelTotals() reads the same of the kernel, guests counted once", () => {
  const totals = kernelTotals(STAT, "pgfree 3\npgfault 321\n", 100);
  assertEquals([...totals.values()], [9000, 77, 500, 321, 413.87, 3]);
});

Deno.test("compare() tells how far a service is from what the kernel can have counted", () => {
  const totals = (forks: number): Totals => new Map([["forks", forks]]);
  const look = (before: number, after: number, ...services: number[]): Look => ({
    kernel: [totals(before), totals(after)],
    services: services.map(totals),
  });
  // From 990 to 1,020 in between.
  const first = look(100, 110, 105, 105);
  const tell = (u: number, d: number): [number, boolean] => {
    const { kernel, off, agrees } = compare(first, look(1100, 1120, 105 + u, 105 + d))[0]!;
    assertEquals(kernel, [990, 1020]);
    return [Math.round(off * 990), agrees];
  };
  assertEquals(tell(1000, 1000), [0, true]);
  assertEquals(tell(990, 1020), [0, true]);
  assertEquals(tell(1000, 1024), [4, true]);
  assertEquals(tell(1000, 1026), [6, false]);
  assertEquals(tell(984, 1000), [6, false]);
  assertEquals(compare(first, first)[0]!.agrees, false);
});

Deno.test("Dice fall the same for the same seed, and on all sides", () => {
  const throws = (seed: number): number[] => {
    const dice = new Dice(seed);
    return Array.from({ length: 200 }, () => dice.between(1, 6));
  };
  assertEquals(throws(7), throws(7));
  assertEquals(new Set(throws(7)), new Set([1, 2, 3, 4, 5, 6]));
  assertEquals(throws(7).join() === throws(8).join(), false);
});

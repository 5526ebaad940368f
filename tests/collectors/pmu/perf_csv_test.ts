import { assertEquals } from "@std/assert";
import { matchPerfCounts, parsePerfCounts } from "../../../collectors/pmu/perf_csv.ts";

/** Composed from lines that perf 6.1 printed. */
const TEXT = `Events disabled
Events enabled
Events disabled
4000.00;msec;cpu-clock;4028965278;100.00;1.999;CPUs utilized
331;;context-switches;4028965278;100.00;82.155;/sec
30360836879;;cycles;704371415;6.00;;
<not counted>;;cache-misses;0;0.00;;
<not supported>;;stalled-cycles-frontend;0;100.00;;
661012221507;;l2_rqsts.references;805112233;7.00;;

`;

Deno.test("parsePerfCounts() reads counts and times, and knows what is none", () => {
  const none = { count: NaN, runningSeconds: NaN, whole: false };
  assertEquals(parsePerfCounts(TEXT), [
    { event: "cpu-clock", count: 4, runningSeconds: 4.028965278, whole: true },
    { event: "context-switches", count: 331, runningSeconds: 4.028965278, whole: true },
    { event: "cycles", count: 30360836879, runningSeconds: 0.704371415, whole: false },
    { event: "cache-misses", ...none },
    { event: "stalled-cycles-frontend", ...none },
    {
      event: "l2_rqsts.references",
      count: 661012221507,
      runningSeconds: 0.805112233,
      whole: false,
    },
  ]);
});

Deno.test("parsePerfCounts() finds nothing in words, or in a metric without an event", () => {
  assertEquals(parsePerfCounts("Error:\nNo permission; see dmesg\n\n"), []);
  assertEquals(parsePerfCounts(";;;;;1.20;insn per cycle\n"), []);
});

function named(...events: string[]): ReturnType<typeof parsePerfCounts> {
  return events.map((event, index) => ({ event, count: index, runningSeconds: 1, whole: true }));
}

function places(events: readonly string[], printed: readonly string[]): (number | undefined)[] {
  return matchPerfCounts(events, named(...printed)).map((count) => count?.count);
}

Deno.test("matchPerfCounts() finds each event once, wherever perf printed it", () => {
  assertEquals(places(["a", "b", "a"], ["a", "b", "a"]), [0, 1, 2]);
  assertEquals(places(["b", "a", "b"], ["a", "b", "b"]), [1, 0, 2]);
  assertEquals(places(["cpu/event=1,name=x.y/", "a"], ["x.y", "a"]), [0, 1]);
  assertEquals(places(["a", "b"], ["b"]), [undefined, 0]);
});

Deno.test("matchPerfCounts() takes an event by another name in its place, if none is missing", () => {
  assertEquals(places(["cycles", "a"], ["cpu-cycles", "a"]), [0, 1]);
  assertEquals(places(["cycles", "a", "b"], ["cpu-cycles", "a"]), [undefined, 1, undefined]);
});

import { assertEquals } from "@std/assert";
import { parseDuration, printDuration } from "../../routes/duration.ts";

Deno.test("parseDuration gives whole milliseconds, or nothing", () => {
  const cases: readonly [string, number | undefined][] = [
    ["250ms", 250],
    ["1s", 1000],
    ["1.5s", 1500],
    ["1.001s", 1001],
    ["0.01s", 10],
    ["5m", 300_000],
    ["0.5m", 30_000],
    ["300s", 300_000],
    ["0s", 0],
    ["1", undefined],
    ["s", undefined],
    ["1 s", undefined],
    ["1S", undefined],
    ["1.5ms", undefined],
    ["1.0001s", undefined],
    ["-1s", undefined],
    ["+1s", undefined],
    ["1e3ms", undefined],
    [".5s", undefined],
    ["1h", undefined],
    ["1s ", undefined],
    ["99999999ms", undefined],
    ["١s", undefined],
  ];
  for (const [text, ms] of cases) assertEquals(parseDuration(text), ms, text);
});

Deno.test("printDuration takes the largest unit that leaves a whole number", () => {
  assertEquals([250, 1000, 1500, 90_000, 300_000].map(printDuration), [
    "250ms",
    "1s",
    "1500ms",
    "90s",
    "5m",
  ]);
});

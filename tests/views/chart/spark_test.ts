import { assert, assertEquals } from "@std/assert";
import "../../../static/trace.js";
import { sparkPath } from "../../../views/chart/spark.ts";

type Values = readonly (number | null)[];

const { trend } = (globalThis as unknown as {
  ringsideTrace: {
    trend(seconds: Values, values: Values, from: number, to: number, span: number): string;
  };
}).ringsideTrace;

function path(seconds: readonly number[], values: Values, spanSeconds: number): string {
  const series = { seconds, values: [values], shares: [null], sequence: 1 };
  const drawn = sparkPath(series, 0, spanSeconds);
  const from = seconds.findIndex((at) => at >= seconds.at(-1)! - spanSeconds);
  assertEquals(trend(seconds, values, from, seconds.length, spanSeconds), drawn, "in the browser");
  return drawn;
}

Deno.test("a trend is broken where a value is missing, and a lone value is a dot", () => {
  assertEquals(path([0, 15, 30, 45, 60], [4, 4, null, null, 4], 60), "M0,1h0L16,1M60,1h0");
});

Deno.test("a trend shows its span alone, and nothing of what was never measured", () => {
  assertEquals(path([0, 60, 90, 120], [100, 1, 1, 2], 60), "M0,10h0L30,10L60,1");
  assertEquals(path([0, 60], [null, null], 60), "");
  assertEquals(path([0, 60], [0, 0], 60), "M0,19h0L60,19");
  assertEquals(sparkPath({ seconds: [], values: [], shares: [], sequence: 0 }, 0, 60), "");
});

Deno.test("a trend of many points keeps each peak, and is as short as its box", () => {
  const seconds = Array.from({ length: 3000 }, (_, index) => index / 10);
  const noise = seconds.map((_, index) => (index * 7919) % 101);
  assert(path(seconds, noise, 300).length < 200);
  const peak = seconds.map((at) => at === 140.1 ? 1 : 0);
  assert(/,19L28,1L30,19L/.test(path(seconds, peak, 300)), path(seconds, peak, 300));
});

import { assertEquals } from "@std/assert";
import "../../static/points.js";
import type { Points } from "./points_types.ts";

interface Chart {
  isDue(now: number): boolean;
}
type Made = Record<string, unknown> & { RingsidePoints: new () => Points } & {
  RingsideChart: { readonly prototype: Chart };
};

const page = globalThis as unknown as Made;
// What the scripts before it give it, and nothing of which is asked here.
page.getComputedStyle = () => ({ fontSize: "16px", fontFamily: "" });
page.document = {};
page.ringsideScale = page.ringsideTrace = page.ringsidePalette = {};
await import("../../static/chart.js");

Deno.test("a chart is drawn when its lines moved by a pixel, and when the clock was set back", () => {
  const points = new page.RingsidePoints();
  points.take({ x: [9_990, 10_000], y: [[0.1, 0.3]] });
  const chart: Chart = Object.assign(Object.create(page.RingsideChart.prototype), {
    plot: { bbox: { width: 600 }, scales: { x: { min: 9_700, max: 10_000 } } },
    drawn: "line",
    scale: { top: 1 },
    top: 1,
    picks: [0],
    page: { points },
  });
  assertEquals([10_000, 10_000.2, 10_001].map((now) => chart.isDue(now)), [false, false, true]);
  points.take({ x: [6_400], y: [[0.3]] });
  assertEquals(chart.isDue(6_400), true);
});

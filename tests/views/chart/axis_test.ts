import { assertEquals } from "@std/assert";
import "../../../static/scale.js";
import "../../../static/times.js";
import { axisLabel, niceTop, timeMarks } from "../../../views/chart/axis.ts";
import { type Scale, scaleOf } from "../../../views/format.ts";

interface BrowserScale {
  niceTop(most: number, scale: Scale): number | null;
  label(value: number, scale: Scale, round?: boolean): string;
}

const { ringsideScale: browser, ringsideTimes } = globalThis as unknown as {
  ringsideScale: BrowserScale;
  ringsideTimes(span: number): readonly (readonly [number, string])[];
};

Deno.test("niceTop is round in the unit that is shown", () => {
  const cases: readonly (readonly [number, string, number])[] = [
    [0.31, "1", 0.4],
    [0.4, "1", 0.4],
    [0.41, "1", 0.6],
    [410e6, "By/s", 600e6],
    [5.1 * 2 ** 30, "By", 6 * 2 ** 30],
    // 900 KiB would end at 1000 KiB, which is no round size.
    [900 * 1024, "By", 2 ** 20],
    [84, "Cel", 100],
    [1200, "{switch}/s", 2000],
  ];
  for (const [most, unit, top] of cases) {
    const found = niceTop(most, scaleOf(unit))!;
    assertEquals(Math.abs(found / top - 1) < 1e-12, true, `${most} ${unit}: ${found}`);
  }
  assertEquals(niceTop(0, scaleOf("By")), null);
});

Deno.test("axisLabel drops zeros that say nothing", () => {
  assertEquals(axisLabel(0.5, scaleOf("1")), "50\u00a0%");
  assertEquals(axisLabel(1.5e9, scaleOf("By/s")), "1.5\u00a0GB/s");
  assertEquals(axisLabel(0, scaleOf("By/s")), "0");
  assertEquals(axisLabel(200, scaleOf("{task}")), "200");
});

Deno.test("no two lines of an axis are labelled alike, and figures have no more digits", () => {
  const ratio = scaleOf("{instruction}/{cycle}");
  const texts = (most: number, scale: Scale): string[] => {
    const top = niceTop(most, scale)!;
    return [top, top / 2].map((value) => axisLabel(value, scale));
  };
  assertEquals(texts(0.009, ratio), ["0.01", "0.005"]);
  assertEquals(texts(0.0055, ratio), ["0.006", "0.003"]);
  assertEquals(texts(0.00009, scaleOf("1")), ["0.01\u00a0%", "0.005\u00a0%"]);
  assertEquals(texts(0.009, scaleOf("{task}/s")), ["0.01\u00a0/s", "0.005\u00a0/s"]);
  assertEquals(browser.label(0.0312, ratio), "0.03");
});

Deno.test("timeMarks go back in round steps, now at the right", () => {
  assertEquals(
    timeMarks(300).map(({ at, text }) => [Math.round(at * 100), text]),
    [[0, "−5\u00a0min"], [20, "−4"], [40, "−3"], [60, "−2"], [80, "−1"], [100, "now"]],
  );
  assertEquals(timeMarks(60).map(({ text }) => text).at(0), "−60\u00a0s");
  assertEquals(timeMarks(7200).map(({ text }) => text), ["−2\u00a0h", "−1", "now"]);
  // All that is kept at an interval of a minute.
  assertEquals(
    timeMarks(61_200).map(({ text }) => text),
    ["−16\u00a0h", "−12", "−8", "−4", "now"],
  );
  for (const span of [10, 60, 130, 300, 437, 900, 3600, 40_000, 61_200]) {
    assertEquals(ringsideTimes(span), timeMarks(span).map(({ at, text }) => [at, text] as const));
  }
});

Deno.test("static/scale.js ends and labels its scales as the server does", () => {
  const units = ["1", "By", "By/s", "s", "Hz", "Cel", "W", "{task}", "{switch}/s"];
  for (const unit of units) {
    const scale = scaleOf(unit);
    for (let exponent = -4; exponent < 13; exponent++) {
      for (const mantissa of [1, 1.024, 3.3, 7.5, 9.99]) {
        const most = mantissa * 10 ** exponent;
        const top = niceTop(most, scale);
        assertEquals(browser.niceTop(most, scale), top, `${most} ${unit}`);
        for (const value of [top!, top! / 2]) {
          // Parts of a byte or of a task, and thousands of per cent, are no end of a scale.
          const odd = scale.kind === "percent" || scale.kind === "plain" ? value > 9 : value < 1;
          if (odd && !scale.small) continue;
          assertEquals(
            browser.label(value, scale, true),
            axisLabel(value, scale),
            `${value} ${unit}`,
          );
        }
      }
    }
  }
});

import { assertEquals } from "@std/assert";
import { chartRows } from "../../../views/chart/rows.ts";

const EXACT = 1;

Deno.test("points become rows, newest first, with the share of each value", () => {
  const series = { seconds: [10, 11], values: [[1, 2], [null, 4]], shares: [[1, 0.5], null] };
  assertEquals(chartRows({ ...series, sequence: 2 }, [], 300), {
    every: 1,
    rows: [
      { row: "point", seconds: 11, cells: [{ value: 2, share: 0.5 }, { value: 4, share: EXACT }] },
      {
        row: "point",
        seconds: 10,
        cells: [{ value: 1, share: EXACT }, { value: null, share: EXACT }],
      },
    ],
  });
});

Deno.test("gaps and marks stand where they happened, and marks from before are left out", () => {
  const series = {
    seconds: [10, 11, 12, 20],
    values: [[1, null, null, 4]],
    shares: [null],
    sequence: 4,
  };
  const { rows } = chartRows(series, [
    { seconds: 9, text: "old" },
    { seconds: 15, text: "deploy" },
    { seconds: 10, text: "at once" },
  ], 300);
  assertEquals(rows.map(({ row, seconds }) => [row, seconds]), [
    ["point", 20],
    ["gap", 20],
    ["mark", 15],
    ["mark", 10],
    ["point", 10],
  ]);
  assertEquals(rows[1], { row: "gap", seconds: 20, lastedSeconds: 10 });
});

Deno.test("of many points so many-th are taken, the newest among them, and no gap is lost", () => {
  const seconds = Array.from({ length: 900 }, (_, index) => index);
  const values = seconds.map((at) => at === 450 ? null : at);
  const { rows, every } = chartRows(
    { seconds, values: [values], shares: [null], sequence: 900 },
    [],
    300,
  );
  assertEquals(every, 3);
  const points = rows.filter((row) => row.row === "point");
  assertEquals([points.length, points[0]!.seconds, points[1]!.seconds], [300, 899, 896]);
  assertEquals(rows.filter(({ row }) => row === "gap"), [
    { row: "gap", seconds: 451, lastedSeconds: 2 },
  ]);
});

import { assertEquals } from "@std/assert";
import "../../static/save.js";

interface Column {
  readonly name: string;
  readonly unit: string;
  readonly values: readonly (number | null)[];
  readonly shares: readonly number[] | null;
}

const { ringsideSave: { csv, json } } = globalThis as unknown as {
  ringsideSave: Record<
    "csv" | "json",
    (seconds: readonly number[], columns: readonly Column[], host: string) => string
  >;
};

const SECONDS = [1_770_000_000, 1_770_000_000.5];
const RATE = { name: "Disks: Read", unit: "By/s", values: [1.5, null], shares: null };

Deno.test("a CSV file has a column a line with its unit, and nothing for what was not measured", () => {
  assertEquals(
    csv(SECONDS, [RATE, { name: "IPC: all", unit: "1", values: [0, 2], shares: [1, 0.33] }], "db"),
    "time,seconds,Disks: Read [By/s],IPC: all [1],IPC: all [share counted]\r\n" +
      "2026-02-02T02:40:00.000Z,1770000000,1.5,0,1\r\n" +
      "2026-02-02T02:40:00.500Z,1770000000.5,,2,0.33\r\n",
  );
});

Deno.test("a CSV file's text is no formula, and its quotes and commas stay text", () => {
  const named = (name: string): string => csv([], [{ ...RATE, name }], "db").split("\r\n")[0]!;
  assertEquals(named("=cmd|' /C calc'!A0"), "time,seconds,'=cmd|' /C calc'!A0 [By/s]");
  for (const sign of "+-@") assertEquals(named(`${sign}1`), `time,seconds,'${sign}1 [By/s]`);
  assertEquals(named('a, "b"'), 'time,seconds,"a, ""b"" [By/s]"');
});

Deno.test("a JSON file has the same columns, and null for what was not measured", () => {
  assertEquals(JSON.parse(json(SECONDS, [RATE], "db-07")), {
    host: "db-07",
    time: ["2026-02-02T02:40:00.000Z", "2026-02-02T02:40:00.500Z"],
    time_seconds: SECONDS,
    series: [RATE],
  });
});

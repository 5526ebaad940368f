import { assert, assertEquals } from "@std/assert";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { READING_COLUMNS, readingsCsv } from "../../views/readings_csv.ts";
import { type ReadingJson, snapshotJson } from "../../views/snapshot_json.ts";
import { BusyHost } from "../busy_host.ts";
import { TextTree } from "../text_tree.ts";

const TICKS = 5;
const MACHINES = ["firecracker-2cpu", "minimal-container", "server-2socket"] as const;

type Column = (typeof READING_COLUMNS)[number];
type Line = Readonly<Record<Column, string>>;

/** RFC 4180, to the letter: fields by commas, lines by CRLF, quotes around and doubled inside. */
function parse(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  while (field.lastIndex < text.length) {
    const at = field.lastIndex;
    const match = field.exec(text);
    assert(match !== null, `no field at ${at}: ${JSON.stringify(text.slice(at, at + 80))}`);
    line.push(match[1]?.replaceAll('""', '"') ?? match[2]!);
    if (match[3] === ",") continue;
    lines.push(line);
    line = [];
  }
  assertEquals(line, []);
  return lines;
}

function linesOf(snapshot: Snapshot): readonly Line[] {
  const [head, ...rows] = parse(readingsCsv(snapshot));
  assertEquals(head, [...READING_COLUMNS]);
  return rows.map((row) => {
    assertEquals(row.length, READING_COLUMNS.length, row.join());
    return Object.fromEntries(READING_COLUMNS.map((column, at) => [column, row[at]!])) as Line;
  });
}

async function machine(
  name: string,
  renamed: Readonly<Record<string, string>> = {},
): Promise<TextTree> {
  const file = new URL(`../fixtures/machines/${name}.txt`, import.meta.url);
  let text = await Deno.readTextFile(file);
  for (const [from, to] of Object.entries(renamed)) text = text.replaceAll(from, to);
  return TextTree.parse(text);
}

async function busy(...which: Parameters<typeof machine>): Promise<Snapshot> {
  const host = new BusyHost(await machine(...which));
  for (let tick = 0; tick < TICKS; tick++) host.tick();
  return host.stage.snapshot;
}

/** What JSON says of a reading, in the words of a line. */
function cells(reading: ReadingJson): Partial<Line> {
  if (reading.value === null) return { value: "", grade: "", coverage: "", absent: reading.absent };
  const { value, grade, coverage, bound = "", hearsay = "", partial } = reading;
  return {
    value: String(value),
    grade,
    coverage: String(coverage),
    bound,
    hearsay,
    mixed: reading.mixed ? "mixed" : "",
    counted: String(partial?.counted ?? ""),
    present: String(partial?.present ?? ""),
    absent: "",
    reason: reading.implausible ?? "",
  };
}

Deno.test("JSON, CSV and series say of a row the same time: its nearest millisecond", async () => {
  const host = new BusyHost(await machine("minimal-container"));
  host.stage.clock.wall += 0.7;
  host.tick();
  const { snapshot, feed } = host.stage;
  const { seconds } = feed.series.read([{ metric: "load_1m" }], -1, Infinity);
  const time = new Date(seconds.at(-1)! * 1000).toISOString();
  assertEquals(snapshotJson(snapshot, []).time, time);
  assertEquals(linesOf(snapshot)[0]!.time, time);
});

for (const name of MACHINES) {
  Deno.test(`readingsCsv of ${name} has a line for each reading that JSON has, and says the same`, async () => {
    const snapshot = await busy(name);
    const found = new Map(
      linesOf(snapshot).map((line) => [`${line.metric} ${line.instance} ${line.group}`, line]),
    );
    let count = 0;
    const check = (key: string, unit: string, reading: ReadingJson): void => {
      const line = found.get(key);
      assert(line !== undefined, `no line for ${key}`);
      const wanted = { ...cells(reading), unit, time: snapshotJson(snapshot).time };
      const said = Object.keys(wanted).map((column) => [column, line[column as Column]]);
      assertEquals(Object.fromEntries(said), wanted, key);
      count++;
    };
    for (const [id, metric] of Object.entries(snapshotJson(snapshot).metrics)) {
      check(`${id}  `, metric.unit, metric);
      for (const [name, reading] of Object.entries(metric.instances ?? {})) {
        check(`${id} ${name} `, metric.unit, reading);
      }
      for (const [grouping, groups] of Object.entries(metric.groups ?? {})) {
        for (const [name, reading] of Object.entries(groups)) {
          check(`${id}  ${grouping}:${name}`, metric.unit, reading);
        }
      }
    }
    assertEquals(found.size, count);
  });
}

Deno.test("readingsCsv leaves the value of what was not measured empty, with the reason on its line", async () => {
  const lines = linesOf(await busy("minimal-container"));
  const absent = lines.filter(({ absent }) => absent !== "");
  assert(absent.length > 0);
  assert(absent.every(({ value, coverage }) => value === "" && coverage === ""));
  assert(absent.some(({ reason }) => reason.startsWith("Cannot ")));
  assert(lines.some(({ value }) => value === "0"), "no measured zero to tell apart");
});

Deno.test("readingsCsv makes no formula and no further cell of what a process calls itself", async () => {
  const names = ['=1+1,"x"', "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "a;=1+1", "\uff1d1"];
  for (const name of names) {
    const snapshot = await busy("server-2socket", { "postgres": name });
    const lines = linesOf(snapshot);
    const known = new Set(lines.map((line) => line.name));
    assert(known.has(name.replace(/(^|;)(?=[=+\-@\uff1d])/g, "$1'")), [...known].join());
    for (const line of lines) {
      for (const [column, cell] of Object.entries(line)) {
        if (column === "value" && Number.isFinite(Number(cell))) continue;
        assert(!/(^|;)\s*[=+\-@\uff1d]/.test(cell), `${column} ${cell}`);
      }
    }
  }
});

/**
 * Whole machines whose files lie, several at a time, from the first reading on or while they run: what is
 * made of them for people and programs stays in its form, and no total falls. Rounds follow from a seed,
 * so a failure comes again: its name says how.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { METRICS } from "../collectors/catalogue.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { isMeasured } from "../collectors/trust.ts";
import { createViews } from "../views/mod.ts";
import { otlpMessage } from "../views/otlp/metrics.ts";
import { BusyHost } from "./busy_host.ts";
import { CHANGES, dice, type Roll, TWISTS } from "./garbled_text.ts";
import { TextTree } from "./text_tree.ts";

/** Each with its seeds; those that found something once stand last. */
const MACHINES = {
  "firecracker-2cpu": [1, 2, 3, 4, 5, 6, 59],
  "minimal-container": [1, 2, 3, 4, 5, 6, 21, 26],
  "server-2socket": [1, 2, 38],
} as const;
const ROUNDS = 4;
/** What a failure needs to be understood. */
const LIES_TOLD = 12;

const VIEWS = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });
const PLAIN = await VIEWS.plain();

const LIES = Object.entries({ ...CHANGES, ...TWISTS }).filter(([what]) => !what.includes("2 MB"));
/** Most of a machine's files are of sysfs, and say one number each. */
const OF_PROC = /^\/proc\//;

/** Some of the machine's files say something else; what, in words. */
function lie(tree: TextTree, roll: Roll): readonly string[] {
  return Array.from({ length: 1 + roll(5) }, () => {
    const isOfProc = roll(2) === 0;
    const paths = tree.paths().filter((path) =>
      !path.startsWith("statvfs") && OF_PROC.test(path) === isOfProc
    );
    const path = paths[roll(paths.length)]!;
    if (roll(10) === 0) {
      tree.remove(path);
      return `${path} taken away`;
    }
    const [what, change] = LIES[roll(LIES.length)]!;
    tree.edit(path, (text) => change(text, roll));
    return `${path} ${what}`;
  });
}

/** Readings are numbers, rates are not negative, and what is exact was counted all the time. */
function checkReadings(snapshot: Snapshot, where: string): void {
  for (const { id, scope, kind } of METRICS.values()) {
    const names = scope === "host" ? [] : snapshot.instances(scope).map(({ name }) => name);
    for (const name of [undefined, ...names]) {
      const reading = snapshot.read(id, name);
      if (!isMeasured(reading)) continue;
      const { value, coverage, grade } = reading;
      const told = `${id}{${name ?? ""}} is ${value}, ${grade}, ${coverage}, ${where}`;
      assert(Number.isFinite(value) && coverage >= 0 && coverage <= 1, told);
      assert(kind !== "counter" || value >= 0, told);
      assert(grade !== "exact" || coverage === 1, told);
    }
  }
}

/** Elements that have no end. */
const VOID = /^(?:col|hr|img|input|link|meta)$/;
const TAG = /<(\/?)([a-z][\w-]*)((?:\s+[\w:@.-]+(?:=(?:"[^"]*"|'[^']*'))?)*)\s*(\/?)>|</gi;
/** What numbers and objects look like that nobody meant to print. */
const SLIP = /\b(?:NaN|undefined|Infinity)\b|\[object /;

function checkHtml(html: string, where: string): void {
  const body = html.slice(html.indexOf("<body"), html.indexOf("</html>"))
    .replaceAll(/<script[^]*?<\/script>|<!--[^]*?-->/g, "");
  const open: string[] = [];
  for (const { 0: tag, 1: end, 2: name, 4: closed, index } of body.matchAll(TAG)) {
    const near = `${body.slice(index, index + 80)}, ${where}`;
    assert(name !== undefined, `"${tag}" stands alone: ${near}`);
    if (end === "/") assertEquals(open.pop(), name, near);
    else if (closed === "" && !VOID.test(name)) open.push(name);
  }
  assertEquals(open, [], where);
  // What a message quotes is the file's own.
  const own = body.replaceAll(/&quot;.*?&quot;/g, "");
  const slip = SLIP.exec(own);
  assert(slip === null, `${own.slice(slip?.index).slice(0, 80)}, ${where}`);
}

/** The series of a scrape, each once and with a number; totals did not fall since the one before. */
function checkScrape(
  text: string,
  before: ReadonlyMap<string, number>,
  where: string,
): ReadonlyMap<string, number> {
  const now = new Map<string, number>();
  const totals = new Set<string>();
  for (const line of text.trimEnd().split("\n")) {
    const head = /^# TYPE (\S+) counter$/.exec(line)?.[1];
    if (head !== undefined) totals.add(head);
    if (line.startsWith("#")) continue;
    const [, series = "", name = "", digits] =
      /^((\w+)(?:\{(?:\w+="(?:[^"\\]|\\.)*",?)+\})?) (\S+)$/.exec(line) ?? [];
    const value = Number(digits);
    assert(Number.isFinite(value), `${line}, ${where}`);
    assert(!now.has(series), `${series} stands twice, ${where}`);
    now.set(series, value);
    if (!totals.has(name)) continue;
    const last = before.get(series);
    assert(value >= 0 && !(value < last!), `${series} is ${value}, was ${last}, ${where}`);
  }
  return now;
}

function checkOtlp(snapshot: Snapshot, where: string): void {
  const whose = { version: "1.2.3", instance: "test", resource: {} };
  for (const { name, points } of otlpMessage(snapshot, whose).metrics) {
    const told = points.map(({ attributes }) => JSON.stringify(attributes));
    assertEquals(new Set(told).size, told.length, `${name} has a point twice, ${where}`);
    for (const { value, atMs } of points) {
      assert(Number.isFinite(value) && Number.isFinite(atMs), `${name}, ${where}`);
    }
  }
}

async function run(machine: string, seed: number): Promise<void> {
  const roll = dice(seed);
  const tree = await TextTree.load(machine);
  const told = [`${machine}, seed ${seed}`];
  // Some lie when they are met first, when it is learnt what the machine has.
  if (seed % 2 === 0) told.push(...lie(tree, roll));
  const host = new BusyHost(tree);
  const sound = new Map(tree.paths().map((path) => [path, tree.text(path)]));
  let scrape: ReadonlyMap<string, number> = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    if (round > 0) told.push(...lie(tree, roll));
    for (let tick = 0; tick < 2; tick++) {
      host.tick();
      const where = told.slice(-LIES_TOLD).join("; ");
      const { snapshot, feed } = host.stage;
      checkReadings(snapshot, where);
      scrape = checkScrape(PLAIN.exposition(snapshot, "prometheus"), scrape, where);
      checkOtlp(snapshot, where);
      JSON.stringify(PLAIN.snapshotJson(snapshot));
      if (tick === 0) continue;
      const series = feed.series.read(VIEWS.overview.series(snapshot), 0, 60_000);
      checkHtml(VIEWS.overview.document({ snapshot, series, intervalMs: 1000 }), where);
    }
    // They say what they said, or go on to lie.
    if (roll(2) === 0) { for (const [path, text] of sound) tree.set(path, `${text}\n`); }
  }
  host.stage.engine.close();
  assertEquals(tree.openFiles, 0, `files are left open: ${told.join("; ")}`);
}

for (const [machine, seeds] of Object.entries(MACHINES)) {
  Deno.test(`${machine} is shown in its form whatever its files say`, async (t) => {
    for (const seed of seeds) await t.step(`seed ${seed}`, () => run(machine, seed));
  });
}

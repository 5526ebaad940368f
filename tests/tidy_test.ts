/**
 * Who may know what, and the other habits that a reader relies on. The rules are data; a rule that is
 * broken prints the file and what it did.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { METRICS } from "../collectors/catalogue.ts";
import { COLLECTORS } from "../collectors/sampling/layout.ts";

const ROOT = new URL("../", import.meta.url);
const SOURCE_LINES_MOST = 400;

interface Room {
  readonly name: string;
  /** Files of the room, by path. The first room that matches counts. */
  readonly files: RegExp;
  /** What it may import: paths inside the project, or bare specifiers. Its own files are always allowed. */
  readonly imports: readonly RegExp[];
  /** What it may import as types only. */
  readonly types?: RegExp;
  /** Words that it must not use. */
  readonly forbids?: readonly RegExp[];
}

const PURE = [/\bDeno\./, /\bfetch\(/, /\bDate\.now\b/, /\bperformance\.now\b/, /\bsetTimeout\b/];

const ROOMS: readonly Room[] = [
  {
    name: "composition root",
    files: /^main\.ts$/,
    imports: [/^collectors\/mod\.ts$/, /^routes\/mod\.ts$/, /^deno\.json$/],
  },
  {
    name: "catalogue",
    files: /^collectors\/(catalogue(\/\w+)?|card|doubt|formula|trust)\.ts$/,
    imports: [/^collectors\/(catalogue(\/\w+)?|card|doubt|formula|trust|pmu\/\w+)\.ts$/],
    forbids: PURE,
  },
  {
    name: "PMU knowledge",
    files: /^collectors\/pmu\//,
    imports: [/^collectors\/pmu\//],
    forbids: PURE,
  },
  {
    name: "kernel edge",
    files: /^collectors\/kernel\//,
    imports: [/^collectors\/kernel\//, /^collectors\/(pmu\/\w+|host\/profile)\.ts$/],
  },
  { name: "ring", files: /^collectors\/sampling\/ring\.ts$/, imports: [], forbids: PURE },
  {
    name: "sampling",
    files: /^collectors\/((sampling|readings|doctor|check)\/\w+|mod|modules|registry)\.ts$/,
    imports: [/^collectors\//],
  },
  {
    name: "collector",
    files: /^collectors\/((host|files|counters|uncore|memory_bandwidth|resctrl)\/)?\w+\.ts$/,
    // Its helpers too, but no file that is itself a collector: those are found below.
    imports: [
      /^collectors\/(catalogue|pmu|kernel)\//,
      /^collectors\/(catalogue|trust|formula)\.ts$/,
    ],
    forbids: [/\bDeno\./, /JSON\.parse/],
  },
  {
    name: "views",
    files: /^views\//,
    imports: [
      /^collectors\/(mod|catalogue|card|trust|formula)\.ts$/,
      // Doors of what few open, so that it is loaded with what shows it.
      /^collectors\/(catalogue\/guide(_sources)?|check\/comparison)\.ts$/,
      /^hono\/(jsx|html)/,
    ],
    types: /^collectors\//,
    forbids: [...PURE, /\sstyle=/],
  },
  {
    name: "routes",
    files: /^routes\//,
    imports: [
      /^views\//,
      /^static\//,
      /^collectors\/(mod|doctor\/diagnosis|printable)\.ts$/,
      /^[a-z@]/,
    ],
  },
];

function roomOf(path: string): Room | undefined {
  return ROOMS.find((room) => room.files.test(path));
}

function isCollectorFile(path: string): boolean {
  return roomOf(path)?.name === "collector";
}

/** One collector never imports another. */
function isOtherCollector(path: string, target: string): boolean {
  return isCollectorFile(path) && COLLECTORS.some((id) => target === `collectors/${id}.ts`);
}

async function* walk(directory: URL): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(directory)) {
    if (/^(\.git|node_modules|golden|build|screenshots|results)$/.test(entry.name)) continue;
    const url = new URL(entry.name + (entry.isDirectory ? "/" : ""), directory);
    if (entry.isDirectory) yield* walk(url);
    else yield url.pathname.slice(ROOT.pathname.length);
  }
}

async function sources(): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for await (const path of walk(ROOT)) {
    if (/\.(tsx?|js|css)$/.test(path)) {
      found.set(path, await Deno.readTextFile(new URL(path, ROOT)));
    }
  }
  return found;
}

interface Import {
  /** A project path from the root, or a bare specifier as it stands. */
  readonly target: string;
  readonly typeOnly: boolean;
}

const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:(?:[\w*,\s]|\{[^}]*\})+?\s+from\s+)?"([^"]+)"/gm;
/** Of a module that is loaded later. */
const LATER = /\bimport\("([^"]+)"\)/g;

function importsOf(path: string, text: string): Import[] {
  const found = (specifier: string, typeOnly: boolean): Import => ({
    target: specifier.startsWith(".")
      ? new URL(specifier, new URL(path, ROOT)).pathname.slice(ROOT.pathname.length)
      : specifier,
    typeOnly,
  });
  return [
    ...[...text.matchAll(IMPORT)].map(([, type, target]) => found(target!, type !== undefined)),
    ...[...text.matchAll(LATER)].map(([, target]) => found(target!, false)),
  ];
}

/** Code without comments, so that a word in a sentence breaks no rule. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

Deno.test("every file belongs to a room, and imports only what its room may know", async () => {
  const broken: string[] = [];
  for (const [path, text] of await sources()) {
    if (/^(tests|static|deploy)\//.test(path)) continue;
    const room = roomOf(path);
    if (room === undefined) {
      broken.push(`${path} belongs to no room`);
      continue;
    }
    for (const { target, typeOnly } of importsOf(path, text)) {
      const own = room.files.test(target) && roomOf(target) === room;
      const allowed = own || room.imports.some((pattern) => pattern.test(target)) ||
        typeOnly && (room.types?.test(target) ?? false);
      if (!allowed) broken.push(`${path} (${room.name}) imports ${target}`);
      if (isOtherCollector(path, target)) broken.push(`${path} imports the collector ${target}`);
    }
    for (const word of room.forbids ?? []) {
      if (word.test(codeOf(text))) broken.push(`${path} (${room.name}) uses ${word.source}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("a metric's id stands in the catalogue and in the collector that fills it, nowhere else", async () => {
  const ids = new Set([...METRICS.keys()].filter((id) => !COLLECTORS.includes(id)));
  const broken: string[] = [];
  for (const [path, text] of await sources()) {
    if (/^(tests|collectors\/catalogue)\//.test(path) || isCollectorFile(path)) continue;
    if (path === "collectors/sampling/engine.ts") continue; // It fills the sampler's own columns.
    for (const [, literal] of codeOf(text).matchAll(/["'`]([a-z0-9_]+)["'`]/g)) {
      if (literal!.includes("_") && ids.has(literal!)) {
        broken.push(`${path} names metric ${literal}`);
      }
    }
  }
  assertEquals(broken, []);
});

Deno.test("no file grows out of its room", async () => {
  const long = [...await sources()]
    .map(([path, text]) => ({ path, lines: text.split("\n").length }))
    .filter(({ lines }) => lines > SOURCE_LINES_MOST);
  assertEquals(long, []);
});

Deno.test("no code hides an error, invents a zero or leaves a note to itself", async () => {
  const forbidden = [/\bcatch\s*(\([^)]*\))?\s*\{\s*\}/, /\?\?\s*0\b/, /\b(TODO|FIXME|XXX|HACK)\b/];
  const broken: string[] = [];
  for (const [path, text] of await sources()) {
    if (path === "tests/tidy_test.ts") continue;
    for (const pattern of forbidden) {
      const match = text.match(pattern);
      if (match !== null) broken.push(`${path}: ${match[0]}`);
    }
  }
  assertEquals(broken, []);
});

Deno.test("every collector has a test of its own name", async () => {
  const paths = new Set((await sources()).keys());
  const missing = COLLECTORS
    .filter((id) => id !== "sampler")
    .filter((id) => !paths.has(`tests/collectors/${id}_test.ts`));
  assertEquals(missing, []);
});

Deno.test("every machine of text says whether it was captured or composed", async () => {
  let machines = 0;
  for await (const path of walk(new URL("tests/fixtures/machines/", ROOT))) {
    const text = await Deno.readTextFile(new URL(path, ROOT));
    assert(
      /^(captured \d{4}-\d\d-\d\d on|composed from) /.test(text),
      `${path} does not say its origin`,
    );
    machines++;
  }
  assert(machines > 0, "there is no machine");
});

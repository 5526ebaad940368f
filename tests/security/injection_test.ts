/**
 * Names that do harm reach every output as text and as nothing else. That a browser sees it so too is
 * in tests/browser/injection_test.ts.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { printable } from "../../collectors/printable.ts";
import { plainText } from "../../views/csv.ts";
import { createViews } from "../../views/mod.ts";
import { HARMS, hostileHost, HOSTNAME, nameOf, wordlike, wordOf } from "./hostile.ts";
import { REQUESTS, textOf, uncovered, type WholeApp, wholeApp } from "./whole_app.ts";

/** Of places whose names stand one by one in metrics. */
const INSTANCES = ["disk", "network", "filesystem", "process"] as const;
/** Signs that no output may hold: line feeds part lines, and a carriage return ends those of CSV. */
const UNSEEN = /(?![\n\r])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const HTML = { accept: "text/html" };
const WORDS = new Set(["disk", "network"]);

const host = await hostileHost();

function shownName(place: (typeof INSTANCES)[number], harm: (typeof HARMS)[number]): string {
  const name = nameOf(place, harm);
  return printable(
    WORDS.has(place) ? wordlike(name) : place === "filesystem" ? `/mnt/${name}` : name,
  );
}

/** What would be an element or a handler of somebody else's making. */
function foreignMarkup(html: string): readonly string[] {
  const tags = [...html.matchAll(/<\/?[a-z!][^>"']*(?:"[^"]*"[^>"']*|'[^']*'[^>"']*)*>/gi)]
    .map(([tag]) => tag);
  return tags.filter((tag) =>
    /^<(img|svg\s+onload|a\s+hx-get="\/"|style|iframe|object|embed|base)\b/i.test(tag) ||
    /^<script(?! src="(?:\.\.\/)*static\/)/i.test(tag) ||
    /\s(on\w+|style|srcdoc)=/i.test(tag.replace(/"[^"]*"/g, '""'))
  );
}

async function mustBeText(app: WholeApp, path: string, init: RequestInit = {}): Promise<string> {
  const response = await app.request(path, init);
  const type = response.headers.get("content-type") ?? "";
  assert(/charset=utf-8|^application\/json$|^$/i.test(type), `${path} is ${type}`);
  const text = await textOf(response);
  const unseen = UNSEEN.exec(text);
  assertEquals(
    unseen && JSON.stringify(text.slice(unseen.index - 60, unseen.index + 9)),
    null,
    path,
  );
  const isHtml = /^text\/(html|event-stream)/.test(type);
  // What charts take is JSON, which stands in a message of its own.
  const html = text.split("\n\n").filter((block) => !block.startsWith("event: sample")).join();
  if (isHtml && !path.startsWith("/api/")) assertEquals(foreignMarkup(html), [], path);
  return text;
}

Deno.test("a tag, a handler and a script of one's own would be found", () => {
  const bad = [
    "<img src=x onerror=1>",
    `<script>globalThis.harmed=1</script>`,
    `<b title="a" onmouseover=1>`,
    `<p style="color:red">`,
  ];
  for (const html of bad) assertEquals(foreignMarkup(html).length > 0, true, html);
  assertEquals(foreignMarkup(`<b title="&lt;img onerror=1&gt;">&lt;img onerror=1&gt;</b>`), []);
  assert(UNSEEN.test("\u001b") && UNSEEN.test("\u202e") && UNSEEN.test("\u0085"));
});

Deno.test("every route is asked, and no answer holds markup, controls or turned text of a name", async () => {
  const app = await wholeApp(host);
  assertEquals(uncovered(app), []);
  const shown: string[] = [];
  for (const paths of Object.values(REQUESTS)) {
    for (const path of paths.filter((path) => !path.startsWith("/static/"))) {
      for (const headers of [HTML, {}]) shown.push(await mustBeText(app, path, { headers }));
    }
  }
  const all = shown.join("\n");
  for (const place of [...INSTANCES, "distribution", "model", "sensor", "host"]) {
    const found = HARMS.filter((harm) => all.includes(wordOf(place, harm)));
    // A process among the largest ten has its line; of others each name is somewhere.
    assert(found.length >= (place === "process" ? 5 : 8), `${place}: ${found}`);
  }
  assertEquals(app.reports, []);
});

Deno.test("a query that does harm is quoted in a refusal as text", async () => {
  const app = await wholeApp(host);
  for (const harm of HARMS.filter((harm) => harm !== "long")) {
    const name = encodeURIComponent(nameOf("query", harm));
    const paths = [
      `/${name}`,
      `/chart/${name}`,
      `/static/${name}`,
      `/?span=${name}`,
      `/?${name}=1`,
      `/proof?card=${name}`,
      `/cpus?sort=${name}`,
      `/api/v1/series?metric=${name}`,
      `/api/v1/series?metric=disk_read_bytes&instance=${name}`,
      `/login?from=/${name}`,
    ];
    for (const path of paths) {
      for (const headers of [HTML, {}]) await mustBeText(app, path, { headers });
    }
  }
});

Deno.test("the JSON of a snapshot has each name as one string", async () => {
  const app = await wholeApp(host);
  const snapshot = await (await app.request("/api/v1/snapshot")).json();
  assertEquals(snapshot.host.hostname, printable(HOSTNAME));
  const strings = new Set<string>();
  JSON.stringify(snapshot, (key, value) => {
    strings.add(key);
    if (typeof value === "string") strings.add(value);
    return value;
  });
  for (const place of ["disk", "network", "filesystem"] as const) {
    const missing = HARMS.filter((harm) => !strings.has(shownName(place, harm)));
    assertEquals(missing, [], place);
  }
});

/** One sample (Prometheus text format 0.0.4): a name, labels whose values are escaped, a number. */
const SAMPLE =
  /^[a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*",?)*\})? (?:[-+]?[\d.e+-]+|[-+]Inf|NaN)$/;

Deno.test("/metrics is lines of its format, and each name the value of one label", async () => {
  const app = await wholeApp(host);
  for (const accept of ["text/plain", "application/openmetrics-text"]) {
    const text = await (await app.request("/metrics", { headers: { accept } })).text();
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("# "));
    assertEquals(lines.filter((line) => !SAMPLE.test(line)), []);
    const values = new Set<string>();
    for (const [, value] of text.matchAll(/="((?:[^"\\\n]|\\.)*)"/g)) {
      values.add(value!.replace(/\\(.)/g, (_, sign) => sign === "n" ? "\n" : sign));
    }
    for (const place of ["disk", "network", "filesystem"] as const) {
      const missing = HARMS.filter((harm) => !values.has(shownName(place, harm)));
      assertEquals(missing, [], place);
    }
  }
});

/** Cells of RFC 4180. */
function csvRows(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [[]];
  for (
    const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)
  ) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end !== ",") rows.push([]);
  }
  return rows.slice(0, -1);
}

Deno.test("CSV has a cell for each name, and none that a spreadsheet would work out", async () => {
  const app = await wholeApp(host);
  for (const harm of HARMS.filter((harm) => harm !== "long")) {
    const instance = encodeURIComponent(shownName("disk", harm));
    const response = await app.request(
      `/api/v1/series?metric=disk_read_bytes&instance=${instance}&format=csv`,
    );
    assertEquals(response.status, 200, harm);
    const [head, ...rows] = csvRows(await response.text());
    assertEquals(head!.length, 3);
    assertStringIncludes(head![2]!, `{${shownName("disk", harm)}}`);
    assert(rows.length > 0 && rows.every((row) => row.length === 3), harm);
    for (const cell of [head!, ...rows].flat()) {
      assert(!/^[=+@\t\r]|^-(?![\d.]+$)/.test(cell), `${harm}: ${cell}`);
    }
  }
});

Deno.test("the CSV of once is cells, and each name in them a text", async () => {
  const { csv } = await createViews({ url: (name) => name, version: "1.2.3" }).plain();
  const [head, ...rows] = csvRows(csv(host.stage.snapshot));
  assert(rows.length > 0 && rows.every((row) => row.length === head!.length));
  for (const harm of HARMS.filter((harm) => harm !== "long")) {
    const cell = plainText(shownName("disk", harm));
    assert(rows.some((row) => row.includes(cell)), cell);
  }
  for (const cell of rows.flat()) {
    assert(!/(^|;)[=+@\t\r]|^-(?![\d.e-]+$)/.test(cell), cell);
  }
});

Deno.test("a stream's messages are what they are: no name begins another one", async () => {
  const app = await wholeApp(host);
  for (const path of ["/stream?page=overview", "/stream?page=cpus", "/api/v1/stream"]) {
    const text = await textOf(await app.request(path));
    const strange = text.split("\n").filter((line) =>
      !/^(?:(?:event|id|retry|data): .*|:.*|)$/.test(line)
    );
    assertEquals(strange, [], path);
    const events = new Set([...text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event));
    assert([...events].every((event) => event === "sample"), `${path}: ${[...events]}`);
  }
});

Deno.test("once and doctor write names to a terminal, and nothing else of them", async () => {
  const { table } = await createViews({ url: (name) => name, version: "1.2.3" }).plain();
  const text = table(host.stage.snapshot);
  assertEquals(UNSEEN.exec(text), null);
  const missing = HARMS.filter((harm) => !text.includes(wordOf("disk", harm)));
  assertEquals(missing, []);
});

Deno.test("a mark is text too, or no mark", async () => {
  const app = await wholeApp(host);
  const statuses = new Map<string, number>();
  // What only cannot be seen may stand in a mark: it joins the parts of pictures.
  for (const harm of HARMS.filter((harm) => harm !== "hidden")) {
    const response = await app.request("/api/v1/marks", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: nameOf("mark", harm) }),
    });
    statuses.set(harm, response.status);
    await mustBeText(app, "/api/v1/marks");
  }
  const refused = [...statuses].filter(([, status]) => status !== 201).map(([harm]) => harm);
  assertEquals(refused, ["lines", "terminal", "direction", "long"]);
  // A picture has room for the last of marks that are near to each other; scripts get all of them.
  for (const path of ["/", "/stream?page=overview", "/sample", "/cpus?cpu=0"]) {
    const text = await mustBeText(app, path, { headers: HTML });
    const harms = /stream|sample/.test(path)
      ? ["image", "script", "command"] as const
      : ["command"] as const;
    for (const harm of harms) assert(text.includes(wordOf("mark", harm)), `${path} ${harm}`);
  }
});

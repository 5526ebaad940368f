import { assert, assertEquals, assertThrows } from "@std/assert";
import { ASSETS } from "../../routes/assets.ts";
import { leanScript, leanStyle } from "../../routes/lean.ts";

/** What is served of each file of static/, by its name. */
const SERVED: Readonly<Record<string, readonly string[]>> = {
  "page.css": [
    "tokens.css",
    "page.css",
    "card.css",
    "table.css",
    "proof.css",
    "chart.css",
    "arrangement.css",
  ],
  "cpus.css": ["cpus.css", "figures_table.css", "cpus_table.css"],
  "doctor.css": ["doctor.css"],
  "fleet.css": ["figures_table.css", "fleet.css"],
  "fleet.js": ["fleet.js"],
  "guide.css": ["guide.css"],
  "login.css": ["login.css"],
  "message.css": ["message.css"],
  "sheet.css": ["sheet.css"],
  "page.js": [
    "copy.js",
    "part.js",
    "told.js",
    "live.js",
    "scale.js",
    "points.js",
    "trace.js",
    "palette.js",
    "chart.js",
    "charts.js",
  ],
  "explore.js": [
    "times.js",
    "history.js",
    "doubts.js",
    "over.js",
    "moment.js",
    "zoom.js",
    "save.js",
    "span.js",
    "proof.js",
  ],
  "chart_table.css": ["chart_table.css"],
  "copy.js": ["copy.js"],
  "live.js": ["copy.js", "part.js", "told.js", "live.js", "foreign.js", "proof.js"],
  "theme.js": ["locale.js", "theme.js"],
  "favicon.svg": ["favicon.svg"],
};

const DIRECTORY = new URL("../../static/", import.meta.url);

Deno.test("ASSETS serves every file of static/, in the order in which they apply", async () => {
  const there: string[] = [];
  for await (const { name } of Deno.readDir(DIRECTORY)) there.push(name);
  assertEquals([...new Set(Object.values(SERVED).flat())].toSorted(), there.toSorted());
  for (const [name, files] of Object.entries(SERVED)) {
    const texts = await Promise.all(
      files.map((file) => Deno.readTextFile(new URL(file, DIRECTORY))),
    );
    const lean = name.endsWith(".css") ? leanStyle : name.endsWith(".js") ? leanScript : null;
    const expected = texts.map((text) => lean === null ? text : lean(text)).join("");
    assertEquals(new TextDecoder().decode(ASSETS.find(ASSETS.url(name))?.content.plain), expected);
  }
});

Deno.test("a lean script says what its source says: no template of static/ spans lines", async () => {
  for (const file of Object.values(SERVED).flat().filter((name) => name.endsWith(".js"))) {
    const text = await Deno.readTextFile(new URL(file, DIRECTORY));
    for (const line of leanScript(text).split("\n")) {
      assert(line.split("`").length % 2 === 1, `${file}: ${line}`);
    }
    // Runs as it stands as far as a parser can tell.
    new Function(leanScript(text));
  }
});

Deno.test("a lean style sheet keeps every rule", () => {
  const sheet =
    'a::before, b > i {\n  /* One. */\n  content: " · : , ";\n}\n\n/* Two\n   lines. */\np :is(b) {\n}\n';
  assertEquals(
    leanStyle(sheet),
    'a::before,b>i{content:" · : , "}p :is(b){}',
  );
});

Deno.test("a lean script keeps strings, templates and regular expressions, and no sign changes", () => {
  const cases = [
    ["const a = { b: 1, c: [2] };", "const a={b:1,c:[2]};"],
    ["say(`${a} = ${b.join(', ')} `, \"x = 1\");", "say(`${a} = ${b.join(', ')} `,\"x = 1\");"],
    [
      "t = s.replace(/[\", ]+ = /g, '') + (a + +b - -c) / 2;",
      "t=s.replace(/[\", ]+ = /g,'')+(a+ +b- -c)/ 2;",
    ],
    ['return /[", =]/.test(s) ? `"${s} = 1"` : s;', 'return /[", =]/.test(s)?`"${s} = 1"`:s;'],
    ["for (const x of [1]) return x ? -1 : y in z;", "for(const x of[1])return x?-1:y in z;"],
  ] as const;
  for (const [script, lean] of cases) assertEquals(leanScript(`${script}\n`), `${lean}\n`);
  assertThrows(() => leanScript("x = a / 2 + '\"' + \"b;\n"), Error, "a quote is left over");
  assertThrows(() => leanScript("a(`${b ? `c, d` : ''}`);\n"), Error, "a template is inside");
});

import { assert, assertEquals } from "@std/assert";
import { ASSETS } from "../../routes/assets.ts";
import { leanScript, leanStyle } from "../../routes/lean.ts";

/** What is served of each file of static/, by its name. */
const SERVED: Readonly<Record<string, readonly string[]>> = {
  "page.css": ["tokens.css", "page.css", "card.css", "table.css", "chart.css", "arrangement.css"],
  "doctor.css": ["doctor.css"],
  "charts.js": ["scale.js", "charts.js"],
  "live.js": ["live.js"],
  "theme.js": ["theme.js"],
  "favicon.svg": ["favicon.svg"],
};

const DIRECTORY = new URL("../../static/", import.meta.url);

Deno.test("ASSETS serves every file of static/ once, in the order in which they apply", async () => {
  const there: string[] = [];
  for await (const { name } of Deno.readDir(DIRECTORY)) there.push(name);
  assertEquals(Object.values(SERVED).flat().toSorted(), there.toSorted());
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
  const sheet = 'a::before {\n  /* One. */\n  content: " · ";\n}\n\n/* Two\n   lines. */\nb {\n}\n';
  assertEquals(leanStyle(sheet), 'a::before {\ncontent: " · ";\n}\nb {\n}\n');
});

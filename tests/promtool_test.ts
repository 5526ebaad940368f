/**
 * The goldens of `/metrics` under Prometheus' own linter. It needs `promtool` (Debian: package
 * prometheus) and `--allow-run=promtool`; where the program is missing, the names of the tests say so.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";

const FOLDER = new URL("./golden/", import.meta.url);

/** Nothing to say, and something to say of names; anything else is text that cannot be parsed. */
const EXIT_CODES = [0, 3];

/** What the kernel calls the lines of meminfo, node_exporter calls its metrics, and so do dashboards. */
const ALLOWED = /^node_memory_\w+ metric names should be written in 'snake_case' not 'camelCase'$/;

const missing = isMissing();

function isMissing(): boolean {
  try {
    new Deno.Command("promtool", { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync();
    return false;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return true;
    throw error;
  }
}

async function complaints(metrics: string): Promise<readonly string[]> {
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(metrics));
  await writer.close();
  const { code, stdout, stderr } = await output;
  const decoder = new TextDecoder();
  const said = decoder.decode(stdout) + decoder.decode(stderr);
  assert(EXIT_CODES.includes(code), `promtool ended with ${code}: ${said}`);
  return said.split("\n").filter((line) => line !== "");
}

const goldens = [...Deno.readDirSync(FOLDER)].map(({ name }) => name)
  .filter((name) => name.endsWith(".prom")).toSorted();

for (const name of goldens) {
  Deno.test({
    name: `promtool finds nothing to say of ${name} but names that are node_exporter's${
      missing ? " (needs promtool)" : ""
    }`,
    ignore: missing,
    fn: async () => {
      const said = await complaints(await Deno.readTextFile(new URL(name, FOLDER)));
      assertEquals(said.filter((line) => !ALLOWED.test(line)), []);
    },
  });
}

Deno.test({
  name: `promtool objects to a counter without _total${missing ? " (needs promtool)" : ""}`,
  ignore: missing,
  fn: async () => {
    const said = await complaints(
      "# HELP ringside_x X.\n# TYPE ringside_x counter\nringside_x 1\n",
    );
    assertEquals(said, ['ringside_x counter metrics should have "_total" suffix']);
  },
});

/**
 * The worker that samples has `ffi`, which is full power over the process's user. That no byte of the
 * network reaches it: nothing that it loads can receive one, and what it is handed is checked.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Control } from "../../collectors/sampling/control.ts";
import { OptionError, parseOptions } from "../../routes/options.ts";

const ROOT = new URL("../..", import.meta.url);
const WORKERS = [
  "collectors/sampling/sampler_worker.ts",
  "collectors/sampling/handed_files_worker.ts",
];
/** Ways by which something could come in, or go out. */
const WAYS = [
  /\bfetch\(/,
  /\bDeno\.(serve|connect|listen|Command|readTextFile|readFile|open|readDir|env|stdin)\b/,
  /\b(WebSocket|EventSource|XMLHttpRequest|BroadcastChannel|MessageChannel|MessagePort|SharedWorker)\b/,
  /\bnew Worker\(/,
  /\beval\(|\bnew Function\(/,
];
const IMPORT =
  /^\s*(?:import|export)\s+(type\s+)?(?:(?:[\w*,\s]|\{[^}]*\})+?\s+from\s+)?"([^"]+)"/gm;

async function graph(entry: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const left = [entry];
  for (let path = left.pop(); path !== undefined; path = left.pop()) {
    if (found.has(path)) continue;
    const text = await Deno.readTextFile(new URL(path, ROOT));
    found.set(path, text);
    for (const [, typeOnly, specifier] of text.matchAll(IMPORT)) {
      if (typeOnly !== undefined) continue;
      if (!specifier!.startsWith(".")) left.push(specifier!);
      else {
        const target = new URL(specifier!, new URL(path, ROOT));
        left.push(target.pathname.slice(ROOT.pathname.length));
      }
    }
  }
  return found;
}

/** Without comments. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

Deno.test("what workers load lies in collectors/, and none of it can receive a byte", async () => {
  for (const entry of WORKERS) {
    const files = await graph(entry);
    assert(files.size >= 4, entry);
    assertEquals([...files.keys()].filter((path) => !path.startsWith("collectors/")), []);
    const ways = [...files].flatMap(([path, text]) =>
      WAYS.filter((way) => way.test(codeOf(text))).map((way) => `${path} ${way.source}`)
    );
    assertEquals(ways, []);
    // One place hears messages, and it is the worker itself.
    const hearing = [...files].filter(([, text]) =>
      /\bonmessage\b|addEventListener\(/.test(codeOf(text))
    );
    assertEquals(hearing.map(([path]) => path), [entry]);
  }
});

async function* modulesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    if (isDirectory) yield* modulesBelow(`${folder}${name}/`);
    else if (/\.tsx?$/.test(name)) yield folder + name;
  }
}

Deno.test("only the workers load what calls into libc", async () => {
  const edge = "collectors/kernel/";
  const loading: string[] = [];
  for (const room of ["collectors/", "routes/", "views/"]) {
    for await (const path of modulesBelow(room)) {
      const text = await Deno.readTextFile(new URL(path, ROOT));
      const loads = [...text.matchAll(IMPORT)].some(([, typeOnly, specifier]) =>
        typeOnly === undefined && /\/(linux_kernel|ffi)\.ts$/.test(specifier!)
      );
      if (loads && !path.startsWith(edge)) loading.push(path);
    }
  }
  // What the main thread loads stands in a list too, collectors/modules.ts.
  const lists = ["collectors/sampling/sampler_worker_modules.ts"];
  const workers = ["collectors/check/worker.ts", ...WORKERS];
  assertEquals(loading.toSorted(), [...workers, ...lists].toSorted());
});

Deno.test("control words carry numbers and nothing else", () => {
  const control = new Control();
  assert(control.buffer.byteLength < 128);
  control.setIntervalMs(250);
  control.setWatched(true);
  assertEquals([control.intervalMs(), control.watched(), control.stopped()], [250, true, false]);
});

/** What could lead a path, a list or a number astray. */
const STRANGE = ["", "\0", "relative", "../..", "a\nb", "1e9", "-1", "NaN", "0x10", "1;2", "$(id)"];

Deno.test("options that are handed to the worker are of their form, or refused", () => {
  for (const flag of ["interval", "events", "cpus"]) {
    for (const value of STRANGE) {
      assertThrows(() => parseOptions([`--${flag}=${value}`], () => undefined), OptionError);
    }
  }
  for (const flag of ["procfs", "sysfs", "token-file", "tls-cert"]) {
    for (const value of STRANGE) {
      const args = [`--${flag}=${value}`, "--tls-key=/k"];
      assertThrows(() => parseOptions(args, () => undefined), OptionError);
    }
  }
});

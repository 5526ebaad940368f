/**
 * Writes the lists of modules that each room loads at its start, which one module of the room asks for.
 * Deno looks up where in its source a module asks for another one that nobody has asked for before, and
 * keeps the source map of it for good: 120 of them were three megabytes, and a tenth of the start.
 *
 * `deno task modules` writes them; a test says when they are old.
 *
 * @module
 */
const ROOT = new URL("../", import.meta.url);

interface List {
  /** What is started. */
  readonly entry: string;
  /** Whose modules are listed, all that the entry loads. */
  readonly room: string;
  readonly path: string;
  /** Which module imports the list, before anything else. */
  readonly asker: string;
}

const LISTS: readonly List[] = [
  {
    entry: "main.ts",
    room: "collectors/",
    path: "collectors/modules.ts",
    asker: "collectors/mod.ts",
  },
  { entry: "main.ts", room: "routes/", path: "routes/modules.ts", asker: "routes/mod.ts" },
  { entry: "main.ts", room: "views/", path: "views/modules.ts", asker: "views/mod.ts" },
  {
    entry: "collectors/sampling/sampler_worker.ts",
    room: "collectors/",
    path: "collectors/sampling/sampler_worker_modules.ts",
    asker: "collectors/sampling/sampler_worker.ts",
  },
];

interface Graph {
  readonly roots: readonly string[];
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly {
      readonly code?: { readonly specifier?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
}

const LIST_URLS: ReadonlySet<string> = new Set(LISTS.map(({ path }) => new URL(path, ROOT).href));

/** Text of each list, by its path. */
export async function moduleLists(): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  const known = new Map<string, ReadonlySet<string>>();
  for (const { entry, room, path, ...list } of LISTS) {
    const folder = new URL(room, ROOT).href;
    const asker = new URL(list.asker, ROOT).href;
    const urls = known.get(entry) ?? await loaded(entry);
    known.set(entry, urls);
    const listed = [...urls]
      .filter((url) => url.startsWith(folder) && !LIST_URLS.has(url) && url !== asker)
      .map((url) => relative(new URL(path, ROOT).href, url)).sort();
    texts.set(path, textOf(entry, listed));
  }
  return texts;
}

function textOf(entry: string, modules: readonly string[]): string {
  return `/**
 * What ${entry} loads of this room, asked for by one module. Written by \`deno task modules\`,
 * which says why.
 *
 * @module
 */
${modules.map((module) => `import "${module}";\n`).join("")}`;
}

/** How a module asks for another one of its room. */
function relative(from: string, to: string): string {
  const folders = from.split("/").slice(0, -1);
  const target = to.split("/");
  const shared = folders.findIndex((folder, depth) => folder !== target[depth]);
  const common = shared < 0 ? folders.length : shared;
  const up = "../".repeat(folders.length - common);
  return (up === "" ? "./" : up) + target.slice(common).join("/");
}

/** Packages that `main.ts` asks for later than at its start, if at all. */
export async function laterPackages(): Promise<readonly string[]> {
  const atStart = await loaded("main.ts");
  const all = await loaded("main.ts", true);
  return [...all].filter((url) => url.startsWith("npm:") && !atStart.has(url)).toSorted();
}

/**
 * URLs of all modules that are loaded at the start, whatever the lists ask for by now. `later`: also those
 * that are loaded when they are first needed.
 */
async function loaded(entry: string, later = false): Promise<ReadonlySet<string>> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL(entry, ROOT).pathname],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`Cannot read the modules of ${entry}: see above`);
  const { roots, modules }: Graph = JSON.parse(new TextDecoder().decode(stdout));
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const found = new Set<string>(roots);
  for (const url of found) {
    if (LIST_URLS.has(url)) continue;
    for (const { code, isDynamic } of known.get(url)?.dependencies ?? []) {
      if (code?.specifier !== undefined && (later || !isDynamic)) found.add(code.specifier);
    }
  }
  return found;
}

if (import.meta.main) {
  for (const [path, text] of await moduleLists()) {
    await Deno.writeTextFile(new URL(path, ROOT), text);
  }
}

/**
 * `deno run -A deploy/assemble.ts FOLDER`: what a host or an image needs to run Ringside without a
 * network: `FOLDER/app`, the files of the service, and `FOLDER/cache`, which is to be `DENO_DIR`.
 *
 * Deno fetches every package that `deno.json` names, those of the tests too; so the app's has only
 * what the service imports, and its lock file only their hashes.
 *
 * @module
 */

const ROOT = new URL("../", import.meta.url);
/** Copied as they are. */
const PARTS = ["main.ts", "collectors", "routes", "views", "static", "LICENSE", "README.md"];
/** What `main.ts` loads, and the thread that it starts. */
const ENTRIES = ["main.ts", "collectors/sampling/sampler_worker.ts"];

interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, string>>;
}

/** The part of a configuration that the service uses. `imported`: what its modules name. */
export function leanConfig<T extends Config>(config: T, imported: ReadonlySet<string>): T {
  const isUsed = (name: string): boolean =>
    [...imported].some((specifier) => specifier === name || specifier.startsWith(`${name}/`));
  const imports = Object.entries(config.imports).filter(([name]) => isUsed(name));
  const { start, once, doctor } = config.tasks;
  return { ...config, imports: Object.fromEntries(imports), tasks: { start, once, doctor } };
}

/** Specifiers in `deno info --json`, as the modules write them. */
export function specifiersOf(info: {
  readonly modules: readonly {
    readonly dependencies?: readonly { readonly specifier: string }[];
  }[];
}): ReadonlySet<string> {
  return new Set(
    info.modules.flatMap(({ dependencies = [] }) => dependencies.map(({ specifier }) => specifier)),
  );
}

async function deno(cwd: string | URL, args: readonly string[], cache?: string): Promise<string> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    ...(cache === undefined ? {} : { env: { DENO_DIR: cache } }),
    stderr: "inherit",
  }).output();
  if (code === 0) return new TextDecoder().decode(stdout);
  throw new Error(`Cannot assemble: deno ${args[0]} ended with ${code}, needs its message above`);
}

async function copy(from: URL, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name } of Deno.readDir(from)) {
    await copy(new URL(`${from.pathname.replace(/\/?$/, "/")}${name}`, from), `${to}/${name}`);
  }
}

/** Files that anybody may read, whatever the umask was: the service runs as nobody in particular. */
async function open(path: string): Promise<void> {
  const { isDirectory, mode } = await Deno.lstat(path);
  await Deno.chmod(path, (mode! & 0o777) | (isDirectory ? 0o755 : 0o644));
  if (!isDirectory) return;
  for await (const { name } of Deno.readDir(path)) await open(`${path}/${name}`);
}

async function assemble(folder: string): Promise<void> {
  const [app, cache] = [`${folder}/app`, `${folder}/cache`];
  for (const old of [app, cache]) await Deno.remove(old, { recursive: true }).catch(absent);
  await Deno.mkdir(app, { recursive: true });
  for (const part of PARTS) await copy(new URL(part, ROOT), `${app}/${part}`);

  const imported = new Set<string>();
  for (const entry of ENTRIES) {
    const info = await deno(ROOT, ["info", "--json", "--quiet", entry]);
    for (const specifier of specifiersOf(JSON.parse(info))) imported.add(specifier);
  }
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const lean = JSON.stringify(leanConfig(config, imported), null, 2);
  await Deno.writeTextFile(`${app}/deno.json`, `${lean}\n`);
  await copy(new URL("deno.lock", ROOT), `${app}/deno.lock`);
  await deno(app, ["cache", "--quiet", "--frozen=false", ...ENTRIES], cache);
  await Deno.chmod(folder, 0o755);
  for (const part of [app, cache]) await open(part);
}

function absent(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined || !folder.startsWith("/")) {
    console.error("Cannot assemble: needs an absolute folder, such as /opt/ringside");
    Deno.exit(2);
  }
  await assemble(folder);
}

/**
 * Something that shows a host's figures, as it is started for a measurement: on a free port of
 * the loopback, with files in a folder of its own, and ended by its own process number.
 *
 * @module
 */
import type { Demand } from "../crowd.ts";
import { ProcessTree } from "../process_tree.ts";

export interface Peer {
  /** As `--only` names it. */
  readonly name: string;
  /** As the table names it. */
  readonly label: string;
  /** What is missing to start it, as Debian names it; null where it can be started. */
  lack(): Promise<string | null>;
  /** What watches it: each is measured with one client and with many. */
  readonly watchers: readonly Watcher[];
  version(): Promise<string>;
  /** Resolves when it answers. `folder` is empty, and is removed afterwards. */
  start(folder: string): Promise<Running>;
}

export interface Watcher {
  /** Added to the label where there are several. */
  readonly name: string;
  readonly demand: Demand;
}

export interface Running {
  readonly url: string;
  readonly tree: ProcessTree;
  stop(): Promise<void>;
}

export interface Invocation {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly port: number;
  /** Answers with 200 as soon as there is something to measure. */
  readonly readyPath: string;
}

const READY_MS_MOST = 60_000;
const ASK_EVERY_MS = 250;
/** Where the daemons of Debian are, beside what a user's PATH has. */
const FOLDERS = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/bin"];

/** What is missing where this program is. */
export function lackOf(program: string, debianPackage: string): string | null {
  return programOf(program) === null ? `${program} (Debian: ${debianPackage})` : null;
}

/** Path of a program; null where it is not installed. */
export function programOf(name: string): string | null {
  const folders = new Set([...(Deno.env.get("PATH") ?? "").split(":"), ...FOLDERS]);
  for (const folder of folders) {
    try {
      if (Deno.statSync(`${folder}/${name}`).isFile) return `${folder}/${name}`;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) && !/os error 20/.test(String(error))) {
        throw error;
      }
    }
  }
  return null;
}

/** Of the loopback. Somebody else may take it before it is used: then the program says so. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

export async function startProgram(invocation: Invocation): Promise<Running> {
  const { program, args, env = {}, folder, port, readyPath } = invocation;
  const log = `${folder}/output`;
  const path = programOf(program);
  if (path === null) throw new Error(`Cannot start ${program}: it is not installed`);
  // A session of its own, by which its processes are known even where a parent of theirs has ended.
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", `exec "$@" >"${log}" 2>&1`, "sh", path, ...args],
    env: { ...env, HOME: folder },
    cwd: folder,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    detached: true,
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  const tree = new ProcessTree(child.pid);
  let ended = false;
  void child.status.then(() => ended = true);
  const begunMs = performance.now();
  while (!await answers(`${url}${readyPath}`)) {
    const late = performance.now() - begunMs > READY_MS_MOST;
    if (ended || late) {
      if (!ended) await tree.stop(child);
      const said = (await Deno.readTextFile(log)).trim().split("\n").slice(-5).join("\n");
      const found = ended ? "it ended" : `no answer in ${READY_MS_MOST / 1000} s`;
      throw new Error(`Cannot start ${program}: ${found}, and said\n${said}`);
    }
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  return { url, tree, stop: () => tree.stop(child) };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.status === 200;
  } catch (error) {
    // Refused, or reset while it starts.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** What a program prints of its version, as far as it looks like one. */
export async function versionOf(program: string, ...args: readonly string[]): Promise<string> {
  const path = programOf(program);
  if (path === null) throw new Error(`Cannot ask ${program} for its version: not installed`);
  const { stdout, stderr } = await new Deno.Command(path, { args: [...args] }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const found = text.match(/\d+\.\d+\.\d+[\w.+~-]*/)?.[0];
  if (found === undefined) throw new Error(`Cannot find a version in what ${program} says`);
  return found;
}

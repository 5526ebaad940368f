/**
 * The whole service in the guest, by the words of the task `start`, as whoever the words before it make
 * of it.
 *
 * @module
 */
import config from "../../../deno.json" with { type: "json" };
import { sleep } from "./report.ts";

const TRIES_MOST = 10;
const TRY_AGAIN_MS = 500;
const ROOT = new URL("../../../", import.meta.url).pathname;

/** `NAME=value deno run ...`, as `deno task` would take it apart. */
function startWords(): { readonly env: Record<string, string>; readonly args: readonly string[] } {
  const words = config.tasks.start.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ""));
  const deno = words.indexOf("deno");
  const env = Object.fromEntries(words.slice(0, deno).map((word) => word.split("=", 2)));
  return { env, args: words.slice(deno + 1) };
}

/** How it ended, and every line that it wrote to standard error. */
export interface Ended {
  readonly code: number;
  readonly complaints: readonly string[];
}

/** What `/api/v1/perf` answers once counters show something: from their second reading on. */
// deno-lint-ignore no-explicit-any -- what it answers is what is tested
export async function counted(ask: () => Promise<any>): Promise<any> {
  for (;;) {
    const perf = await ask();
    if (!/second reading/.test(perf.reason ?? "")) return perf;
    await sleep(TRY_AGAIN_MS);
  }
}

export class GuestService {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #complaints: Promise<string>;

  private constructor(url: string, child: Deno.ChildProcess, complaints: Promise<string>) {
    this.url = url;
    this.#child = child;
    this.#complaints = complaints;
  }

  /** `before`: words such as `setpriv --reuid 65534`. Resolves when it says its address. */
  static async start(
    before: readonly string[] = [],
    flags: readonly string[] = [],
  ): Promise<GuestService> {
    const { env, args } = startWords();
    const listen = flags.includes("--listen") ? [] : ["--listen", "127.0.0.1:0"];
    const own = [Deno.execPath(), ...args, ...listen, ...flags];
    const [command, ...rest] = [...before, ...own] as [string, ...string[]];
    const child = new Deno.Command(command, {
      args: rest,
      env,
      cwd: ROOT,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const complaints = new Response(child.stderr).text();
    const decoder = new TextDecoder();
    let said = "";
    for await (const chunk of child.stdout.values({ preventCancel: true })) {
      said += decoder.decode(chunk, { stream: true });
      const url = said.match(/http:\/\/[\w.:[\]]+/)?.[0];
      if (url !== undefined && said.includes("\n")) return new GuestService(url, child, complaints);
    }
    throw new Error(`Cannot start the service: it said ${said}${await complaints}`);
  }

  /** A service that is out of descriptors turns clients away, or drops them, and listens again in a moment. */
  async text(path: string): Promise<string> {
    let answer: Response | null = null;
    for (let tries = 1; answer === null; tries++) {
      try {
        const found = await fetch(this.url + path);
        if (found.status !== 503 || tries === TRIES_MOST) answer = found;
        else throw new Error(`It is turned away: ${await found.text()}`);
      } catch (error) {
        if (tries === TRIES_MOST) throw error;
        await sleep(TRY_AGAIN_MS);
      }
    }
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Cannot get ${path}: ${answer.status} ${text.slice(0, 200)}`);
    return text;
  }

  // deno-lint-ignore no-explicit-any -- what it answers is what is tested
  async json(path: string): Promise<any> {
    return JSON.parse(await this.text(path));
  }

  async stop(): Promise<Ended> {
    this.#child.kill("SIGTERM");
    const { code } = await this.#child.status;
    await this.#child.stdout.cancel();
    const complaints = (await this.#complaints).split("\n").filter((line) => line !== "");
    return { code, complaints };
  }
}

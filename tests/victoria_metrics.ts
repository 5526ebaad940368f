/**
 * A real VictoriaMetrics on this host with a data folder of its own: an engine of PromQL that is no
 * Prometheus. It needs `victoria-metrics` (Debian: package victoria-metrics); where the program is missing,
 * `VictoriaMetrics.missing` says so.
 *
 * @module
 */
import { isInstalled } from "./installed.ts";
import { Output } from "./output.ts";

const PROGRAM = "victoria-metrics";
const READY = "started VictoriaMetrics in";
/** Of what it said, characters, in the message of one that ends before its time. */
const SAID_MOST = 500;

export class VictoriaMetrics implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #said: Output;

  private constructor(url: string, child: Deno.ChildProcess, folder: string, said: Output) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
    this.#said = said;
  }

  /** Whether the program is not installed. */
  static get missing(): boolean {
    return !isInstalled(PROGRAM, ["-version"]);
  }

  /** `history`: text of OpenMetrics with times in seconds. Waits until all of it can be asked for. */
  static async start(history: Iterable<string>): Promise<VictoriaMetrics> {
    const folder = await Deno.makeTempDir({ prefix: "ringside-victoria-" });
    const address = `127.0.0.1:${freePort()}`;
    const child = new Deno.Command(PROGRAM, {
      args: [`-storageDataPath=${folder}`, `-httpListenAddr=${address}`],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const said = new Output(child.stderr);
    const text = await said.until(READY);
    const own = new VictoriaMetrics(`http://${address}`, child, folder, said);
    if (text.includes(READY)) {
      await own.#take(history);
      return own;
    }
    await own[Symbol.asyncDispose]();
    throw new Error(`Cannot start ${PROGRAM}: it ended, and said ${text.slice(-SAID_MOST)}`);
  }

  /** Its own form of the text has milliseconds, and no comments at the end. */
  async #take(history: Iterable<string>): Promise<void> {
    let lines = "";
    for (const text of history) {
      if (!text.startsWith("#")) lines += text.replaceAll(/ (\d+)$/gm, " $1000");
    }
    const told = await fetch(`${this.url}/api/v1/import/prometheus`, {
      method: "POST",
      body: lines,
    });
    await told.body?.cancel();
    if (!told.ok) throw new Error(`Cannot fill ${PROGRAM}: it answered ${told.status}`);
    // Otherwise some seconds go by before it is found.
    const flushed = await fetch(`${this.url}/internal/force_flush`);
    await flushed.body?.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#said.all();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** It says nowhere which port it was given. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

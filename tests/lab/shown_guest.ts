/** A guest whose service is looked at from outside. @module */
import { build, prepare } from "./mod.ts";
import { type Machine, wordsOf } from "./machine.ts";
import { missing, widenPath } from "./needs.ts";

const FOLDER = new URL("./", import.meta.url).pathname;
/** Of the service in the guest; the next one ends it. */
const PORT = 7878;
const TRY_AGAIN_MS = 500;

export class ShownGuest implements AsyncDisposable {
  readonly url: string;
  readonly #end: number;
  readonly #ended: Promise<Deno.CommandOutput>;
  #output: Deno.CommandOutput | null = null;

  private constructor(ended: Promise<Deno.CommandOutput>, port: number, end: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#end = end;
    this.#ended = ended.then((output) => this.#output = output);
  }

  /** Before the first boot. Throws where guests cannot be booted, and says what to install. */
  static async prepare(machines: readonly Machine[]): Promise<void> {
    widenPath();
    const lacking = missing(false) ?? await build(false) ?? await prepare(machines);
    if (lacking !== null) throw new Error(lacking);
  }

  /** Boots it and waits until its service has something to show. */
  static async boot(machine: Machine): Promise<ShownGuest> {
    const [port, end] = [freePort(), freePort()];
    const ended = new Deno.Command(`${FOLDER}run`, {
      args: ["-p", `${port}:${PORT}`, "-p", `${end}:${PORT + 1}`, ...wordsOf(machine)],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    const guest = new ShownGuest(ended, port, end);
    while (!await guest.#isReady()) {
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
    return guest;
  }

  async #isReady(): Promise<boolean> {
    if (this.#output !== null) {
      const { code, stderr } = this.#output;
      const said = new TextDecoder().decode(stderr);
      throw new Error(`Cannot show a guest: it ended with status ${code} and said ${said}`);
    }
    try {
      const answer = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(5000) });
      await answer.body?.cancel();
      return answer.ok;
    } catch (error) {
      // The port is QEMU's: until the service listens, nothing or nobody answers behind it.
      if (error instanceof TypeError || error instanceof DOMException) return false;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#output === null) {
      (await Deno.connect({ hostname: "127.0.0.1", port: this.#end })).close();
    }
    await this.#ended;
  }
}

/** One that nobody listens on now. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * The service as a person starts it: a process of its own, by the words of the task `start`, on a free
 * port. For tests and benchmarks that look at it from outside.
 *
 * @module
 */
import config from "../deno.json" with { type: "json" };

const ROOT = new URL("../", import.meta.url);

export interface StartCommand {
  readonly env: Record<string, string>;
  readonly args: readonly string[];
}

/** `NAME=value deno run ...`, as `deno task` would take it apart. */
export function startCommand(): StartCommand {
  const words = config.tasks.start.match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ""));
  const deno = words.indexOf("deno");
  const env = Object.fromEntries(words.slice(0, deno).map((word) => word.split("=", 2)));
  return { env, args: words.slice(deno + 1) };
}

export class Service implements AsyncDisposable {
  readonly url: string;
  readonly #child: Deno.ChildProcess;
  #stopped: Promise<Deno.CommandStatus> | null = null;

  private constructor(url: string, child: Deno.ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  /** Starts it and waits for the line that names its address. `listen` keeps a port over a restart. */
  static async start(
    { listen = "127.0.0.1:0", args = [] }: { listen?: string; args?: readonly string[] } = {},
  ): Promise<Service> {
    const command = startCommand();
    const child = new Deno.Command(Deno.execPath(), {
      args: [...command.args, "--listen", listen, ...args],
      env: command.env,
      cwd: ROOT,
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let said = "";
    const decoder = new TextDecoder();
    for await (const chunk of child.stdout.values({ preventCancel: true })) {
      said += decoder.decode(chunk, { stream: true });
      const url = said.match(/http:\/\/[\w.:[\]]+/)?.[0];
      if (url !== undefined && said.includes("\n")) return new Service(url, child);
    }
    await child.status;
    throw new Error(`Cannot start the service: it said ${JSON.stringify(said)}, needs its address`);
  }

  /** SIGTERM, and its end. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    if (this.#stopped === null) {
      this.#child.kill(signal);
      this.#stopped = this.#child.status;
      await this.#child.stdout.cancel();
    }
    return await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

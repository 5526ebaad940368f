/**
 * The service as its own process, by the words of a task that starts it, with all that it writes kept:
 * for tests of what comes out of it, and of what it refuses to begin with.
 *
 * @module
 */
import config from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

export interface ProcessOptions {
  /** By whose words it is started; absent: `start`. */
  readonly task?: "start" | "start:fleet" | "start:otlp";
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A module that runs in the main thread before `main.ts`. */
  readonly preload?: URL;
  /** Host and port of an engine, for the words of `start:fleet`. */
  readonly engine?: string;
}

/** `NAME=value deno run ...` with the further words behind `main.ts`. */
function command(
  { task = "start", args = [], env = {}, preload, engine = "127.0.0.1" }: ProcessOptions,
): Deno.Command {
  const words = config.tasks[task].replace(
    /'"\$\(printenv RINGSIDE_PROMETHEUS_HOST .*?\)"/,
    `${engine}'`,
  )
    .match(/'[^']*'|\S+/g)!.map((word) => word.replaceAll("'", ""));
  const deno = words.indexOf("deno");
  const own = words.slice(deno + 1);
  const run = preload === undefined
    ? own
    : [own[0]!, "--preload", preload.pathname, ...own.slice(1)];
  return new Deno.Command(Deno.execPath(), {
    args: [...run, ...args],
    env: { ...Object.fromEntries(words.slice(0, deno).map((word) => word.split("=", 2))), ...env },
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  });
}

/** What becomes of a start by the shell of `deno task`, where it is refused. */
export async function taskRefusal(
  task: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ReturnType<typeof refusal> {
  const deno = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", task, ...args],
    env: { ...env, NO_COLOR: "1" },
    cwd: ROOT,
  });
  return decoded(await deno.output());
}

/** What becomes of a start that is refused. */
export async function refusal(
  options: ProcessOptions,
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return decoded(await command(options).output());
}

function decoded(
  { code, stdout, stderr }: Deno.CommandOutput,
): Awaited<ReturnType<typeof refusal>> {
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

export class Process implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<unknown>;
  #said = "";
  #more = Promise.withResolvers<void>();
  #ended = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#read = Promise.all([this.#gather(child.stdout), this.#gather(child.stderr)]).then(() => {
      this.#ended = true;
      this.#more.resolve();
    });
  }

  /** Waits for the line that names its address. */
  static async start(options: ProcessOptions = {}): Promise<Process> {
    const { args: own = [] } = options;
    const args = own.includes("--listen") ? own : ["--listen", "127.0.0.1:0", ...own];
    const process = new Process(command({ ...options, args }).spawn());
    await process.until(/on https?:\/\/\S+ \(.*\n/);
    return process;
  }

  /** All of stdout and stderr so far. */
  get said(): string {
    return this.#said;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get url(): string {
    return /https?:\/\/[\w.:[\]]+/.exec(this.#said)![0];
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Resolves when it has said this; throws when it ended before. */
  async until(words: RegExp): Promise<string> {
    while (!words.test(this.#said)) {
      if (this.#ended) throw new Error(`Cannot wait for ${words}: the service said ${this.#said}`);
      await this.#more.promise;
    }
    return this.#said;
  }

  async #gather(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      this.#said += chunk;
      this.#more.resolve();
      this.#more = Promise.withResolvers<void>();
    }
  }

  /** SIGTERM, its end, and all that it said. */
  async stop(): Promise<string> {
    if (!this.#ended) {
      this.#child.kill("SIGTERM");
      await this.#child.status;
      await this.#read;
    }
    return this.#said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** A folder that goes again, with files that only their owner may read. */
export class PrivateFiles implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync({ prefix: "ringside-" });

  write(name: string, text: string, mode = 0o600): string {
    const path = `${this.#folder}/${name}`;
    Deno.writeTextFileSync(path, text);
    Deno.chmodSync(path, mode);
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Certificates and keys for tests. */
export async function tlsFixture(name: string): Promise<string> {
  return await Deno.readTextFile(new URL(`tests/fixtures/tls/${name}.pem`, ROOT));
}

/**
 * `perf stat` for a whole host or some CPUs, told when to count. It is told by its standard input and
 * says that it did on its standard output (`--control`, tools/perf/Documentation/perf-stat.txt), so that
 * no file has to be made for it.
 *
 * @module
 */
import { parsePerfCounts, PERF_SEPARATOR, type PerfCount } from "../pmu/perf_csv.ts";

const STDIN_STDOUT = "fd:0,1";
const DONE = "ack";
const SAID_CHARACTERS_MOST = 300;

export interface PerfStatOptions {
  /** Events by perf's names, those of a group counted together. */
  readonly groups: readonly (readonly string[])[];
  /** A CPU list; absent: all CPUs. */
  readonly cpus?: string | undefined;
}

/** Cannot run; the message is one line. */
export class PerfStatError extends Error {
  override readonly name = "PerfStatError";
  /** There is no such command. */
  readonly missing: boolean;

  constructor(message: string, missing = false) {
    super(message);
    this.missing = missing;
  }
}

export class PerfStat {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #said: Promise<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.getReader();
    this.#said = new Response(child.stderr).text();
  }

  /** Starts it; it opens its events and counts nothing. Throws `PerfStatError`. */
  static start({ groups, cpus }: PerfStatOptions): PerfStat {
    const events = groups.flatMap((group) => [
      "-e",
      group.length === 1 ? group[0]! : `{${group.join(",")}}`,
    ]);
    const where = cpus === undefined ? ["-a"] : ["-C", cpus];
    const held = ["-D", "-1", "--control", STDIN_STDOUT];
    const args = ["stat", ...where, ...held, "-x", PERF_SEPARATOR, ...events];
    try {
      const child = new Deno.Command("perf", {
        args,
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        env: { LC_ALL: "C" },
      }).spawn();
      return new PerfStat(child);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) {
        throw new PerfStatError("Cannot run perf: there is no such command", true);
      }
      if (error instanceof Deno.errors.NotCapable) {
        throw new PerfStatError("Cannot run perf: Deno may not start it, needs --allow-run=perf");
      }
      throw error;
    }
  }

  /** Resolves when every event counts. Rejects with `PerfStatError` when perf ended instead. */
  enable(): Promise<void> {
    return this.#tell("enable");
  }

  /** Resolves when none does any more. */
  disable(): Promise<void> {
    return this.#tell("disable");
  }

  /** Ends it. Resolves with what it counted, in perf's order. */
  async end(): Promise<readonly PerfCount[]> {
    await this.#stop();
    const said = await this.#said;
    const counts = parsePerfCounts(said);
    if (counts.length === 0) throw refused(said);
    return counts;
  }

  /** Ends it, whatever it is at. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    await this.#said;
  }

  async #tell(command: string): Promise<void> {
    try {
      await this.#writer.write(new TextEncoder().encode(`${command}\n`));
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      throw refused(await this.#said);
    }
    const decoder = new TextDecoder();
    for (let answer = ""; !answer.includes(DONE);) {
      const { value, done } = await this.#reader.read();
      if (done) throw refused(await this.#said);
      answer += decoder.decode(value, { stream: true });
    }
  }

  /** perf prints what it counted when it is interrupted. */
  async #stop(): Promise<void> {
    try {
      this.#child.kill("SIGINT");
    } catch (error) {
      // It ended by itself.
      if (!(error instanceof Deno.errors.NotFound || error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}

/** perf's own words, in one line. */
function refused(said: string): PerfStatError {
  const words = said.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && line !== "Error:" && !line.startsWith("Events "));
  const found = words.join(" ").slice(0, SAID_CHARACTERS_MOST);
  return new PerfStatError(`Cannot run perf stat: ${found || "it ended and said nothing"}`);
}

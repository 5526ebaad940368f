/** The clients of a measurement: `crowd.c`, told what to ask for and asked what it got. @module */
import { constants, inflateRawSync } from "node:zlib";
import { build } from "./native.ts";

export interface CrowdReport {
  /** That have had an answer. */
  readonly clients: number;
  /** With heads and chunk sizes. */
  readonly wireBytes: number;
  readonly bodyBytes: number;
  readonly answers: number;
  /** Answers of another status than 200. */
  readonly bad: number;
  /** Turns that came while the one before was not answered yet. */
  readonly missed: number;
  /** Connections that the server ended in the middle of an answer. */
  readonly closed: number;
  /** Of all streams together. */
  readonly messages: number;
  /** Messages that the first stream did not get. */
  readonly odd: number;
  /** Of the stream that was furthest behind the first one, in messages. */
  readonly lateMost: number;
}

export type Demand =
  | { readonly kind: "stream"; readonly path: string }
  | {
    readonly kind: "get";
    readonly paths: readonly string[];
    readonly gzip: boolean;
    readonly everyMs: number;
  };

/** A message of a stream, decompressed. */
export interface Told {
  readonly text: string;
  /** When it came, by the wall clock. */
  readonly atMs: number;
}

interface Arrival {
  readonly bytes: number;
  readonly atMs: number;
}

/** Magic, method, flags, time: the head of a gzip stream, before its first block. */
const GZIP_HEAD_BYTES = 10;

export class Crowd implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #dump: string;
  readonly #arrivals: Arrival[] = [];
  readonly #reports: CrowdReport[] = [];
  #opened = false;
  #ended = false;
  #look: () => void = () => {};

  private constructor(child: Deno.ChildProcess, dump: string) {
    this.#child = child;
    this.#dump = dump;
    this.#input = child.stdin.getWriter();
    void this.#listen();
  }

  /** Returns when all clients have had an answer; null where there is no C compiler. */
  static async start(url: string, clients: number, demand: Demand): Promise<Crowd | null> {
    const program = await build("crowd");
    if (program === null) return null;
    const { hostname, port } = new URL(url);
    const dump = await Deno.makeTempFile({ prefix: "ringside-crowd-" });
    const args = demand.kind === "stream"
      ? ["stream", hostname, port, `${clients}`, dump, demand.path]
      : [
        ...["get", hostname, port, `${clients}`, `${demand.everyMs}`],
        ...[demand.gzip ? "gzip" : "plain", ...demand.paths],
      ];
    const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped" }).spawn();
    const crowd = new Crowd(child, dump);
    await crowd.#until(() => crowd.#opened);
    return crowd;
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** What was got since the last report. */
  async report(): Promise<CrowdReport> {
    const known = this.#reports.length;
    await this.#input.write(new TextEncoder().encode("\n"));
    await this.#until(() => this.#reports.length > known);
    return this.#reports.at(-1)!;
  }

  /** The same, as soon as the first stream has its next message: between two such are whole ticks. */
  async reportNext(): Promise<CrowdReport> {
    await this.messages(this.#arrivals.length + 1);
    return await this.report();
  }

  /** Waits until the first stream has had so many messages. */
  async messages(most: number): Promise<void> {
    await this.#until(() => this.#arrivals.length >= most);
  }

  /** What the first stream was told, decompressed, with the times when it came. */
  async told(): Promise<readonly Told[]> {
    await this.report();
    const packed = await Deno.readFile(this.#dump);
    const told: Told[] = [];
    let end = 0;
    let known = 0;
    for (const { bytes, atMs } of this.#arrivals) {
      end += bytes;
      // From the beginning: a message may refer to those before it.
      const whole = inflateRawSync(packed.subarray(GZIP_HEAD_BYTES, end), {
        finishFlush: constants.Z_SYNC_FLUSH,
      });
      told.push({ text: new TextDecoder().decode(whole.subarray(known)), atMs });
      known = whole.length;
    }
    return told;
  }

  /** One message of the first stream, as it came. */
  async message(index: number): Promise<Uint8Array> {
    await this.report();
    const begin = this.#arrivals.slice(0, index).reduce((sum, { bytes }) => sum + bytes, 0);
    const end = begin + this.#arrivals[index]!.bytes;
    return (await Deno.readFile(this.#dump)).subarray(begin, end);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#child.status;
    await Deno.remove(this.#dump);
  }

  async #listen(): Promise<void> {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of this.#child.stdout) {
      text += decoder.decode(chunk, { stream: true });
      const lines = text.split("\n");
      text = lines.pop()!;
      for (const line of lines) this.#take(line);
      this.#look();
    }
    this.#ended = true;
    this.#look();
  }

  #take(line: string): void {
    if (line === "open") this.#opened = true;
    else if (line.startsWith("{")) this.#reports.push(JSON.parse(line));
    else {
      const [, bytes, atMs] = line.split(" ").map(Number);
      this.#arrivals.push({ bytes: bytes!, atMs: atMs! });
    }
  }

  #until(found: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#look = (): void => {
        if (found()) resolve();
        else if (this.#ended) reject(new Error("Cannot go on: crowd.c ended, see above"));
      };
      this.#look();
    });
  }
}

/**
 * The service as a process that something is done to: started by the words of the task `start` in a
 * shell that may take things from it first, with what it says kept.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { Output } from "../output.ts";
import { startCommand } from "../service.ts";

const ROOT = new URL("../../", import.meta.url);
/** Looks for a state that must come; nothing is measured by it. */
const LOOK_MS = 20;

export interface VictimOptions {
  readonly args?: readonly string[];
  /** Shell commands before the service takes their place: `ulimit -n 256`. */
  readonly before?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the tree that is started; this one's if absent. */
  readonly root?: URL;
  /** What understands `before`; `sh` if absent. */
  readonly shell?: string;
}

export interface Status {
  readonly status: number;
  readonly text: string;
}

/** Whether the other side hung up. */
export function isCut(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionRefused ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.BrokenPipe ||
    // Reset before `Deno.connect` asked for the name of its peer.
    error instanceof Deno.errors.NotConnected;
}

export class Victim implements AsyncDisposable {
  readonly url: string;
  readonly process: Deno.ChildProcess;
  readonly errors: Output;

  private constructor(url: string, process: Deno.ChildProcess, errors: Output) {
    this.url = url;
    this.process = process;
    this.errors = errors;
  }

  static async start(options: VictimOptions = {}): Promise<Victim> {
    const process = Victim.spawn(options);
    const errors = new Output(process.stderr);
    const line = await new Output(process.stdout).until("\n");
    const url = /http:\/\/[^ ]+/.exec(line)?.[0];
    if (url === undefined) throw new Error(`Cannot start: ${line} ${await errors.all()}`);
    return new Victim(url, process, errors);
  }

  /** One that cannot begin: what it said, and how it ended. */
  static async refused(options: VictimOptions = {}): Promise<{ code: number; said: string }> {
    const process = Victim.spawn(options);
    const said = await new Output(process.stderr).all();
    await process.stdout.cancel();
    return { code: (await process.status).code, said };
  }

  /** Without waiting for anything. */
  static spawn(options: VictimOptions = {}): Deno.ChildProcess {
    const { args = [], before = "", env = {}, root = ROOT, shell = "sh" } = options;
    const command = startCommand();
    const own = args.includes("--listen") ? args : ["--listen", "127.0.0.1:0", ...args];
    return new Deno.Command(shell, {
      args: ["-c", `${before}\nexec "$@"`, shell, Deno.execPath(), ...command.args, ...own],
      env: { ...command.env, ...env },
      cwd: root,
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  get pid(): number {
    return this.process.pid;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  connect(): Promise<Deno.TcpConn> {
    return Deno.connect({ hostname: "127.0.0.1", port: this.port });
  }

  /** A connection that sent something; null where the service turns it away, which is its right. */
  async hold(bytes = new Uint8Array()): Promise<Deno.TcpConn | null> {
    let connection: Deno.TcpConn | undefined;
    try {
      connection = await this.connect();
      for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
      return connection;
    } catch (error) {
      connection?.close();
      if (isCut(error)) return null;
      throw error;
    }
  }

  /** Of a path, on a connection of its own. */
  async get(path: string): Promise<Status> {
    const response = await fetch(this.url + path, { headers: { connection: "close" } });
    return { status: response.status, text: await response.text() };
  }

  /** The same; null where it is not answered. */
  async ask(path: string): Promise<Status | null> {
    try {
      return await this.get(path);
    } catch (error) {
      if (error instanceof TypeError) return null;
      throw error;
    }
  }

  /** Waits until an answer of a path is as it must be. */
  async until(path: string, holds: (found: Status) => boolean): Promise<Status> {
    let code: number | undefined;
    void this.process.status.then((status) => code = status.code);
    while (true) {
      const found = await this.ask(path);
      if (found !== null && holds(found)) return found;
      if (code !== undefined) throw new Error(`It ended with ${code}: ${await this.errors.all()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  async snapshot(): Promise<{ sequence: number; cursor: string }> {
    return JSON.parse((await this.get("/api/v1/snapshot")).text);
  }

  /** Sequence of the newest tick. */
  async sequence(): Promise<number> {
    return (await this.snapshot()).sequence;
  }

  /** Waits for ticks that come after what was done. */
  async ticks(count: number): Promise<number> {
    const from = await this.sequence();
    let now = from;
    while (now < from + count) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      now = await this.sequence();
    }
    return now;
  }

  /** Open descriptors of the process. */
  async descriptors(): Promise<number> {
    let count = 0;
    for await (const _ of Deno.readDir(`/proc/${this.pid}/fd`)) count++;
    return count;
  }

  /** Resident memory, bytes; what it had most begins anew. */
  async resident(): Promise<number> {
    await Deno.writeTextFile(`/proc/${this.pid}/clear_refs`, "5");
    return await this.#memory("VmRSS");
  }

  /** The most that was resident since. */
  residentMost(): Promise<number> {
    return this.#memory("VmHWM");
  }

  async #memory(field: string): Promise<number> {
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)![1]);
  }

  /** Ends in order, and says so by its exit code. */
  async end(): Promise<void> {
    this.process.kill("SIGTERM");
    assertEquals((await this.process.status).code, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.process.kill("SIGKILL");
    } catch (error) {
      // It has ended, as it should.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.process.status;
    await this.errors.all();
  }
}

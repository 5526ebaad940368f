/** The instruments themselves: what a benchmark believes must be what happened. */
import { assert, assertEquals } from "@std/assert";
import { constants, deflateRawSync } from "node:zlib";
import { GZIP_HEADER } from "../../routes/encoding.ts";
import { Crowd } from "./crowd.ts";
import { build } from "./native.ts";

const COMPILER = await build("crowd") !== null;
const NO_COMPILER = COMPILER ? "" : " (skipped: needs a C compiler, cc)";
const STREAM = { kind: "stream", path: "/" } as const;

const GREETING = "what each is told when it comes";
/** What only the first client gets, before the others come. */
const EARLY = [GREETING, "early", "earlier than late", "late enough"];

/** Streams whose messages the test sends, by the order in which the clients came. */
class Streams implements AsyncDisposable {
  readonly #controllers: (ReadableStreamDefaultController<Uint8Array> | null)[] = [];
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async () => {
      const client = this.#controllers.length;
      this.#controllers.push(null);
      if (client > 0) await this.#early;
      return new Response(this.#stream(client, client === 0 ? EARLY : [GREETING]));
    },
  );
  /** The first client's early messages were taken. */
  readonly #early: Promise<void>;
  #taken!: () => void;

  constructor() {
    this.#early = new Promise((resolve) => this.#taken = resolve);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  send(client: number, text: string): void {
    const finishFlush = constants.Z_SYNC_FLUSH;
    const block = deflateRawSync(new TextEncoder().encode(text), { finishFlush });
    this.#controllers[client]!.enqueue(new Uint8Array(block));
  }

  #stream(client: number, texts: readonly string[]): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        this.#controllers[client] = controller;
        controller.enqueue(GZIP_HEADER);
        for (const text of texts) this.send(client, text);
      },
      // Nothing is queued any more.
      pull: () => this.#taken(),
      cancel: () => {
        this.#controllers[client] = null;
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const controller of this.#controllers) controller?.close();
    await this.#server.shutdown();
  }
}

Deno.test({
  name: "Crowd tells how many messages the slowest stream is behind" + NO_COMPILER,
  ignore: !COMPILER,
  fn: async () => {
    await using streams = new Streams();
    await using crowd = (await Crowd.start(streams.url, 3, STREAM))!;
    /** Sends to some, and what is told when all of it has come. */
    const send = async (text: string, to: readonly number[]): Promise<[number, number]> => {
      for (const client of to) streams.send(client, text);
      let [messages, late, odd] = [0, 0, 0];
      while (messages < to.length) {
        const report = await crowd.report();
        messages += report.messages;
        late = Math.max(late, report.lateMost);
        odd += report.odd;
      }
      return [late, odd];
    };
    await crowd.messages(EARLY.length);
    for (let greeted = 0; greeted < EARLY.length + 2;) greeted += (await crowd.report()).messages;
    // What the others had so far is old to the first client, and no sign that they are late.
    assertEquals(await send("zero", [0]), [0, 0]);
    assertEquals(await send("one", [1, 2, 0]), [0, 0]);
    assertEquals(await send("two", [1, 2, 0]), [0, 0]);
    // The last client is skipped from here on. What it is late by is what it lacks beside the newest.
    assertEquals(await send("three", [1, 0]), [0, 0]);
    assertEquals(await send("four", [1, 0]), [1, 0]);
    assertEquals(await send("five", [1, 0]), [2, 0]);
    // It is told all at once what it missed, which nobody else is told.
    assertEquals(await send("three to five", [2]), [0, 0]);
    assertEquals(await send("six", [1, 2, 0]), [0, 1]);
    assertEquals(await send("seven", [1, 2, 0]), [0, 0]);
    assertEquals((await crowd.told()).map(({ text }) => text), [
      ...EARLY,
      "zero",
      "one",
      "two",
      "three",
      "four",
      "five",
      "six",
      "seven",
    ]);
  },
});

Deno.test({
  name: "Crowd counts answers, refusals and bytes" + NO_COMPILER,
  ignore: !COMPILER,
  fn: async () => {
    const asked = new Map<string, string | null>();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => {
        const { pathname } = new URL(request.url);
        asked.set(pathname, request.headers.get("accept-encoding"));
        return new Response("12345", { status: pathname === "/no" ? 503 : 200 });
      },
    );
    const url = `http://127.0.0.1:${server.addr.port}`;
    const demand = { kind: "get", paths: ["/yes", "/no"], gzip: false, everyMs: 60_000 } as const;
    await using crowd = (await Crowd.start(url, 1, demand))!;
    let [answers, bad, body] = [0, 0, 0];
    while (answers < 2) {
      const report = await crowd.report();
      answers += report.answers;
      bad += report.bad;
      body += report.bodyBytes;
    }
    assertEquals([answers, bad, body], [2, 1, 10]);
    assertEquals([...asked], [["/yes", null], ["/no", null]]);
  },
});

Deno.test("ProcessTree counts what a process started, also when that has ended", async () => {
  // A process of its own, since it calls libc, and tests may not.
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", new URL("./burnt.ts", import.meta.url).pathname],
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  const { cpuMs, ticks, left } = JSON.parse(decoder.decode(stdout));
  // Fields are cut to 10 ms each.
  assert(ticks >= 2 && Math.abs(cpuMs - ticks * 10) <= 40, `${cpuMs} ms, ${ticks} ticks`);
  assertEquals(left, 0);
});

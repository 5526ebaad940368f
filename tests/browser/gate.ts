/**
 * What may stand between a page and its service: a proxy, a network, a service that is full. It lets
 * everything through until it is told otherwise.
 *
 * @module
 */

/** What becomes of a request for the stream. */
export type Answer =
  | "through"
  /** Taken, and never answered. */
  | "nothing"
  | { readonly status: number; readonly type: string; readonly body: string };

export class Gate implements AsyncDisposable {
  readonly url: string;
  /** Where the stream is asked to go on, in the order of the requests; "" for a new one. */
  readonly asked: string[] = [];
  answer: Answer = "through";
  /** Streams that are open now. */
  open = 0;
  readonly #to: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #end = new AbortController();
  #streams = new AbortController();
  /** Of the streams that are open; those that come have another one. */
  #line = { dead: false };

  constructor(to: string) {
    this.#to = to;
    const { signal } = this.#end;
    const options = { hostname: "127.0.0.1", port: 0, signal, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => this.#serve(request));
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Ends the streams that are open. */
  cut(): void {
    this.#streams.abort();
    this.#streams = new AbortController();
  }

  /** Streams that are open bring nothing more, and do not end: the other side went without a word. */
  deaden(): void {
    this.#line.dead = true;
    this.#line = { dead: false };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    this.#end.abort();
    await this.#server.finished;
  }

  async #serve(request: Request): Promise<Response> {
    const { pathname, search, searchParams } = new URL(request.url);
    if (pathname !== "/stream") return await this.#pass(request, pathname + search);
    this.asked.push(searchParams.get("after") ?? "");
    if (this.answer === "nothing") {
      await aborted(this.#streams.signal);
      return new Response(null, { status: 504 });
    }
    if (this.answer !== "through") {
      const { status, type, body } = this.answer;
      return new Response(body, {
        status,
        headers: { "content-type": type, "retry-after": "3600" },
      });
    }
    const { headers, body } = await this.#pass(request, pathname + search);
    return new Response(this.#stream(body!), { headers });
  }

  /** Not packed: fetch would unpack it, and leave the header that says it is. */
  async #pass(request: Request, path: string): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("accept-encoding", "identity");
    headers.delete("host");
    const body = request.method === "POST" ? await request.text() : null;
    const { method } = request;
    return await fetch(this.#to + path, { method, headers, body, redirect: "manual" });
  }

  #stream(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    const { signal } = this.#streams;
    const line = this.#line;
    let ended = false;
    const end = (): void => {
      if (ended) return;
      ended = true;
      this.open--;
      void reader.cancel();
    };
    this.open++;
    return new ReadableStream({
      start: (controller) => {
        signal.addEventListener("abort", () => {
          if (!ended) controller.close();
          end();
        });
      },
      pull: async (controller) => {
        const { value } = await reader.read();
        if (ended) return;
        if (line.dead) return await aborted(signal);
        if (value !== undefined) return controller.enqueue(value);
        controller.close();
        end();
      },
      cancel: end,
    });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
}

/** A line that brings pages in pieces, as a slow network or a busy browser does. @module */

const PIECES = 40;
/** Long enough for the browser to paint what has come. */
const PAUSE_MS = 25;

export class SlowLine implements AsyncDisposable {
  readonly url: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #end = new AbortController();

  constructor(to: string) {
    const { signal } = this.#end;
    const options = { hostname: "127.0.0.1", port: 0, signal, onListen: () => {} };
    this.#server = Deno.serve(options, (request) => {
      const { pathname, search } = new URL(request.url);
      return pathname === "/" ? page(to) : plain(`${to}${pathname}${search}`);
    });
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#server.finished;
  }
}

/** Not packed: fetch would unpack it, and leave the header that says it is. */
async function plain(url: string): Promise<Response> {
  return await fetch(url, { headers: { "accept-encoding": "identity" } });
}

async function page(url: string): Promise<Response> {
  const { headers, body } = await fetch(url);
  const bytes = await new Response(body).bytes();
  return new Response(ReadableStream.from(inPieces(bytes)), {
    headers: ["content-type", "content-security-policy"].map((name) => [name, headers.get(name)!]),
  });
}

async function* inPieces(bytes: Uint8Array<ArrayBuffer>): AsyncGenerator<Uint8Array> {
  const size = Math.ceil(bytes.length / PIECES);
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.subarray(at, at + size);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

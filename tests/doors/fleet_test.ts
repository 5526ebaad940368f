/**
 * The page of the fleet on engines of every kind: some that fail in each of their ways, and a real
 * Prometheus. The service is a process of its own, started by the words of its task.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  Allowance,
  PAGE_BYTES_MOST,
  PAGE_PARTS_MOST,
} from "../../routes/fleet/promql_allowance.ts";
import { AnswerError } from "../../routes/fleet/promql_answer.ts";
import { ANSWER_BYTES_MOST, PromqlClient } from "../../routes/fleet/promql_client.ts";
import { QUESTIONS } from "../../routes/fleet/queries.ts";
import { fleetSeries, madeHost } from "../fleet_series.ts";
import { Prometheus } from "../prometheus.ts";
import { VictoriaMetrics } from "../victoria_metrics.ts";
import { PrivateFiles, Process, refusal, taskRefusal } from "./process.ts";

const SECRET = "Bearer s3cr3t-0123456789";
const EMPTY = { status: "success", data: { resultType: "vector", result: [] } };

function vectorAt(seconds: number): unknown {
  const result = [{ metric: { job: "a", instance: "a:1" }, value: [seconds, "1"] }];
  return { status: "success", data: { resultType: "vector", result } };
}

type Handler = (request: Request) => Response | Promise<Response>;

/** An engine of one handler, on a free port. */
class Engine implements AsyncDisposable {
  readonly url: string;
  readonly requests: { readonly path: string; readonly headers: Headers }[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(handler: Handler) {
    const options = { hostname: "127.0.0.1", port: 0, onListen: (): void => {} };
    this.#server = Deno.serve(options, (request) => {
      const { pathname: path } = new URL(request.url);
      this.requests.push({ path, headers: new Headers(request.headers) });
      return handler(request);
    });
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function failure(url: string, signal = new AbortController().signal): Promise<string> {
  const client = new PromqlClient({ url, headers: [["authorization", SECRET]] });
  const { message } = await assertRejects(() => client.instant("up", signal), AnswerError);
  assert(!message.includes(SECRET) && !message.includes("\n"), message);
  return message;
}

async function failureOf(handler: Handler): Promise<string> {
  await using engine = new Engine(handler);
  return await failure(engine.url);
}

/** What engines do instead of answering, and what is said of it. */
const FAILURES: readonly (readonly [string, Handler, string])[] = [
  ["unauthorised", () => new Response("", { status: 401 }), "it answered 401, needs"],
  ["forbidden", () => new Response("", { status: 403 }), "it answered 403, needs"],
  ["broken", () => new Response("<html>", { status: 502 }), "it answered 502"],
  [
    "refusing a query",
    () => Response.json({ status: "error", errorType: "bad_data", error: "x" }, { status: 422 }),
    "it answered 422, bad_data: x",
  ],
  ["nonsense", () => new Response("<html>hello"), 'it answered no JSON but "<html>hello"'],
  ["other JSON", () => Response.json({ hello: 1 }), "it answered JSON of another shape"],
  [
    "telling of another millennium",
    () => Response.json(vectorAt(1.77e18)),
    "it answered a time of 1770000000000000000, needs seconds since 1970",
  ],
  [
    "talkative",
    () => new Response("{},".repeat(4 << 20)),
    `its answers have more than ${PAGE_PARTS_MOST} parts together`,
  ],
  ["cut short", () => new Response('{"status":"succ'), "it answered no JSON but"],
];

for (const [name, handler, message] of FAILURES) {
  Deno.test(`an engine that is ${name} is told in a line`, async () => {
    assertStringIncludes(await failureOf(handler), message);
  });
}

Deno.test("an engine that is not there is told in a line", async () => {
  const engine = new Engine(() => new Response());
  await engine[Symbol.asyncDispose]();
  assertStringIncludes(await failure(engine.url), "nobody listens there");
});

Deno.test("an engine that never answers is given up when the time is over", async () => {
  const arrived = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  await using engine = new Engine(async () => {
    arrived.resolve();
    await gate.promise;
    return Response.json(EMPTY);
  });
  const controller = new AbortController();
  const told = failure(engine.url, controller.signal);
  await arrived.promise;
  controller.abort();
  assertEquals(await told, "it did not answer within 5 s");
  gate.resolve();
});

Deno.test("the page says that an engine does not answer, while the engine still does not", async () => {
  const gate = Promise.withResolvers<void>();
  await using engine = new Engine(async () => {
    await gate.promise;
    return Response.json(EMPTY);
  });
  await using service = await Process.start({ args: ["--prometheus-url", engine.url] });
  const page = await fetch(`${service.url}/fleet`, { headers: { accept: "text/html" } });
  assertStringIncludes(await page.text(), "it did not answer within 5 s");
  gate.resolve();
});

Deno.test("a redirect is not followed, wherever it leads", async () => {
  await using other = new Engine(() => Response.json(EMPTY));
  for (const status of [301, 302, 303, 307, 308]) {
    const message = await failureOf(() =>
      new Response(null, { status, headers: { location: `${other.url}/secret` } })
    );
    assertStringIncludes(message, `it answered ${status}, a redirect, which is not followed`);
  }
  assertEquals(other.requests.length, 0);
});

Deno.test("an answer without end is hung up on, packed or not", async () => {
  const chunk = new TextEncoder().encode(" ".repeat(1 << 20));
  for (const packed of [false, true]) {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: (controller) => {
        // Many times as much as is taken, should nobody hang up.
        if (sent > 20 * ANSWER_BYTES_MOST) return controller.close();
        sent += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const body = packed ? endless.pipeThrough(new CompressionStream("gzip")) : endless;
    const headers: Record<string, string> = packed ? { "content-encoding": "gzip" } : {};
    const message = await failureOf(() => new Response(body, { headers }));
    assertEquals(message, `its answer is larger than ${ANSWER_BYTES_MOST >> 10} KiB`);
    // All that is packed is on the way at once.
    if (!packed) assert(sent < 10 * ANSWER_BYTES_MOST, `${sent} bytes were sent`);
  }
});

/** No hosts, and so many bytes. */
function padded(bytes: number): Response {
  return new Response(JSON.stringify(EMPTY).padEnd(bytes));
}

Deno.test("answers of one page share what is taken", async () => {
  await using engine = new Engine(() => padded(12 << 20));
  await using service = await Process.start({ args: ["--prometheus-url", engine.url] });
  const page = await (await fetch(`${service.url}/fleet`)).text();
  assertStringIncludes(page, `its answers are larger than ${PAGE_BYTES_MOST >> 10} KiB together`);
});

Deno.test("what came while nobody waited any more is not parsed", async () => {
  await using engine = new Engine(() => new Response("nonsense"));
  const controller = new AbortController();
  const allowance = new Allowance();
  allowance.takeParts = (): void => controller.abort();
  const client = new PromqlClient({ url: engine.url, headers: [] });
  const { message } = await assertRejects(
    () => client.instant("up", controller.signal, allowance),
    AnswerError,
  );
  assertEquals(message, "it did not answer within 5 s");
});

Deno.test("the service sends the headers of its file, asks for no address of a request, and goes on without the engine", async () => {
  await using engine = new Engine(() => new Response("", { status: 401 }));
  await using files = new PrivateFiles();
  const file = files.write("headers", `Authorization: ${SECRET}\nX-Scope-OrgID: fleet\n`);
  await using service = await Process.start({
    args: ["--prometheus-url", engine.url, "--prometheus-header-file", file],
  });
  const page = await (await fetch(`${service.url}/fleet`)).text();
  assertStringIncludes(page, `Cannot ask ${engine.url}: it answered 401`);
  assert(!page.includes("s3cr3t"));
  const [asked] = engine.requests;
  assertEquals(asked!.headers.get("authorization"), SECRET);
  assertEquals(asked!.headers.get("x-scope-orgid"), "fleet");
  assertEquals(new Set(engine.requests.map(({ path }) => path)), new Set(["/api/v1/query"]));
  const overview = await fetch(service.url);
  assertEquals(overview.status, 200);
  assertStringIncludes(await overview.text(), 'href="fleet"');
  assert(!service.said.includes("s3cr3t"), service.said);
});

Deno.test("an engine that the task may not connect to is refused with what is needed", async () => {
  const { code, stderr } = await refusal({
    args: ["--listen", "127.0.0.1:0", "--prometheus-url", "https://prometheus.example"],
  });
  assertEquals([code, stderr.trim()], [
    2,
    "Cannot use --prometheus-url https://prometheus.example: Deno may not connect to " +
    "prometheus.example:443, needs RINGSIDE_PROMETHEUS_HOST=prometheus.example:443 deno task " +
    "start:fleet",
  ]);
});

Deno.test("the task without the engine's host says what is needed", async () => {
  const args = ["--listen", "127.0.0.1:0", "--prometheus-url", "https://prometheus.example"];
  const needed =
    "Cannot use --prometheus-url https://prometheus.example: Deno may not connect to " +
    "prometheus.example:443, needs RINGSIDE_PROMETHEUS_HOST=prometheus.example:443 deno task " +
    "start:fleet";
  for (
    const RINGSIDE_PROMETHEUS_HOST of [
      "",
      "other.example:443",
      // None that Deno would take, which says so in its own words and in six lines.
      "https://prometheus.example",
      "prometheus.example:https",
      "prometheus.example,other.example:443",
    ]
  ) {
    const { code, stderr } = await taskRefusal("start:fleet", args, { RINGSIDE_PROMETHEUS_HOST });
    assertEquals([code, stderr.trim()], [2, needed]);
  }
});

Deno.test("an engine may be named by an address of IPv6, whose brackets are no pattern of files", async () => {
  const args = ["--listen", "127.0.0.1:0", "--prometheus-url", "http://[fd00::2]:9090"];
  const RINGSIDE_PROMETHEUS_HOST = "[fd00::1]:9090";
  const { code, stderr } = await taskRefusal("start:fleet", args, { RINGSIDE_PROMETHEUS_HOST });
  assertEquals([code, stderr.trim()], [
    2,
    "Cannot use --prometheus-url http://[fd00::2]:9090: Deno may not connect to [fd00::2]:9090, needs " +
    "RINGSIDE_PROMETHEUS_HOST=[fd00::2]:9090 deno task start:fleet",
  ]);
});

const HOSTS = 44;
type RealEngine = AsyncDisposable & { readonly url: string };
type StartEngine = (history: Iterable<string>) => Promise<RealEngine>;

function testEngine(program: string, missing: boolean, start: StartEngine): void {
  Deno.test({
    name: `a real ${program} gives the figures of each host${missing ? " (it is missing)" : ""}`,
    ignore: missing,
    fn: () => compareHosts(start),
  });
}

testEngine(
  "prometheus",
  Prometheus.missing,
  (history) => Prometheus.start({ targets: [], history }),
);
testEngine(
  "victoria-metrics",
  VictoriaMetrics.missing,
  (history) => VictoriaMetrics.start(history),
);

async function compareHosts(start: StartEngine): Promise<void> {
  // Samples of a while to come too: what is asked for is before the newest of them.
  const untilSeconds = Math.floor(Date.now() / 1000) + 600;
  const history = fleetSeries({ hosts: HOSTS, cpus: 2, untilSeconds, samples: 50 });
  await using engine = await start(history);
  const client = new PromqlClient({ url: engine.url, headers: [] });
  for (const [name, question] of Object.entries(QUESTIONS)) {
    const samples = await client.instant(question, new AbortController().signal);
    assert(samples.length > 0, name);
  }
  await using service = await Process.start({ args: ["--prometheus-url", engine.url] });
  const answer = async (query: string): Promise<string> =>
    await (await fetch(`${service.url}/fleet${query}`)).text();
  const rows = rowsOf(await answer(""));
  assertEquals(rows.length, HOSTS + 1);
  for (let index = 0; index < HOSTS; index++) {
    const host = madeHost(index);
    const row = rows.find(({ cells }) => cells[0]!.startsWith(`${host.name} `))!;
    if (host.bare) {
      assertEquals(row.cells.slice(1, 5), new Array(4).fill("no permission"), host.name);
      continue;
    }
    const [ipc, mpki, memory, share, cpu] = row.cells.slice(1);
    assertEquals(
      [ipc, mpki, memory, share, cpu].map((cell) => parseFloat(cell!)),
      [
        host.ipc,
        host.mpki,
        host.bytesPerSecond / 1e9,
        host.bytesPerSecond / 1e9,
        100 * host.busy,
      ].map((value) => Number(value.toPrecision(3))),
      host.name,
    );
    assertEquals(row.sparks, 7, host.name);
  }
  const [together] = rows;
  const counted = Array.from({ length: HOSTS }, (_, index) => madeHost(index))
    .filter(({ bare }) => !bare);
  const ipc = counted.reduce((sum, host) => sum + host.ipc, 0) / counted.length;
  assertEquals(parseFloat(together!.cells[1]!), Number(ipc.toFixed(2)));
  assertEquals(rowsOf(await answer("?filter=instance_type%3Dm7i.large")).length, 16);
  const grouped = await answer("?group=core%20type");
  assertStringIncludes(grouped, "cpu_atom + cpu_core");
  // Nothing of a question is from the request, and no name breaks one.
  assertStringIncludes(await answer("?filter=%22%7D%20or%20up"), "No host fits this filter");
}

interface ShownRow {
  readonly cells: readonly string[];
  readonly sparks: number;
}

function rowsOf(html: string): readonly ShownRow[] {
  const bodies = [...html.matchAll(/<tbody>(.*?)<\/tbody>/gs)].map(([, body]) => body!).join("");
  return [...bodies.matchAll(/<tr[^>]*>(.*?)<\/tr>/gs)].map(([, row]) => ({
    cells: row!.split(/<\/t[hd]>/).map((cell) =>
      cell.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").trim()
    ),
    sparks: [...row!.matchAll(/class="spark"/g)].length,
  }));
}

/**
 * The service by the words of `start:otlp`, and a collector on this machine: what it gets, and what the
 * service makes of one that is not there, does not answer, or sends it elsewhere.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { decodeRequest, metricsOf, named, type Sent } from "../otlp_decoder.ts";
import { Process, refusal } from "./process.ts";

const EVERY_SECOND = { OTEL_METRIC_EXPORT_INTERVAL: "1000" };

interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly sent: Sent;
}

/** Takes what comes; the test waits for it. */
class Collector implements AsyncDisposable {
  readonly got: Got[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #more = Promise.withResolvers<void>();

  /** `answer`: of each message; absent: taken. */
  constructor(port = 0, answer = (): Response | Promise<Response> => new Response()) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      async (request) => {
        const zipped = request.headers.get("content-encoding") === "gzip";
        const body = zipped
          ? request.body!.pipeThrough(new DecompressionStream("gzip"))
          : request.body;
        const bytes = new Uint8Array(await new Response(body).arrayBuffer());
        const { method, headers } = request;
        const json = headers.get("content-type") === "application/json";
        const sent = json ? JSON.parse(new TextDecoder().decode(bytes)) : decodeRequest(bytes);
        this.got.push({ method, path: new URL(request.url).pathname, headers, sent });
        this.#more.resolve();
        this.#more = Promise.withResolvers<void>();
        return answer();
      },
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get env(): Record<string, string> {
    return { ...EVERY_SECOND, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.port}` };
  }

  /** Resolves when so many messages are there. */
  async until(count: number): Promise<void> {
    while (this.got.length < count) await this.#more.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function start(env: Readonly<Record<string, string>>): Promise<Process> {
  return Process.start({ task: "start:otlp", env });
}

async function assertServes(service: Process): Promise<void> {
  for (const path of ["/", "/metrics", "/readyz", "/api/v1/snapshot"]) {
    const response = await fetch(service.url + path);
    assertEquals(response.status, 200, path);
    await response.body?.cancel();
  }
}

Deno.test("a collector gets metrics of this host, and nothing else", async () => {
  await using collector = new Collector();
  await using service = await start({
    ...collector.env,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=lab",
  });
  await assertServes(service);
  await fetch(`${service.url}/secret-path?token=of-nobody`).then((response) => response.text());
  await collector.until(4);
  for (const { method, path, headers, sent } of collector.got) {
    assertEquals([method, path], ["POST", "/v1/metrics"]);
    assertEquals(headers.get("authorization"), "Bearer abc");
    assertEquals(headers.get("content-type"), "application/x-protobuf");
    assertEquals(headers.get("traceparent"), null);
    assert(!/secret-path|of-nobody/.test(JSON.stringify(sent)), "a URL left the host");
    const scopes = sent.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics);
    assertEquals(scopes.map(({ scope }) => scope.name), ["ringside"]);
  }
  const [first, ...later] = collector.got.map(({ sent }) => sent);
  const resource = named(first!.resourceMetrics[0]!.resource.attributes);
  assertEquals(resource["host.name"], Deno.hostname());
  assert(/^[0-9a-f-]{36}$/.test(String(resource["service.instance.id"])));
  assertEquals(resource["deployment.environment.name"], "lab");
  const totals = [first!, ...later].map(totalsOf);
  for (const [index, next] of totals.slice(1).entries()) {
    for (const [series, { value, since }] of totals[index]!) {
      const now = next.get(series);
      if (now === undefined) continue;
      assert(now.value >= value, `${series} fell from ${value} to ${now.value}`);
      assertEquals(now.since, since, series);
    }
  }
  const ticks = [...totals.at(-1)!.keys()].filter((series) => series.startsWith("ringside.ticks "));
  assert(totals.at(-1)!.get(ticks[0]!)!.value > totals[0]!.get(ticks[0]!)!.value);
  assert(totals[0]!.size > 50, `${totals[0]!.size} totals`);
});

interface Total {
  readonly value: number;
  readonly since: string | undefined;
}

/** Of each series that may only rise. */
function totalsOf(sent: Sent): ReadonlyMap<string, Total> {
  const totals = [...metricsOf(sent).values()].filter(({ sum }) => sum?.isMonotonic);
  return new Map(totals.flatMap(({ name, sum }) => {
    assertEquals(sum!.aggregationTemporality, 2, name);
    return sum!.dataPoints.map((point) => {
      const series = `${name} ${JSON.stringify(named(point.attributes))}`;
      return [series, { value: point.asDouble, since: point.startTimeUnixNano }] as const;
    });
  }));
}

Deno.test("JSON is sent where it is asked for", async () => {
  await using collector = new Collector();
  await using _ = await start({ ...collector.env, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" });
  await collector.until(1);
  assert(metricsOf(collector.got[0]!.sent).has("system.cpu.time"));
});

Deno.test("a collector that is not there yet costs nothing but a line, and gets all once it is", async () => {
  const { port, env } = await freePort();
  await using service = await start(env);
  await service.until(/Cannot send metrics to .*\/v1\/metrics: .*refused.*; it tries again/);
  await assertServes(service);
  await using collector = new Collector(port);
  await collector.until(2);
  await service.until(/Sends metrics to .* again\n/);
});

/** One that nobody listens on. */
async function freePort(): Promise<Pick<Collector, "port" | "env">> {
  await using collector = new Collector();
  const { port, env } = collector;
  return { port, env };
}

Deno.test("a collector that never answers holds up neither pages nor the end", async () => {
  const never = Promise.withResolvers<Response>();
  await using collector = new Collector(0, () => never.promise);
  const service = await start({ ...collector.env, OTEL_EXPORTER_OTLP_TIMEOUT: "600000" });
  await collector.until(1);
  await assertServes(service);
  await service.stop();
  never.resolve(new Response());
  assertEquals(collector.got.length, 1);
});

Deno.test("a collector that gives up on time is told of, and asked again", async () => {
  let answers = 0;
  const never = Promise.withResolvers<Response>();
  await using collector = new Collector(
    0,
    () => answers++ === 0 ? never.promise : new Response(),
  );
  await using service = await start({ ...collector.env, OTEL_EXPORTER_OTLP_TIMEOUT: "200" });
  await service.until(/Cannot send metrics to .*: no answer within 200 ms/);
  await collector.until(2);
  never.resolve(new Response());
});

Deno.test("a collector cannot lead the metrics elsewhere", async () => {
  await using elsewhere = new Collector();
  const location = `http://127.0.0.1:${elsewhere.port}/v1/metrics`;
  await using collector = new Collector(
    0,
    () => new Response(null, { status: 307, headers: { location } }),
  );
  await using service = await start(collector.env);
  await service.until(/Cannot send metrics to .*: it answered 307/);
  await collector.until(2);
  assertEquals(elsewhere.got, []);
});

Deno.test("`start` sends nothing, whatever the variables say, and says what is missing", async () => {
  await using collector = new Collector();
  await using service = await Process.start({ env: collector.env });
  await assertServes(service);
  const asked = await refusal({ args: ["--otlp", "--listen", "127.0.0.1:0"], env: collector.env });
  assertEquals([asked.code, asked.stdout], [2, ""]);
  assert(
    /^Cannot read OTEL_\w+: .*needs --allow-env=OTEL_\*.*\n$/.test(asked.stderr),
    asked.stderr,
  );
  assertEquals(collector.got, []);
});

Deno.test("a start with a wrong variable is refused with one line", async () => {
  const { code, stdout, stderr } = await refusal({
    task: "start:otlp",
    env: { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
  });
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    'Cannot use OTEL_EXPORTER_OTLP_PROTOCOL "grpc": needs http/protobuf or http/json\n',
  );
});

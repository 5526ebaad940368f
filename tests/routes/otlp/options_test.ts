import { assert, assertEquals, assertThrows } from "@std/assert";
import { OptionError, parseOptions } from "../../../routes/options.ts";
import { type OtlpOptions, otlpOptions } from "../../../routes/otlp/options.ts";

type Variables = Readonly<Record<string, string>>;

function read(variables: Variables): OtlpOptions | undefined {
  return otlpOptions({ variable: (name) => variables[name], error: (text) => new Error(text) });
}

function message(variables: Variables): string {
  try {
    read(variables);
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error("nothing was refused");
}

Deno.test("otlpOptions without variables is what the specification says", () => {
  assertEquals(read({}), {
    url: "http://localhost:4318/v1/metrics",
    headers: {},
    encoding: "protobuf",
    gzip: false,
    timeoutMs: 10_000,
    intervalMs: 60_000,
    resource: {},
  });
});

Deno.test("otlpOptions reads every variable, and one for metrics alone wins", () => {
  const all = {
    OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector.example:443/base/",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Basic%20YWI6Yw%3D%3D, x-scope = one",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
    OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=lab,service.name=other",
    OTEL_SERVICE_NAME: "edge",
  };
  assertEquals(read(all), {
    url: "https://collector.example/base/v1/metrics",
    headers: { authorization: "Basic YWI6Yw==", "x-scope": "one" },
    encoding: "json",
    gzip: true,
    timeoutMs: 2500,
    intervalMs: 1000,
    resource: { "deployment.environment.name": "lab", "service.name": "edge" },
  });
  const own = read({
    ...all,
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://[::1]:9/opentelemetry/v1/metrics?key=1",
    OTEL_EXPORTER_OTLP_METRICS_HEADERS: "x=y",
    OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: "http/protobuf",
    OTEL_EXPORTER_OTLP_METRICS_COMPRESSION: "none",
    OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "7",
  })!;
  assertEquals(own.url, "http://[::1]:9/opentelemetry/v1/metrics?key=1");
  assertEquals([own.headers, own.encoding, own.gzip, own.timeoutMs], [
    { x: "y" },
    "protobuf",
    false,
    7,
  ]);
});

Deno.test("otlpOptions takes the kind of sums that it sends, in any capitals", () => {
  const name = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  for (const value of ["cumulative", "Cumulative", ""]) {
    assert(read({ [name]: value }) !== undefined);
  }
});

Deno.test("otlpOptions sends nothing where the variables say so", () => {
  assertEquals(read({ OTEL_SDK_DISABLED: "true" }), undefined);
  assertEquals(read({ OTEL_METRICS_EXPORTER: "none" }), undefined);
  assert(read({ OTEL_SDK_DISABLED: "false", OTEL_METRICS_EXPORTER: "otlp" }) !== undefined);
});

Deno.test("otlpOptions refuses what it cannot use in one line that names the variable", () => {
  const wrong: readonly Variables[] = [
    { OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" },
    { OTEL_EXPORTER_OTLP_ENDPOINT: "nonsense" },
    { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "grpc://collector:4317" },
    { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    { OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" },
    { OTEL_EXPORTER_OTLP_TIMEOUT: "10s" },
    { OTEL_EXPORTER_OTLP_TIMEOUT: "0" },
    { OTEL_METRIC_EXPORT_INTERVAL: "1" },
    { OTEL_METRICS_EXPORTER: "prometheus" },
    { OTEL_RESOURCE_ATTRIBUTES: "a=%zz" },
    { OTEL_EXPORTER_OTLP_HEADERS: "no value" },
    { OTEL_EXPORTER_OTLP_HEADERS: "a=b%0d%0aevil: 1" },
    { OTEL_EXPORTER_OTLP_HEADERS: "bad name=b" },
    { OTEL_EXPORTER_OTLP_HEADERS: "x=%E2%82%AC" },
    { OTEL_EXPORTER_OTLP_HEADERS: "x=1,Content-Type=x" },
    { OTEL_EXPORTER_OTLP_HEADERS: "content-encoding=br" },
    { OTEL_EXPORTER_OTLP_METRICS_HEADERS: "transfer-encoding=chunked" },
    { OTEL_EXPORTER_OTLP_HEADERS: "Connection=close" },
    { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "delta" },
    { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: "lowmemory" },
    { OTEL_EXPORTER_OTLP_CERTIFICATE: "/etc/ssl/own.pem" },
    { OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE: "/etc/ssl/own.pem" },
    { OTEL_EXPORTER_OTLP_CLIENT_KEY: "/etc/ssl/key.pem" },
    { OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE: "/etc/ssl/client.pem" },
  ];
  for (const variables of wrong) {
    const text = message(variables);
    assert(text.startsWith(`Cannot use ${Object.keys(variables)[0]}`), text);
    assert(/needs [^\n]+$/.test(text) && !text.includes("\n"), text);
  }
});

Deno.test("otlpOptions repeats no secret", () => {
  const secret = "s3cret-and-long";
  for (
    const variables of [
      { OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret}%zz` },
      { OTEL_EXPORTER_OTLP_HEADERS: secret },
      { OTEL_EXPORTER_OTLP_ENDPOINT: `http://user:${secret}@collector:4318` },
      { OTEL_EXPORTER_OTLP_ENDPOINT: `user:${secret}@collector:4318` },
      { OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `collector:4318/v1/metrics?key=${secret}` },
    ]
  ) {
    const text = message(variables as Variables);
    assert(!text.includes(secret), text);
  }
});

Deno.test("otlpOptions says which right is missing for the variables", () => {
  const refused = (): never => {
    throw new Deno.errors.NotCapable("no");
  };
  assertThrows(
    () => otlpOptions({ variable: refused, error: (text) => new Error(text) }),
    Error,
    "needs --allow-env=OTEL_*",
  );
});

Deno.test("parseOptions looks at OTEL_ variables only where it is to send", () => {
  const variable = (name: string): string | undefined => {
    if (name.startsWith("OTEL_")) throw new Error(`looked at ${name}`);
    return undefined;
  };
  assert(!("otlp" in parseOptions([], variable)));
  const sending = parseOptions(["--otlp"], () => undefined);
  assert(sending.name === "serve" && sending.otlp?.encoding === "protobuf");
  const byVariable = parseOptions([], (name) => name === "RINGSIDE_OTLP" ? "1" : undefined);
  assert(byVariable.name === "serve" && byVariable.otlp !== undefined);
  assertThrows(
    () => parseOptions(["--otlp"], (name) => name.endsWith("PROTOCOL") ? "grpc" : undefined),
    OptionError,
    "OTEL_EXPORTER_OTLP_METRICS_PROTOCOL",
  );
});

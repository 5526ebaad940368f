/**
 * Where metrics are sent over OTLP, as the `OTEL_*` variables say that every OpenTelemetry exporter
 * reads. What stands in one for metrics alone wins. Headers may hold a secret, so no message repeats
 * one.
 *
 * https://opentelemetry.io/docs/specs/otel/protocol/exporter/
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 *
 * @module
 */
import type { Given } from "../doors/options.ts";
import { quote, quoteUrl } from "../refusal.ts";
import { isSendable } from "../sent_header.ts";

export type OtlpEncoding = "json" | "protobuf";

export interface OtlpOptions {
  /** Of the metrics themselves, path included. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly encoding: OtlpEncoding;
  readonly gzip: boolean;
  /** For one message, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  readonly intervalMs: number;
  /** Attributes of the resource, as its owner has set them. */
  readonly resource: Readonly<Record<string, string>>;
}

export interface OtlpSources {
  readonly variable: (name: string) => string | undefined;
  /** Makes the error of what is wrong, by its message. */
  readonly error: (message: string) => Error;
}

const ENCODINGS: Readonly<Record<string, OtlpEncoding>> = {
  "http/protobuf": "protobuf",
  "http/json": "json",
};

/** One of a list in a variable. */
interface Entry {
  fits(key: string, value: string): boolean;
  /** Of them all. */
  readonly needs: string;
}

const PAIRS = "key=value,key=value, with what is no letter or digit of a value percent-encoded";
const ATTRIBUTE: Entry = { fits: (key) => /^[^\s=,]+$/.test(key), needs: PAIRS };
const HEADER: Entry = {
  fits: isSendable,
  needs: `${PAIRS}, and no header of the connection's own`,
};

/** What stands in variables for files of certificates, and what does instead. */
const FILES: readonly (readonly [name: string, needs: string])[] = [
  ["CERTIFICATE", "DENO_CERT with that file instead"],
  ["CLIENT_CERTIFICATE", "a collector that takes a token, in OTEL_EXPORTER_OTLP_HEADERS, instead"],
  ["CLIENT_KEY", "a collector that takes a token, in OTEL_EXPORTER_OTLP_HEADERS, instead"],
];

/** Values where a variable is not set, of the specification. */
const ENDPOINT = "http://localhost:4318";
const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 60_000;

const TIMEOUT_MS_MOST = 600_000;
const INTERVAL_MS_LEAST = 100;
const INTERVAL_MS_MOST = 3_600_000;

/** Undefined: the variables say that nothing is sent. Throws what `error` makes. */
export function otlpOptions({ variable, error }: OtlpSources): OtlpOptions | undefined {
  const given = (name: string): Given | undefined => {
    const value = read(name, variable, error)?.trim();
    return value === undefined || value === "" ? undefined : { by: name, value };
  };
  const refuse = ({ by, value }: Given, needed: string): Error =>
    error(`Cannot use ${by} ${quote(value)}: needs ${needed}`);
  /** Of metrics alone, else of all signals. */
  const setting = (name: string): Given | undefined =>
    given(`OTEL_EXPORTER_OTLP_METRICS_${name}`) ?? given(`OTEL_EXPORTER_OTLP_${name}`);
  const whole = (
    found: Given | undefined,
    usual: number,
    [least, most]: readonly [number, number],
  ): number => {
    if (found === undefined) return usual;
    const ms = /^\d{1,9}$/.test(found.value) ? Number(found.value) : NaN;
    if (ms >= least && ms <= most) return ms;
    throw refuse(found, `milliseconds from ${least} to ${most}`);
  };

  if (given("OTEL_SDK_DISABLED")?.value.toLowerCase() === "true") return undefined;
  const exporter = given("OTEL_METRICS_EXPORTER");
  if (exporter?.value === "none") return undefined;
  if (exporter !== undefined && exporter.value !== "otlp") throw refuse(exporter, "otlp or none");

  const protocol = setting("PROTOCOL");
  const encoding = ENCODINGS[protocol?.value ?? "http/protobuf"];
  if (encoding === undefined) throw refuse(protocol!, Object.keys(ENCODINGS).join(" or "));

  const compression = setting("COMPRESSION");
  if (compression !== undefined && !["gzip", "none"].includes(compression.value)) {
    throw refuse(compression, "gzip or none");
  }
  // What is sent are sums since a beginning: another kind is not what was asked for.
  const kind = given("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE");
  if (kind !== undefined && kind.value.toLowerCase() !== "cumulative") {
    throw refuse(kind, "cumulative");
  }
  for (const [name, needs] of FILES) {
    const file = setting(name);
    if (file !== undefined) throw refuse(file, needs);
  }
  const resource = pairs(given("OTEL_RESOURCE_ATTRIBUTES"), ATTRIBUTE, error);
  const service = given("OTEL_SERVICE_NAME");
  return {
    url: urlOf(given, error),
    headers: pairs(setting("HEADERS"), HEADER, error),
    encoding,
    gzip: compression?.value === "gzip",
    timeoutMs: whole(setting("TIMEOUT"), TIMEOUT_MS, [1, TIMEOUT_MS_MOST]),
    intervalMs: whole(given("OTEL_METRIC_EXPORT_INTERVAL"), INTERVAL_MS, [
      INTERVAL_MS_LEAST,
      INTERVAL_MS_MOST,
    ]),
    resource: service === undefined ? resource : { ...resource, "service.name": service.value },
  };
}

function read(
  name: string,
  variable: OtlpSources["variable"],
  error: OtlpSources["error"],
): string | undefined {
  try {
    return variable(name);
  } catch (found) {
    if (!(found instanceof Error) || found.name !== "NotCapable") throw found;
    throw error(
      `Cannot read ${name}: Deno may not, needs --allow-env=OTEL_*, as deno task start:otlp has it`,
    );
  }
}

/** The endpoint of metrics is taken as it is, that of all signals has their paths below it. */
function urlOf(
  given: (name: string) => Given | undefined,
  error: OtlpSources["error"],
): string {
  const own = given("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT");
  const found = own ?? given("OTEL_EXPORTER_OTLP_ENDPOINT") ??
    { by: "OTEL_EXPORTER_OTLP_ENDPOINT", value: ENDPOINT };
  const url = URL.parse(found.value);
  if (url?.username || url?.password) {
    throw error(
      `Cannot use ${found.by}: a URL with a password in it would stand in logs, needs ` +
        "OTEL_EXPORTER_OTLP_HEADERS, such as authorization=Basic%20...",
    );
  }
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw error(
      `Cannot use ${found.by}${quoteUrl(found.value)}: needs an http or https URL, such as ` +
        "http://127.0.0.1:4318",
    );
  }
  if (own === undefined) url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/metrics`;
  url.hash = "";
  return url.href;
}

/** `key=value,key=value`, the values percent-encoded. */
function pairs(
  given: Given | undefined,
  { fits, needs }: Entry,
  error: OtlpSources["error"],
): Readonly<Record<string, string>> {
  if (given === undefined) return {};
  const parts = given.value.split(",").map((part) => part.trim()).filter((part) => part !== "");
  return Object.fromEntries(parts.map((part, index) => {
    const [, name, value] = /^([^=]*)=(.*)$/.exec(part) ?? [];
    const decoded = value === undefined ? undefined : decodedText(value.trim());
    if (name === undefined || decoded === undefined || !fits(name.trim(), decoded)) {
      throw error(`Cannot use ${given.by}: its entry ${index + 1} is none, needs ${needs}`);
    }
    return [name.trim(), decoded];
  }));
}

/** Undefined where it is not encoded well, or would turn a line of a request. */
function decodedText(text: string): string | undefined {
  try {
    const decoded = decodeURIComponent(text);
    // deno-lint-ignore no-control-regex -- those are what is looked for
    return /[\x00-\x08\x0a-\x1f\x7f]/.test(decoded) ? undefined : decoded;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/**
 * What the service is asked to be: flags, and `RINGSIDE_*` variables for each of them. A flag wins
 * over its variable. Nothing is guessed: what is wrong is refused with one line.
 *
 * @module
 */
import {
  INTERVAL_MS_LEAST,
  INTERVAL_MS_MOST,
  isNotifyAddress,
  type Narrowing,
  parseCpuList,
  parseEventList,
  type SamplerOptions,
} from "../collectors/mod.ts";
import type { ExpositionChoice } from "../views/exposition/exposition.ts";
import { parseOrigin } from "./doors/allowed_origins.ts";
import { type Address, isLoopback, parseAddress, printAddress } from "./address.ts";
import { readArguments } from "./arguments.ts";
import { parseBasePath } from "./base_path.ts";
import { type DoorFlag, type DoorOptions, doorOptions, type Given } from "./doors/options.ts";
import { parseDuration, printDuration } from "./duration.ts";
import { type FleetOptions, fleetOptions } from "./fleet/options.ts";
import {
  COMPAT,
  DOCTOR_FORMATS,
  type DoctorFormat,
  ONCE_FORMATS,
  type OnceFormat,
} from "./flags.ts";
import { type OtlpOptions, otlpOptions } from "./otlp/options.ts";
import { quote } from "./refusal.ts";

export interface ServeOptions {
  readonly address: Address;
  readonly allowedHosts: readonly string[];
  /** Whose pages may read what programs read; absent: nobody's but its own. */
  readonly allowedOrigins?: readonly string[];
  /** Below which it is served: `/ringside`; absent: nothing. */
  readonly basePath?: string;
  /** What `/metrics` tells; absent: its own names and `node_*`. */
  readonly exposition?: ExpositionChoice;
}

export type Command =
  | {
    readonly name: "serve";
    readonly sampling: SamplerOptions;
    readonly serve: ServeOptions;
    readonly doors: DoorOptions;
    /** Absent: no engine is named. */
    readonly fleet?: FleetOptions;
    /** Absent: nothing is sent. */
    readonly otlp?: OtlpOptions;
  }
  | {
    readonly name: "once";
    readonly sampling: SamplerOptions;
    readonly format: OnceFormat;
    /** Of `prom`; absent: what `/metrics` tells by default. */
    readonly exposition?: ExpositionChoice;
  }
  | { readonly name: "doctor"; readonly sampling: SamplerOptions; readonly format: DoctorFormat }
  | { readonly name: "check-perf"; readonly sampling: SamplerOptions; readonly seconds: number }
  | { readonly name: "help" }
  | { readonly name: "version" };

/** Of `check-perf`: less shows the ends of the span more than what is between them. */
const CHECK_SECONDS = 5;
const CHECK_SECONDS_LEAST = 1;
const CHECK_SECONDS_MOST = 3600;

/** A wrong flag, variable or value; the message is one line for a person. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

const JSON_FLAG: Given = { by: "--json", value: "json" };

type ValueFlag =
  | "listen"
  | "interval"
  | "procfs"
  | "sysfs"
  | "format"
  | "events"
  | "cpus"
  | "base-path"
  | "compat"
  | "notify-socket"
  | "prometheus-url"
  | "prometheus-header-file";

/** `variable`: looks up one environment variable. Throws `OptionError`. */
export function parseOptions(
  args: readonly string[],
  variable: (name: string) => string | undefined,
): Command {
  const error = (message: string): OptionError => new OptionError(message);
  const { values, positionals } = readArguments(args, error);
  if (values.help) return { name: "help" };
  if (values.version) return { name: "version" };
  const [command] = positionals;
  const prints = command === "once" || command === "doctor";
  const checks = command === "check-perf";
  if (positionals.length > (checks ? 2 : prints ? 1 : 0)) {
    throw new OptionError(
      `Cannot run ${quote(positionals.join(" "))}: needs once, doctor, check-perf, or nothing`,
    );
  }
  const byFlag = (flag: ValueFlag | DoorFlag): Given | undefined => {
    const value = values[flag];
    return value === undefined ? undefined : { by: `--${flag}`, value };
  };
  // What is given and empty is not given: a unit file passes on a variable that may not be set.
  const given = (flag: ValueFlag): Given | undefined => {
    const own = byFlag(flag);
    return own === undefined || (own.value === "" && flag === "notify-socket")
      ? fromVariable(flag, variable)
      : own;
  };
  const sampling = {
    intervalMs: interval(given("interval")),
    procfs: directory(given("procfs"), "/proc"),
    sysfs: directory(given("sysfs"), "/sys"),
    ...narrowed(given("events"), given("cpus")),
  };
  const format = values.json ? JSON_FLAG : given("format");
  if (values.json && values.format !== undefined && values.format !== JSON_FLAG.value) {
    throw new OptionError(
      `Cannot use --json beside --format ${quote(values.format)}: needs one of them`,
    );
  }
  const isOn = (flag: "insecure-no-auth" | "no-node-metrics" | "otlp"): boolean =>
    values[flag] ?? switchedOn(fromVariable(flag, variable));
  if (command === "once") {
    const told = exposed(!isOn("no-node-metrics"), given("compat"));
    return { name: command, sampling, format: formatOf(format, ONCE_FORMATS), ...told };
  }
  if (command === "doctor") {
    return { name: command, sampling, format: formatOf(format, DOCTOR_FORMATS) };
  }
  for (const flag of ["format", "json"] as const) {
    if (values[flag] === undefined) continue;
    throw new OptionError(
      `Cannot use --${flag}: it belongs to once and doctor, needs one of them before it`,
    );
  }
  if (checks) return { name: command, sampling, seconds: secondsOf(positionals[1]) };
  const open = isOn("insecure-no-auth");
  const doors = doorOptions({
    flag: byFlag,
    variable: (name) => fromVariable(name, variable),
    error,
  });
  const address = listenAddress(given("listen"), open || doors.token !== undefined);
  const fleet = fleetOptions({
    url: given("prometheus-url"),
    headers: engineHeaders(values, variable),
    headerFile: given("prometheus-header-file"),
    error,
  });
  const otlp = isOn("otlp") ? otlpOptions({ variable, error }) : undefined;
  return {
    name: "serve",
    sampling: { ...sampling, ...notified(given("notify-socket")) },
    serve: {
      address,
      allowedHosts: hosts(several("allow-host", values, variable)),
      ...origins(several("allow-origin", values, variable)),
      ...below(given("base-path")),
      ...exposed(!isOn("no-node-metrics"), given("compat")),
    },
    doors,
    ...(fleet === undefined ? {} : { fleet }),
    ...(otlp === undefined ? {} : { otlp }),
  };
}

/**
 * What is found wrong with an option once files, the machine or Deno were asked, which know flags alone:
 * to who set a variable it names that. What is needed stays: who set the variable to less needs another.
 */
export function asGiven(
  message: string,
  args: readonly string[],
  variable: (name: string) => string | undefined,
): string {
  const [found] = message.split(" needs ", 1) as [string];
  const named = found.replace(/--([a-z]+(?:-[a-z]+)*)/g, (flag, name: string) => {
    const isFlag = args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
    return isFlag ? flag : fromVariable(name, variable)?.by ?? flag;
  });
  return named + message.slice(found.length);
}

function fromVariable(
  flag: string,
  variable: (name: string) => string | undefined,
): Given | undefined {
  const by = `RINGSIDE_${flag.toUpperCase().replaceAll("-", "_")}`;
  const value = variable(by);
  // A unit file or a container empties a variable to unset it.
  return value === undefined || value === "" ? undefined : { by, value };
}

function refuse({ by, value }: Given, needed: string): OptionError {
  return new OptionError(`Cannot use ${by} ${quote(value)}: needs ${needed}`);
}

function interval(given: Given | undefined): number {
  if (given === undefined) return 1000;
  const ms = parseDuration(given.value);
  if (ms !== undefined && ms >= INTERVAL_MS_LEAST && ms <= INTERVAL_MS_MOST) return ms;
  const range = `${printDuration(INTERVAL_MS_LEAST)} to ${INTERVAL_MS_MOST / 1000}s`;
  throw refuse(given, `a span of time from ${range}, such as 250ms, 1s or 1.5s`);
}

/** Nothing at all where nothing is narrowed. */
function narrowed(
  events: Given | undefined,
  cpus: Given | undefined,
): { readonly narrowing?: Narrowing } {
  if (events === undefined && cpus === undefined) return {};
  const list = cpus === undefined ? undefined : read(cpus, parseCpuList);
  if (list?.length === 0) throw refuse(cpus!, "CPU numbers and ranges, such as 0-3,8");
  return {
    narrowing: {
      ...(events === undefined ? {} : { events: read(events, parseEventList) }),
      ...(list === undefined ? {} : { cpus: list }),
    },
  };
}

/** What a parser makes of a value; its own message says what it found and needs. */
function read<T>(given: Given, parse: (text: string) => T): T {
  try {
    return parse(given.value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const found = error.message.replace(/^Cannot read .*?: (?=found)/, "");
    throw new OptionError(`Cannot use ${given.by}: ${found}`);
  }
}

function secondsOf(text: string | undefined): number {
  if (text === undefined) return CHECK_SECONDS;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (seconds >= CHECK_SECONDS_LEAST && seconds <= CHECK_SECONDS_MOST) return seconds;
  throw new OptionError(
    `Cannot check for ${quote(text)}: needs seconds from ${CHECK_SECONDS_LEAST} to ` +
      `${CHECK_SECONDS_MOST}, such as ${CHECK_SECONDS}`,
  );
}

function directory(given: Given | undefined, usual: string): string {
  if (given === undefined) return usual;
  if (!given.value.startsWith("/")) throw refuse(given, `an absolute path, such as ${usual}`);
  return given.value;
}

function below(given: Given | undefined): { readonly basePath?: string } {
  if (given === undefined) return {};
  const path = parseBasePath(given.value);
  if (path !== undefined) return path === "" ? {} : { basePath: path };
  throw refuse(
    given,
    "a path of letters, digits, -, _ and ~ without a last slash, such as /ringside",
  );
}

/** Nothing at all where nothing is said of it. */
function exposed(
  nodeMetrics: boolean,
  compat: Given | undefined,
): { readonly exposition?: ExpositionChoice } {
  if (compat !== undefined && !COMPAT.some((name) => name === compat.value)) {
    throw refuse(compat, COMPAT.join(" or "));
  }
  if (nodeMetrics && compat === undefined) return {};
  return { exposition: { nodeMetrics, nodePerf: compat !== undefined } };
}

function notified(given: Given | undefined): { readonly notifySocket?: string } {
  if (given === undefined) return {};
  if (isNotifyAddress(given.value)) return { notifySocket: given.value };
  throw refuse(given, "an absolute path, or @ and a name, of at most 107 bytes");
}

/** The first is the usual one. */
function formatOf<F extends string>(given: Given | undefined, formats: readonly [F, ...F[]]): F {
  if (given === undefined) return formats[0];
  const format = formats.find((candidate) => candidate === given.value);
  if (format === undefined) throw refuse(given, alternatives(formats));
  return format;
}

function alternatives(words: readonly string[]): string {
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function switchedOn(given: Given | undefined): boolean {
  if (given === undefined || given.value === "0" || given.value === "false") return false;
  if (given.value === "1" || given.value === "true") return true;
  throw refuse(given, "1 or 0");
}

function listenAddress(given: Given | undefined, open: boolean): Address {
  if (given === undefined) return { hostname: "127.0.0.1", port: 7878 };
  const address = parseAddress(given.value);
  if (address === undefined) {
    throw refuse(
      given,
      "an IP address and a port up to 65535, such as 127.0.0.1:7878 or [::1]:7878",
    );
  }
  if (open || isLoopback(address.hostname)) return address;
  throw new OptionError(
    `Cannot listen on ${
      printAddress(address)
    }: everybody who reaches this address would read the ` +
      `page, needs --token-file, or a loopback address such as 127.0.0.1:${address.port}, or ` +
      `--insecure-no-auth`,
  );
}

type SeveralFlag = "allow-host" | "allow-origin";

/** What may be given several times: by flags, or by a variable with commas. */
function several(
  flag: SeveralFlag,
  values: { readonly [F in SeveralFlag]?: readonly string[] | undefined },
  variable: (name: string) => string | undefined,
): readonly Given[] {
  const byVariable = fromVariable(flag, variable);
  return values[flag]?.map((value) => ({ by: `--${flag}`, value })) ??
    byVariable?.value.split(",").map((value) => ({ by: byVariable.by, value: value.trim() })) ?? [];
}

function hosts(given: readonly Given[]): readonly string[] {
  for (const name of given) {
    if (!/^[a-z0-9_]([a-z0-9._-]*[a-z0-9])?$/i.test(name.value)) {
      throw refuse(name, "a host name without scheme and port, such as db-07.example.net");
    }
  }
  return given.map((name) => name.value);
}

function origins(given: readonly Given[]): { readonly allowedOrigins?: readonly string[] } {
  if (given.length === 0) return {};
  for (const origin of given) {
    if (parseOrigin(origin.value) === undefined) {
      throw refuse(
        origin,
        "one origin as browsers write it: a scheme, a host and perhaps a port, in small letters " +
          "and without a last slash, such as https://wall.example.net",
      );
    }
  }
  return { allowedOrigins: given.map(({ value }) => value) };
}

/** Flags win over the variable, which has a line for each. */
function engineHeaders(
  values: { readonly "prometheus-header"?: readonly string[] | undefined },
  variable: (name: string) => string | undefined,
): readonly Given[] {
  const flag = "prometheus-header";
  const byFlags = values[flag]?.map((value) => ({ by: `--${flag}`, value }));
  const lines = fromVariable(flag, variable);
  return byFlags ?? (lines === undefined ? [] : lines.value.split("\n")
    .filter((line) => line.trim() !== "").map((value) => ({ by: lines.by, value })));
}

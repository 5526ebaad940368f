/**
 * What the service is asked to be: flags, and `RINGSIDE_*` variables for each of them. A flag wins
 * over its variable. Nothing is guessed: what is wrong is refused with one line.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { INTERVAL_MS_LEAST, INTERVAL_MS_MOST, type SamplerOptions } from "../collectors/mod.ts";
import { type Address, isLoopback, parseAddress, printAddress } from "./address.ts";
import { parseDuration, printDuration } from "./duration.ts";
import { quote } from "./refusal.ts";

export const ONCE_FORMATS = ["table", "json"] as const;
export type OnceFormat = (typeof ONCE_FORMATS)[number];

export interface ServeOptions {
  readonly address: Address;
  readonly allowedHosts: readonly string[];
}

export type Command =
  | { readonly name: "serve"; readonly sampling: SamplerOptions; readonly serve: ServeOptions }
  | { readonly name: "once"; readonly sampling: SamplerOptions; readonly format: OnceFormat }
  | { readonly name: "help" }
  | { readonly name: "version" };

/** A wrong flag, variable or value; the message is one line for a person. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

const FLAGS = {
  "listen": { type: "string" },
  "interval": { type: "string" },
  "procfs": { type: "string" },
  "sysfs": { type: "string" },
  "allow-host": { type: "string", multiple: true },
  "insecure-no-auth": { type: "boolean" },
  "format": { type: "string" },
  "help": { type: "boolean", short: "h" },
  "version": { type: "boolean" },
} as const;

export const USAGE = `Usage: main.ts [once] [flags]

Shows this host's counters live at http://127.0.0.1:7878.
\`once\` prints them a single time and ends.

  --listen ADDRESS      IP address and port (default 127.0.0.1:7878); :7878 is every interface
  --interval SPAN       between two readings, 10ms to 60s (default 1s)
  --procfs DIRECTORY    where the host's procfs is mounted (default /proc)
  --sysfs DIRECTORY     where the host's sysfs is mounted (default /sys)
  --allow-host NAME     a further name that requests may come for; may be repeated
  --insecure-no-auth    serve other hosts too, to everybody, without a login
  --format FORMAT       of \`once\`: table (default) or json
  --help, --version

Each flag has a variable, such as RINGSIDE_LISTEN; the flag wins. RINGSIDE_ALLOW_HOST takes several
names with commas, RINGSIDE_INSECURE_NO_AUTH takes 1.
`;

/** A value and the name under which a person gave it, for messages. */
interface Given {
  readonly by: string;
  readonly value: string;
}

/** `variable`: looks up one environment variable. Throws `OptionError`. */
export function parseOptions(
  args: readonly string[],
  variable: (name: string) => string | undefined,
): Command {
  const { values, positionals } = parseFlags(args);
  if (values.help) return { name: "help" };
  if (values.version) return { name: "version" };
  const [command] = positionals;
  if (positionals.length > (command === "once" ? 1 : 0)) {
    throw new OptionError(`Cannot run ${quote(positionals.join(" "))}: needs once, or nothing`);
  }
  const given = (
    flag: "listen" | "interval" | "procfs" | "sysfs" | "format",
  ): Given | undefined => {
    const value = values[flag];
    return value === undefined ? fromVariable(flag, variable) : { by: `--${flag}`, value };
  };
  const sampling = {
    intervalMs: interval(given("interval")),
    procfs: directory(given("procfs"), "/proc"),
    sysfs: directory(given("sysfs"), "/sys"),
  };
  const format = given("format");
  if (command === "once") return { name: "once", sampling, format: onceFormat(format) };
  if (values.format !== undefined) {
    throw new OptionError("Cannot use --format: it belongs to once, needs once before it");
  }
  const open = values["insecure-no-auth"] ?? switchedOn(fromVariable("insecure-no-auth", variable));
  const address = listenAddress(given("listen"), open);
  return { name: "serve", sampling, serve: { address, allowedHosts: hosts(values, variable) } };
}

// deno-lint-ignore explicit-function-return-type -- the type is what parseArgs makes of FLAGS
function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true, strict: true });
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new OptionError(`Cannot read the arguments: ${firstSentence(found)}, --help lists them`);
  }
}

/** Node's messages go on with advice about `--`. */
function firstSentence(message: string): string {
  return message.split(/\.(?:\s|$)/)[0]!.replace(/\s+/g, " ");
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

function directory(given: Given | undefined, usual: string): string {
  if (given === undefined) return usual;
  if (!given.value.startsWith("/")) throw refuse(given, `an absolute path, such as ${usual}`);
  return given.value;
}

function onceFormat(given: Given | undefined): OnceFormat {
  if (given === undefined) return "table";
  const format = ONCE_FORMATS.find((candidate) => candidate === given.value);
  if (format === undefined) throw refuse(given, ONCE_FORMATS.join(" or "));
  return format;
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
    `Cannot listen on ${printAddress(address)}: Ringside has no login yet, so that everybody who ` +
      `reaches this address would read the page, needs a loopback address such as ` +
      `127.0.0.1:${address.port}, or --insecure-no-auth`,
  );
}

function hosts(
  values: { readonly "allow-host"?: readonly string[] | undefined },
  variable: (name: string) => string | undefined,
): readonly string[] {
  const byVariable = fromVariable("allow-host", variable);
  const given = values["allow-host"]?.map((value) => ({ by: "--allow-host", value })) ??
    byVariable?.value.split(",").map((value) => ({ by: byVariable.by, value: value.trim() })) ?? [];
  for (const name of given) {
    if (!/^[a-z0-9_]([a-z0-9._-]*[a-z0-9])?$/i.test(name.value)) {
      throw refuse(name, "a host name without scheme and port, such as db-07.example.net");
    }
  }
  return given.map((name) => name.value);
}

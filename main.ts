/**
 * The composition root: options, sampler, service, and an orderly stop.
 *
 * Exit codes: 0 when it was told to stop, 1 when it could not begin or go on, 2 for a wrong option. Of
 * the doctor: 0 when nothing that is missing can be had, 1 when something can, 2 when it failed itself.
 * Of check-perf: 0 when Ringside and perf stat agree, 1 when they do not, 2 when it could not run.
 *
 * @module
 */
import config from "./deno.json" with { type: "json" };
import {
  checkPerf,
  readHandedFiles,
  RefusedOption,
  type Sampler,
  type SamplerOptions,
  startSampler,
} from "./collectors/mod.ts";
import {
  asGiven,
  type Command,
  complain,
  doorNote,
  hostOf,
  type Listener,
  loadPrinting,
  openDoors,
  openEngine,
  OptionError,
  type OtlpStart,
  parseOptions,
  print,
  printAddress,
  say,
  startOtlp,
  startService,
  USAGE,
} from "./routes/mod.ts";

/** A worker that hangs in a read cannot close what it has open; the kernel does it then. */
const STOP_MS_MOST = 900;
/** What `deno task start` may listen on; a right that is not needed is given back. */
const LISTENABLE = ["127.0.0.1", "[::1]", "0.0.0.0", "[::]"];

const DOCTOR_FAILED = 2;
const CHECK_FAILED = 2;

/** SIGHUP: its terminal is closed. Deno would end it at once, under nohup too. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

async function main(): Promise<number> {
  const command = parseOptions(Deno.args, variable);
  switch (command.name) {
    case "help":
      print(USAGE);
      return 0;
    case "version":
      print(`Ringside ${config.version}`);
      return 0;
    case "once":
      return await show(command);
    case "doctor":
      return await examine(command);
    case "check-perf":
      return await check(command);
    case "serve":
      return await serve(command);
  }
}

function variable(name: string): string | undefined {
  return Deno.env.get(name);
}

/** What went wrong, in one line. */
function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return isWrongOption(error) ? asGiven(message, Deno.args, variable) : message;
}

function isWrongOption(error: unknown): boolean {
  return error instanceof OptionError || error instanceof RefusedOption;
}

/** Starts the worker, which alone may call into libc. */
async function sample(command: { readonly sampling: SamplerOptions }): Promise<Sampler> {
  const { state } = await Deno.permissions.query({ name: "ffi" });
  if (state === "granted") return await startSampler(command.sampling);
  throw new Error("Cannot read this host: Deno may not call libc, needs --allow-ffi");
}

async function show(command: Command & { name: "once" }): Promise<number> {
  const sampler = await sample({ sampling: { ...command.sampling, eager: true } });
  try {
    const { format, exposition } = command;
    const { printOnce } = await loadPrinting();
    const text = await printOnce({ sampler, format, version: config.version, exposition });
    // Whole: lines of CSV end in a way of their own.
    print(text.replace(/\n$/, ""));
    return 0;
  } finally {
    await within(STOP_MS_MOST, sampler.stop());
  }
}

/** Its exit code 1 says something of the machine, so an error of its own is 2. */
async function examine(command: Command & { name: "doctor" }): Promise<number> {
  try {
    const sampler = await sample(command);
    try {
      const { format } = command;
      const { printDoctor } = await loadPrinting();
      const { text, exitCode } = await printDoctor({ sampler, format, version: config.version });
      print(text.trimEnd());
      return exitCode;
    } finally {
      await within(STOP_MS_MOST, sampler.stop());
    }
  } catch (error) {
    console.error(explain(error));
    return DOCTOR_FAILED;
  }
}

/** Its exit code 1 says that somebody counts wrong, so not to be able to tell is 2. */
async function check(command: Command & { name: "check-perf" }): Promise<number> {
  try {
    const checked = await checkPerf(command);
    const { printCheck } = await loadPrinting();
    print(printCheck(checked).trimEnd());
    return checked.agrees ? 0 : 1;
  } catch (error) {
    console.error(explain(error));
    return CHECK_FAILED;
  }
}

async function serve(command: Command & { name: "serve" }): Promise<number> {
  const told = toldToStop();
  // A file that is handed over may hang, and so may the first tick: nobody should wait for their end.
  const doors = await Promise.race([openDoors(command.doors, readHandedFiles), told]);
  if (doors === null) return 0;
  // While there is a right to connect to it, which the main thread gives back.
  const engine = await Promise.race([openEngine(command.fleet, readHandedFiles), told]);
  if (engine === null) return 0;
  const sampler = await Promise.race([sample(command), told]);
  if (sampler === null) return 0;
  let listener: Listener;
  let sending: OtlpStart | undefined;
  try {
    // While there are the rights to load what sends, and to connect to the collector.
    if (command.otlp !== undefined) {
      sending = await startOtlp({ options: command.otlp, sampler, version: config.version });
    }
    listener = startService({ ...command.serve, doors, engine, sampler, version: config.version });
  } catch (error) {
    sending?.stop();
    await within(STOP_MS_MOST, sampler.stop());
    throw error;
  }
  const { hostname } = listener.address;
  const reached = [command.fleet, command.otlp].flatMap((each) => each ? [hostOf(each.url)] : []);
  // In one turn with the listening: who comes is answered after it.
  giveBackRights(hostname, reached);
  sampler.serving();
  await sending?.begin(listener.address);
  const scheme = doors.tls === undefined ? "http" : "https";
  const { basePath = "" } = command.serve;
  const url = `${scheme}://${printAddress(listener.address)}${basePath}`;
  say(`Ringside ${config.version} on ${url} (${doorNote(command.doors, hostname)})`);
  const reason = await Promise.race([told, sampler.ended, listener.ended]);
  if (reason !== null) complain(reason);
  sending?.stop();
  await within(STOP_MS_MOST, stop(listener, sampler));
  return reason === null ? 0 : 1;
}

/** Resolves when somebody asks the process to end. */
function toldToStop(): Promise<null> {
  return new Promise((resolve) => {
    for (const signal of SIGNALS) Deno.addSignalListener(signal, () => resolve(null));
  });
}

async function stop(listener: Listener, sampler: Sampler): Promise<void> {
  await listener.stop();
  await sampler.stop();
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/**
 * From here on the worker has `ffi`, and nobody else needs it; what is served is in memory. The right
 * to the address itself stays, to listen on it again when the process had run out of descriptors;
 * where it is a right to all addresses, it goes too, and that case ends the process. `reached`: where
 * workers have a right of their own to connect.
 */
function giveBackRights(hostname: string, reached: readonly string[]): void {
  Deno.permissions.revokeSync({ name: "ffi" });
  Deno.permissions.revokeSync({ name: "read" });
  // A token may stand there, and the collector's in its headers.
  Deno.permissions.revokeSync({ name: "env", variable: "RINGSIDE_*" });
  Deno.permissions.revokeSync({ name: "env", variable: "OTEL_*" });
  const all = Deno.permissions.querySync({ name: "net" });
  if (all.state === "granted") Deno.permissions.revokeSync({ name: "net" });
  // A right to a port of an address is one to the address, which is listened on again.
  const addressOf = (host: string): string => host.replace(/:\d+$/, "");
  for (const host of [...LISTENABLE, ...reached, ...reached.map(addressOf)]) {
    const address = addressOf(host);
    if (address !== hostname && address !== `[${hostname}]`) {
      Deno.permissions.revokeSync({ name: "net", host });
    }
  }
}

if (import.meta.main) {
  try {
    Deno.exit(await main());
  } catch (error) {
    console.error(explain(error));
    Deno.exit(isWrongOption(error) ? 2 : 1);
  }
}

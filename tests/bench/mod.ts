/**
 * `deno task bench [name...]`: speed and size, as figures and ratios of one run on this machine. Ends
 * with 1 when a bound does not hold. With `--smoke` it only shows that the benchmarks run; `--seconds N`
 * makes those of them longer or shorter that last a time.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { charts } from "./charts.ts";
import { clients } from "./clients.ts";
import { runCommand, wholeNumber } from "./command.ts";
import { counters } from "./counters.ts";
import { cpus } from "./cpus.ts";
import { fleet } from "./fleet.ts";
import { heap } from "./heap.ts";
import { interval } from "./interval.ts";
import { largeHost } from "./large_host.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { page } from "./page.ts";
import { holds, line, type Options, type Result, type Size } from "./result.ts";
import { scrape } from "./scrape.ts";
import { pageThread } from "./page_thread.ts";
import { tick } from "./tick.ts";
import { uncore } from "./uncore.ts";
import { wakeups } from "./wakeups.ts";

type Bench = (size: Size, options: Options) => Result[] | Promise<Result[]>;

const BENCHES: Readonly<Record<string, Bench>> = {
  tick,
  heap,
  page,
  cpus,
  latency,
  memory,
  charts,
  clients,
  scrape,
  fleet,
  interval,
  wakeups,
  page_thread: pageThread,
  // Last: a made-up kernel makes calls of the tick polymorphic, which a service never sees.
  counters,
  uncore,
  "large-host": largeHost,
};

interface Command {
  readonly size: Size;
  readonly options: Options;
  readonly names: readonly string[];
}

/** Throws a sentence where something of it is not known. */
function commandOf(args: string[]): Command {
  const { values, positionals } = parseArgs({
    args,
    options: { smoke: { type: "boolean" }, seconds: { type: "string" } },
    allowPositionals: true,
  });
  const { smoke, seconds } = values;
  for (const name of positionals) {
    if (name in BENCHES) continue;
    throw new Error(`Cannot run "${name}": needs one of ${Object.keys(BENCHES).join(", ")}`);
  }
  return {
    size: smoke ? "smoke" : "full",
    options: seconds === undefined ? {} : { seconds: wholeNumber("seconds", seconds, 1) },
    // In their own order, however they are named: what ran before leaves code behind that others meet.
    names: Object.keys(BENCHES)
      .filter((name) => positionals.length === 0 || positionals.includes(name)),
  };
}

async function main({ size, options, names }: Command): Promise<number> {
  let all = true;
  for (const name of names) {
    for (const result of await BENCHES[name]!(size, options)) {
      console.log(line(result));
      all &&= size === "smoke" || holds(result);
    }
  }
  return all ? 0 : 1;
}

if (import.meta.main) await runCommand(commandOf, main);

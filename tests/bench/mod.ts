/**
 * `deno task bench [name...]`: speed and size, as figures and ratios of one run on this machine. Ends
 * with 1 when a bound does not hold. With `--smoke` it only shows that the benchmarks run.
 *
 * @module
 */
import { charts } from "./charts.ts";
import { counters } from "./counters.ts";
import { cpus } from "./cpus.ts";
import { heap } from "./heap.ts";
import { latency } from "./latency.ts";
import { memory } from "./memory.ts";
import { page } from "./page.ts";
import { holds, line, type Result, type Size } from "./result.ts";
import { tick } from "./tick.ts";
import { uncore } from "./uncore.ts";

const BENCHES: Readonly<Record<string, (size: Size) => Result[] | Promise<Result[]>>> = {
  tick,
  heap,
  page,
  cpus,
  latency,
  memory,
  charts,
  // Last: a made-up kernel makes calls of the tick polymorphic, which a service never sees.
  counters,
  uncore,
};

async function main(args: readonly string[]): Promise<number> {
  const size: Size = args.includes("--smoke") ? "smoke" : "full";
  const names = args.filter((arg) => arg !== "--smoke");
  const unknown = names.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    console.error(`Cannot run "${unknown[0]}": needs one of ${Object.keys(BENCHES).join(", ")}`);
    return 2;
  }
  let all = true;
  for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
    for (const result of await BENCHES[name]!(size)) {
      console.log(line(result));
      all &&= size === "smoke" || holds(result);
    }
  }
  return all ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

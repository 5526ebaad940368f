/**
 * Memory of the whole service with one page open at 1 Hz, beside a bare `Deno.serve` with one idle
 * worker, both running at the same time so that they share what they can. `--seconds 3600` shows what
 * an hour adds; from ten minutes on nothing may.
 *
 * @module
 */
import { Service } from "../service.ts";
import { startBare } from "./bare_server.ts";
import { median } from "./machine.ts";
import { type Memory, ProcessTree } from "./process_tree.ts";
import type { Options, Result, Size } from "./result.ts";
import { pause } from "./windows.ts";

const OVER_BARE_MIB_MOST = 25;
const MIB_MOST = 80;
/** From here on it must be flat. */
const FLAT_FROM_SECONDS = 600;
/** What a garbage collector leaves one time and not the next. */
const GROWTH_MIB_MOST = 2;
const SECONDS = 60;

export async function memory(size: Size, { seconds = SECONDS }: Options = {}): Promise<Result[]> {
  const samples = size === "smoke" ? 2 : seconds;
  // The first start of a version writes Deno's caches, and keeps eight megabytes more for it.
  await (await Service.start()).stop();
  await using bare = await startBare();
  await using service = await Service.start();
  const aloneMib = new ProcessTree(service.pid).memory().residentMib;
  const page = await fetch(`${service.url}/`);
  await page.text();
  const stream = await fetch(`${service.url}/stream?page=overview`);
  // The stream has no end of its own: it breaks off when the service stops.
  const reading = stream.body!.pipeTo(new WritableStream({})).catch((error) => {
    if (!(error instanceof TypeError)) throw error;
  });
  const ours: Memory[] = [];
  const theirs: Memory[] = [];
  for (let i = 0; i < samples; i++) {
    await pause(1);
    ours.push(new ProcessTree(service.pid).memory());
    theirs.push(new ProcessTree(bare.pid).memory());
  }
  await service.stop();
  await reading;
  // Of a short run the second half, of a long one the last minutes.
  const last = Math.min(Math.ceil(samples / 2), FLAT_FROM_SECONDS / 2);
  const own = residentMib(ours.slice(-last));
  const base = residentMib(theirs.slice(-last));
  return [
    { name: "RSS, bare server and idle worker", value: base, unit: "MiB" },
    { name: "RSS, service at its start", value: aloneMib, unit: "MiB" },
    { name: "RSS, service with one page open", value: own, unit: "MiB", most: MIB_MOST },
    {
      name: "of it anonymous",
      value: median(ours.slice(-last).map(({ anonymousMib }) => anonymousMib)),
      unit: "MiB",
    },
    { name: "RSS over bare", value: own - base, unit: "MiB", most: OVER_BARE_MIB_MOST },
    growth(ours),
  ];
}

/** From the tenth minute to the end, by medians of a tenth of what there is. */
function growth(samples: readonly Memory[]): Result {
  const name = `RSS, growth from minute ${FLAT_FROM_SECONDS / 60} on`;
  const flat = samples.slice(FLAT_FROM_SECONDS);
  const part = Math.floor(flat.length / 10);
  if (part < 1) return { name, missing: `--seconds of more than ${FLAT_FROM_SECONDS}` };
  const value = residentMib(flat.slice(-part)) - residentMib(flat.slice(0, part));
  return { name, value, unit: "MiB", most: GROWTH_MIB_MOST };
}

function residentMib(samples: readonly Memory[]): number {
  return median(samples.map(({ residentMib }) => residentMib));
}

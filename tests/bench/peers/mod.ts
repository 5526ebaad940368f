/**
 * `deno task bench:peers`: what Ringside costs beside others that are installed here, on this machine
 * in one run: CPU of all their processes, memory, bytes of a refresh, with nobody watching, one client
 * and fifty. Ends with 1 when a bound does not hold. Every window is kept under `tests/bench/results/`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { runCommand, wholeNumber } from "../command.ts";
import { build } from "../native.ts";
import { holds, line } from "../result.ts";
import { spreadOf } from "../windows.ts";
import { COLLECTD } from "./collectd.ts";
import { GLANCES } from "./glances.ts";
import { NETDATA_CORE, NETDATA_DEBIAN } from "./netdata.ts";
import { NODE_EXPORTER } from "./node_exporter.ts";
import type { Peer } from "./peer.ts";
import { keep, recordOf } from "./record.ts";
import { RINGSIDE } from "./ringside.ts";
import { breakOff, measure, type Phase, type Plan } from "./rounds.ts";
import { bounds, table } from "./table.ts";

const PEERS: readonly Peer[] = [
  RINGSIDE,
  NETDATA_CORE,
  NETDATA_DEBIAN,
  NODE_EXPORTER,
  GLANCES,
  COLLECTD,
];
const FULL: Plan = {
  rounds: 2,
  windows: 6,
  seconds: 5,
  warmSeconds: 60,
  // Ringside reads for a page without scripts ten seconds longer.
  calmSeconds: 15,
  settleSeconds: 5,
  clients: [1, 50],
};
const SMOKE: Plan = {
  rounds: 1,
  windows: 1,
  seconds: 1,
  warmSeconds: 0,
  calmSeconds: 0,
  settleSeconds: 0,
  clients: [2],
};
/** As shells tell of an interrupt. */
const BROKEN_OFF = 130;
/** `deno task bench:peers [--rounds N] [--windows N] [--seconds N] [--warm SECONDS] [--only NAME,NAME]`. */
const FLAGS = {
  rounds: { type: "string" },
  windows: { type: "string" },
  seconds: { type: "string" },
  warm: { type: "string" },
  only: { type: "string" },
  smoke: { type: "boolean" },
} as const;

interface Command {
  readonly smoke: boolean;
  readonly plan: Plan;
  readonly peers: readonly Peer[];
}

/** Throws a sentence where something of it is not known. */
function commandOf(args: string[]): Command {
  const { values } = parseArgs({ args, options: FLAGS });
  const usual = values.smoke ? SMOKE : FULL;
  const number = (
    flag: "rounds" | "windows" | "seconds" | "warm",
    least: number,
  ): number | null => {
    const text = values[flag];
    return text === undefined ? null : wholeNumber(flag, text, least);
  };
  return {
    smoke: values.smoke === true,
    plan: {
      ...usual,
      rounds: number("rounds", 1) ?? usual.rounds,
      windows: number("windows", 1) ?? usual.windows,
      seconds: number("seconds", 1) ?? usual.seconds,
      warmSeconds: number("warm", 0) ?? usual.warmSeconds,
    },
    peers: values.only === undefined ? PEERS : named(values.only),
  };
}

function named(list: string): readonly Peer[] {
  const names = PEERS.map(({ name }) => name);
  return list.split(",").map((wanted) => {
    const found = PEERS.find(({ name }) => name === wanted);
    if (found !== undefined) return found;
    throw new Error(`Cannot find peer "${wanted}": needs some of ${names.join(",")}`);
  });
}

async function main({ smoke, plan, peers }: Command): Promise<number> {
  if (await build("crowd") === null) {
    console.log(line({ name: "clients", missing: "a C compiler (cc)" }));
    return 0;
  }
  const here: Peer[] = [];
  for (const peer of peers) {
    const missing = await peer.lack();
    if (missing === null) here.push(peer);
    else console.log(line({ name: peer.label, missing }));
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => void breakOff().then(() => Deno.exit(BROKEN_OFF)));
  }
  let failures = 0;
  const phases = await measure(here, plan, {
    measured: (phase) => console.error(progress(phase)),
    failed: (peer, error) => {
      failures++;
      console.error(`${peer.label}: ${error instanceof Error ? error.message : error}`);
    },
  });
  const results = bounds(phases);
  console.log(`\n${table(here, phases)}\n`);
  for (const result of results) console.log(line(result));
  if (smoke) return failures > 0 ? 1 : 0;
  console.log(`Kept in ${await keep(await recordOf(here, plan, phases))}`);
  return failures === 0 && results.every(holds) ? 0 : 1;
}

function progress({ peer, round, clients, watcher, cpuMs }: Phase): string {
  const { median } = spreadOf(cpuMs);
  const who = clients === 0 ? "nobody" : `${clients} x ${watcher}`;
  return `round ${round + 1}  ${peer.padEnd(16)} ${who.padEnd(20)} ${median.toFixed(2)} ms/s`;
}

if (import.meta.main) await runCommand(commandOf, main);

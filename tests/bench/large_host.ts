/**
 * Whether a CPU costs more among 256 than among eight, on hosts that only a fake kernel has: a tick of
 * all collectors, from bytes to a published row; and what is rendered of it for a page and a scrape.
 *
 * @module
 */
import { readHostProfile } from "../../collectors/host/profile.ts";
import { REGISTRY } from "../../collectors/registry.ts";
import { exposition } from "../../views/exposition/exposition.ts";
import { createViews } from "../../views/mod.ts";
import { BusyHost } from "../busy_host.ts";
import { LeanKernel, LeanTree } from "../fakes/lean_host.ts";
import { evenCpus, madeMachine } from "../made_machine.ts";
import { Stage } from "../stage.ts";
import { threadCpuMs } from "./cpu_clock.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const RATIO_MOST = 1;
/** As many sockets, so that what there is of each socket is the same. */
const SOCKETS = 2;
const THREADS = 2;
const FEW = 8;
const SOME = 64;
const MANY = 256;
/** Of each CPU: fewer than there are events, so that they take turns. */
const COUNTERS = 8;
/** In which every collector is read at least once: the slowest is worth 5 s. */
const ROUND_TICKS = 10;
const SETTLING_TICKS = 60;
const VERSION = "1.2.3";

export async function largeHost(size: Size): Promise<Result[]> {
  const rounds = size === "smoke" ? 2 : 100;
  const few = await ticks(FEW, rounds);
  const some = await ticks(SOME, rounds);
  const many = await ticks(MANY, rounds);
  const results = compared("tick, all collectors", few, many);
  // What a host has once is shared by more CPUs; what grows faster than they do shows here.
  const further = (many - some) / (MANY - SOME) / ((some - few) / (SOME - FEW));
  results.push({
    name: `tick: CPUs ${SOME} to ${MANY} beside ${FEW} to ${SOME}, for each`,
    value: further,
    unit: "x",
  });
  const [drawnFew, drawnMany] = [await drawn(FEW, rounds), await drawn(MANY, rounds)];
  for (const part of ["overview", "scrape"] as const) {
    results.push(...compared(part, drawnFew[part], drawnMany[part]));
  }
  return results;
}

function compared(name: string, fewMs: number, manyMs: number): Result[] {
  const [few, many] = [1000 * fewMs / FEW, 1000 * manyMs / MANY];
  return [
    { name: `${name}: for each CPU of ${FEW}`, value: few, unit: "us" },
    { name: `${name}: for each CPU of ${MANY}`, value: many, unit: "us" },
    {
      name: `${name}: ${MANY} CPUs to ${FEW}, for each`,
      value: many / few,
      unit: "x",
      most: RATIO_MOST,
    },
  ];
}

/** Median ms of CPU for a tick, over rounds. */
async function ticks(cpus: number, rounds: number): Promise<number> {
  const tree = new LeanTree(await machineOf(cpus));
  const kernel = new LeanKernel(COUNTERS);
  const profile = readHostProfile(kernel, tree);
  const stage = new Stage(REGISTRY, { tree, kernel, profile, watched: false });
  for (let i = 0; i < SETTLING_TICKS + rounds; i++) stage.tick();
  const spent: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begunMs = threadCpuMs();
    for (let i = 0; i < ROUND_TICKS; i++) stage.tick();
    spent.push((threadCpuMs() - begunMs) / ROUND_TICKS);
  }
  const counted = stage.snapshot.instances("cpu").length;
  if (counted !== cpus) throw new Error(`Cannot compare: ${counted} CPUs are there, not ${cpus}`);
  stage.engine.close();
  return median(spent);
}

interface Drawn {
  readonly overview: number;
  readonly scrape: number;
}

/** Median ms of CPU, of ticks at which every figure changed. */
async function drawn(cpus: number, rounds: number): Promise<Drawn> {
  const host = new BusyHost(await machineOf(cpus));
  const views = createViews({ url: (file) => file, version: VERSION });
  const overview: number[] = [];
  const scrape: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    host.tick();
    // A snapshot reads what is asked for once: each of the two is the first on its own.
    const begunMs = threadCpuMs();
    views.overview.fragments(host.stage.snapshot);
    const middleMs = threadCpuMs();
    host.tick();
    const restMs = threadCpuMs();
    exposition(host.stage.snapshot, "prometheus", { version: VERSION });
    const endMs = threadCpuMs();
    // The first half is compiled meanwhile.
    if (round < rounds) continue;
    overview.push(middleMs - begunMs);
    scrape.push(endMs - restMs);
  }
  return { overview: median(overview), scrape: median(scrape) };
}

function machineOf(cpus: number): ReturnType<typeof madeMachine> {
  return madeMachine(evenCpus(SOCKETS, cpus / SOCKETS / THREADS, THREADS));
}

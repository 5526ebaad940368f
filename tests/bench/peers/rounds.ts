/**
 * The measurement itself. Each peer runs alone, from its start, for the same times: a warm-up with one
 * client of each kind, since what is compiled once must be compiled; then windows with nobody watching,
 * with one client and with many. Rounds go through all of them, there and back, so that what else the
 * machine does falls on all alike.
 *
 * @module
 */
import { Crowd, type CrowdReport } from "../crowd.ts";
import type { Memory } from "../process_tree.ts";
import { pause, rates } from "../windows.ts";
import type { Peer, Running, Watcher } from "./peer.ts";

export interface Plan {
  readonly rounds: number;
  readonly windows: number;
  /** Of a window. */
  readonly seconds: number;
  /** With one client of each kind, before all windows. */
  readonly warmSeconds: number;
  /** With nobody watching, between the warm-up and the first window. */
  readonly calmSeconds: number;
  /** Between the first answer to new clients and the first window with them. */
  readonly settleSeconds: number;
  readonly clients: readonly number[];
}

/** What was found of a peer in one round with so many clients of a kind. */
export interface Phase {
  readonly peer: string;
  readonly round: number;
  /** Null with nobody watching. */
  readonly watcher: string | null;
  readonly clients: number;
  /** ms a second, of each window. */
  readonly cpuMs: readonly number[];
  /** At the end of the windows. */
  readonly memory: Memory;
  readonly processes: number;
  readonly report: CrowdReport | null;
  /** On the wire, for one client and one refresh. */
  readonly refreshBytes: number | null;
}

/** Who hears of a run while it goes on: it takes long. */
export interface Listener {
  measured(phase: Phase): void;
  /** The peer is left out of what follows; what was measured of it before stays. */
  failed(peer: Peer, error: unknown): void;
}

export async function measure(
  peers: readonly Peer[],
  plan: Plan,
  listener: Listener,
): Promise<readonly Phase[]> {
  const phases: Phase[] = [];
  const left = new Set(peers);
  for (let round = 0; round < plan.rounds; round++) {
    const order = [...left];
    for (const peer of round % 2 === 0 ? order : order.toReversed()) {
      try {
        for await (const phase of measureOne(peer, round, plan)) {
          phases.push(phase);
          listener.measured(phase);
        }
      } catch (error) {
        left.delete(peer);
        listener.failed(peer, error);
      }
    }
  }
  return phases;
}

/** What runs now, and its folder. */
const running = new Map<Running, string>();

/** Ends what runs, which no signal from a terminal reaches: it has a session of its own. */
export async function breakOff(): Promise<void> {
  for (const [peer, folder] of running) {
    await peer.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

async function* measureOne(peer: Peer, round: number, plan: Plan): AsyncGenerator<Phase> {
  const folder = await Deno.makeTempDir({ prefix: `ringside-bench-${peer.name}-` });
  try {
    const started = await peer.start(folder);
    running.set(started, folder);
    try {
      for (const { demand } of peer.watchers) {
        await using _ = await Crowd.start(started.url, 1, demand);
        await pause(plan.warmSeconds);
      }
      await pause(plan.calmSeconds);
      const base = { peer: peer.name, round };
      yield {
        ...base,
        watcher: null,
        clients: 0,
        ...await windows(started, plan),
        report: null,
        refreshBytes: null,
      };
      for (const watcher of peer.watchers) {
        for (const clients of plan.clients) {
          yield { ...base, ...await watched(peer, started, watcher, clients, plan) };
        }
      }
    } finally {
      running.delete(started);
      await started.stop();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function watched(
  peer: Peer,
  running: Running,
  watcher: Watcher,
  clients: number,
  plan: Plan,
): Promise<Omit<Phase, "peer" | "round">> {
  await using crowd = (await Crowd.start(running.url, clients, watcher.demand))!;
  await pause(plan.settleSeconds);
  await crowd.report();
  const found = await windows(running, plan);
  const report = await crowd.report();
  const { bad, closed } = report;
  if (bad > 0 || closed > 0) {
    throw new Error(
      `Cannot measure ${peer.name}: ${bad} answers were refusals, ${closed} broke off`,
    );
  }
  const refreshes = watcher.demand.kind === "stream"
    ? report.messages
    : report.answers / watcher.demand.paths.length;
  const refreshBytes = refreshes > 0 ? report.wireBytes / refreshes : null;
  return { watcher: watcher.name, clients, ...found, report, refreshBytes };
}

async function windows(
  { tree }: Running,
  plan: Plan,
): Promise<Pick<Phase, "cpuMs" | "memory" | "processes">> {
  const cpuMs = await rates(() => tree.cpuMs(), plan);
  return { cpuMs, memory: tree.memory(), processes: tree.pids().length };
}

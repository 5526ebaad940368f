/**
 * Many clients of the overview's stream: CPU of the service, beside a C program that only writes the
 * same bytes to as many sockets once a second; how far the slowest is behind; bytes and memory of each.
 * The two run one after another, since on two CPUs they would take each other's.
 *
 * @module
 */
import { BusyService } from "../browser/busy_service.ts";
import { Service } from "../service.ts";
import { Crowd, type Demand, type Told } from "./crowd.ts";
import { build } from "./native.ts";
import { ProcessTree } from "./process_tree.ts";
import { medianOf, type Options, type Result, type Size } from "./result.ts";
import { pause, rates, type Spread, spreadOf } from "./windows.ts";

/** CPU of the service with so many clients, ms a second. */
const BOUNDS: readonly (readonly [clients: number, msMost: number])[] = [
  [1, 2],
  [200, 6],
  [1000, 20],
  [5000, 100],
];
const LATE_MOST = 2;
const BYTES_MOST = 2000;
const CLIENT_KB_MOST = 80;
/** Memory of fewer is lost in what a garbage collector leaves behind: five megabytes, come and go. */
const COUNTED_CLIENTS_LEAST = 1000;
const BUSY_MACHINE = "server-2socket";
const INTERVAL_MS = 1000;
const STREAM: Demand = { kind: "stream", path: "/stream?page=overview" };
/** What one is told when it comes is more than a tick, and then it reads as much as blocks point back to. */
const FIRST_MESSAGES = 8;

interface Plan {
  readonly windows: number;
  readonly seconds: number;
  readonly warmSeconds: number;
  /** Messages before the windows begin. */
  readonly first: number;
}

export async function clients(size: Size, { seconds }: Options = {}): Promise<Result[]> {
  const program = await build("broadcast");
  if (program === null) return [{ name: "clients", missing: "a C compiler (cc)" }];
  const plan = size === "smoke"
    ? { windows: 1, seconds: 1, warmSeconds: 0, first: 3 }
    : { windows: 6, seconds: seconds ?? 5, warmSeconds: 60, first: FIRST_MESSAGES };
  const results: Result[] = [];
  await using service = await Service.start();
  await warm(service, plan.warmSeconds);
  const tree = new ProcessTree(service.pid);
  const aloneKib = tree.memory().anonymousMib * 1024;
  for (const [count, msMost] of size === "smoke" ? [[1, 2], [20, 6]] as const : BOUNDS) {
    const ours = await measured(service, tree, count, plan);
    const theirs = await written(program, ours.message, count, plan);
    const label = `${count} client${count === 1 ? "" : "s"}`;
    results.push(
      medianOf(ours.cpu, { name: `${label}: CPU a second`, unit: "ms", most: msMost }),
      medianOf(theirs, { name: `${label}: C that only writes, CPU a second`, unit: "ms" }),
      {
        name: `${label}: ticks that the slowest is late`,
        value: ours.lateTicks,
        unit: "ticks",
        most: LATE_MOST,
      },
      { name: `${label}: bytes a second for each`, value: ours.bytes, unit: "B", most: BYTES_MOST },
    );
    if (count >= COUNTED_CLIENTS_LEAST) {
      const kib = (ours.anonymousKib - aloneKib) / count;
      const name = `${label}: anonymous memory of each`;
      results.push({ name, value: kib * 1.024, unit: "kB", most: CLIENT_KB_MOST });
    }
  }
  return [...results, ...await onBusyMachine(size)];
}

/** A page is read and followed, so that what is compiled once is compiled. */
async function warm(service: Service, seconds: number): Promise<void> {
  await (await fetch(`${service.url}/`)).text();
  await using _ = await Crowd.start(service.url, 1, STREAM);
  await pause(seconds);
}

interface Measured {
  readonly cpu: Spread;
  readonly lateTicks: number;
  /** On the wire, of one client in a second. */
  readonly bytes: number;
  readonly anonymousKib: number;
  /** One message, as it was sent. */
  readonly message: Uint8Array;
}

async function measured(
  service: Service,
  tree: ProcessTree,
  count: number,
  { windows, seconds, first }: Plan,
): Promise<Measured> {
  await using crowd = (await Crowd.start(service.url, count, STREAM))!;
  await crowd.messages(first);
  await crowd.reportNext();
  const before = (await crowd.told()).length;
  const begunMs = performance.now();
  const cpu = spreadOf(await rates(() => tree.cpuMs(), { windows, seconds }));
  // Of a single one nobody could say whether it was late.
  await crowd.messages(before + 2);
  const report = await crowd.reportNext();
  const wallSeconds = (performance.now() - begunMs) / 1000;
  const { anonymousMib } = tree.memory();
  if (report.closed > 0) throw new Error(`Cannot go on: ${report.closed} streams were cut off`);
  const told = await crowd.told();
  return {
    cpu,
    lateTicks: report.lateMost + lateBy(told.slice(before)),
    bytes: report.wireBytes / wallSeconds / count,
    anonymousKib: anonymousMib * 1024,
    message: await crowd.message(told.length - 1),
  };
}

/**
 * By how many ticks the first stream was late at the most, by the numbers and the times of its messages:
 * the others are measured by it. On time is the one that came soonest after its tick was due.
 */
function lateBy(told: readonly Told[]): number {
  const lags = told.flatMap(({ text, atMs }) => {
    const sequence = [...text.matchAll(/^id: \w+-(\d+)$/gm)].at(-1)?.[1];
    return sequence === undefined ? [] : [atMs - Number(sequence) * INTERVAL_MS];
  });
  if (lags.length < 2) throw new Error("Cannot tell lateness: the first stream had no ticks");
  return Math.floor((Math.max(...lags) - Math.min(...lags)) / INTERVAL_MS);
}

/** CPU of the C program, ms a second, with as many of the same clients. */
async function written(
  program: string,
  message: Uint8Array,
  count: number,
  { windows, seconds }: Plan,
): Promise<Spread> {
  const file = await Deno.makeTempFile({ prefix: "ringside-message-" });
  await Deno.writeFile(file, message);
  const child = new Deno.Command(program, { args: [file], stdin: "piped", stdout: "piped" })
    .spawn();
  try {
    const reader = child.stdout.getReader();
    const port = new TextDecoder().decode((await reader.read()).value).trim();
    await using crowd = (await Crowd.start(`http://127.0.0.1:${port}`, count, STREAM))!;
    await crowd.messages(2);
    const tree = new ProcessTree(child.pid);
    const cpu = spreadOf(await rates(() => tree.cpuMs(), { windows, seconds }));
    if ((await crowd.report()).messages === 0) throw new Error("Cannot compare: C wrote nothing");
    await reader.cancel();
    return cpu;
  } finally {
    await child.stdin.close();
    await child.status;
    await Deno.remove(file);
  }
}

/** Bytes on the wire for a tick of a large machine that counts, all of whose figures change. */
async function onBusyMachine(size: Size): Promise<Result[]> {
  const ticks = size === "smoke" ? 3 : 60;
  await using service = await BusyService.start({ machine: BUSY_MACHINE });
  await using crowd = (await Crowd.start(service.url, 1, STREAM))!;
  let heard = 2;
  const bytes: number[] = [];
  await crowd.messages(heard);
  await crowd.report();
  for (let tick = 0; tick < ticks; tick++) {
    service.host.tick();
    await crowd.messages(++heard);
    bytes.push((await crowd.report()).wireBytes);
  }
  const { mean, most } = spreadOf(bytes);
  return [
    {
      name: `${BUSY_MACHINE}: bytes of a tick, mean of ${ticks}`,
      value: mean,
      unit: "B",
      most: BYTES_MOST,
    },
    { name: `${BUSY_MACHINE}: bytes of a tick, most`, value: most, unit: "B" },
  ];
}

/**
 * What the counters of the cores cost. On this machine: each tick's reads, scaling and row beside a C
 * program that only reads the same groups; hardware events where it has them, else the kernel's own.
 * And on a host of 256 CPUs that only a fake kernel has: whether a CPU costs there what it costs among
 * eight, and whether ticks leave garbage.
 *
 * @module
 */
import { tryGroup } from "../../collectors/counters/trial.ts";
import { readHostProfile } from "../../collectors/host/profile.ts";
import type { Kernel } from "../../collectors/kernel/kernel.ts";
import { LinuxKernel } from "../../collectors/kernel/linux_kernel.ts";
import { LinuxTree } from "../../collectors/kernel/linux_tree.ts";
import {
  CACHE_EVENTS,
  EVENT_TYPE,
  HARDWARE_EVENTS,
  SOFTWARE_EVENTS,
} from "../../collectors/pmu/event_codes.ts";
import type { PmuEvent } from "../../collectors/pmu/pmu_event.ts";
import { CorePath, synthetic } from "../fakes/core_path.ts";
import { LeanCounters } from "../fakes/lean_counters.ts";
import { median } from "./machine.ts";
import { build } from "./native.ts";
import { Recorder } from "./recorder.ts";
import type { Result, Size } from "./result.ts";
import { run } from "./tick.ts";

const RATIO_MOST = 1.5;
/** A CPU of 256 may cost so much more than one of eight: its row is in no cache. */
const GROWTH_MOST = 2;
const HEAP_BYTES_MOST = 1e6;
const EVENTS = 40;
const COUNTERS = 4;

declare const gc: (() => void) | undefined;

export async function counters(size: Size): Promise<Result[]> {
  return [...await onThisMachine(size), ...onLargeHosts(size)];
}

async function onThisMachine(size: Size): Promise<Result[]> {
  const kernel = LinuxKernel.open();
  const tree = new LinuxTree(kernel);
  const cpus = readHostProfile(kernel, tree).onlineCpus;
  const events = eventsHere(kernel, cpus[0]!);
  if (events.length === 0) {
    return [{ name: "counters, read", missing: "CAP_PERFMON or kernel.perf_event_paranoid=0" }];
  }
  const open = (through: Kernel): CorePath =>
    new CorePath({
      kernel: through,
      cpus,
      bundles: events.map((event) => [event]),
      fits: (group) => group.length <= COUNTERS && tryGroup(kernel, cpus[0]!, group) === 0,
    });
  const program = await build("reads");
  const steps = record(open, kernel);
  const { rounds, ticks, turns } = size === "smoke"
    ? { rounds: 2, ticks: 400, turns: 1 }
    : { rounds: 10, ticks: 500, turns: 5 };
  const ours: number[] = [];
  const theirs: number[] = [];
  let groups = 0;
  for (let turn = 0; turn < turns; turn++) {
    // Not open at the same time: they would share the counters.
    const path = open(kernel);
    groups = path.plan.groups.length;
    for (let i = 0; i < 2 * ticks; i++) path.tick();
    ours.push(tickNs(path, tree, rounds, ticks));
    path.close();
    if (program !== null) theirs.push(await run(program, steps, rounds * ticks));
  }
  const kind = events[0]!.type === EVENT_TYPE.software ? "software" : "hardware";
  const reads = groups * cpus.length;
  const tickUs = median(ours) / 1000;
  const result: Result[] = [
    {
      name: `counters, tick of ${groups} ${kind} groups x ${cpus.length} CPUs`,
      value: tickUs,
      unit: "us",
    },
    { name: "counters, for each read", value: tickUs / reads, unit: "us" },
  ];
  if (program === null) {
    return [...result, { name: "counters in C", missing: "no C compiler (cc)" }];
  }
  return [
    ...result,
    { name: "counters in C, for each read", value: median(theirs) / 1000 / reads, unit: "us" },
    {
      name: "counters, ratio to C",
      value: median(ours) / median(theirs),
      unit: "x",
      most: RATIO_MOST,
    },
  ];
}

/** Hardware events that this machine opens, else forty software events; none where it refuses both. */
function eventsHere(kernel: Kernel, cpu: number): readonly PmuEvent[] {
  const hardware = [
    ...named(HARDWARE_EVENTS, EVENT_TYPE.hardware),
    ...named(CACHE_EVENTS, EVENT_TYPE.hardwareCache),
  ].filter((event) => tryGroup(kernel, cpu, [event]) === 0);
  if (hardware.length > 0) return hardware;
  const { "bpf-output": _, "cgroup-switches": __, ...codes } = SOFTWARE_EVENTS;
  // The kernel does not look at config1 of these: by it they are told apart, here and in C.
  return Array.from(
    { length: EVENTS / Object.keys(codes).length },
    (_, variant) =>
      named(codes, EVENT_TYPE.software).map((event) => ({ ...event, config1: BigInt(variant) })),
  )
    .flat().filter((event) => tryGroup(kernel, cpu, [event]) === 0);
}

function named(codes: Readonly<Record<string, number>>, type: number): readonly PmuEvent[] {
  return Object.entries(codes).map(([name, code]) => ({ name, type, config: BigInt(code) }));
}

/** The reads of one tick, as `reads.c` takes them. */
function record(open: (kernel: Kernel) => CorePath, kernel: Kernel): string {
  const recorder = new Recorder();
  const path = open(recorder.kernel(kernel));
  recorder.recording = true;
  path.tick();
  recorder.note("tick");
  path.close();
  return recorder.steps.join("\n") + "\n";
}

/** Median ns of CPU for a tick, over rounds of so many ticks. */
function tickNs(path: CorePath, tree: LinuxTree, rounds: number, ticks: number): number {
  const spent: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = threadCpuNs(tree);
    for (let i = 0; i < ticks; i++) path.tick();
    spent.push((threadCpuNs(tree) - begun) / ticks);
  }
  return median(spent);
}

/** CPU time of this thread so far (proc_pid_schedstat(5)). */
function threadCpuNs(tree: LinuxTree): number {
  return Number(tree.text("/proc/thread-self/schedstat").split(" ")[0]);
}

function onLargeHosts(size: Size): Result[] {
  const tree = new LinuxTree(LinuxKernel.open());
  // The kernel counts CPU time in ticks of some 4 ms: what is shorter may have none.
  const reads = size === "smoke" ? 400_000 : 2_000_000;
  const perCpuNs = (cpus: number): number => {
    const path = largeHost(cpus);
    const ticks = Math.ceil(reads / path.plan.groups.length / cpus);
    for (let i = 0; i < ticks; i++) path.tick();
    return tickNs(path, tree, 5, ticks) / cpus;
  };
  const few = perCpuNs(8);
  const many = perCpuNs(256);
  const label = `${EVENTS} events, for each CPU of`;
  return [
    { name: `counters, tick of ${label} 8`, value: few / 1000, unit: "us" },
    { name: `counters, tick of ${label} 256`, value: many / 1000, unit: "us" },
    { name: "counters, 256 CPUs to 8, for each", value: many / few, unit: "x", most: GROWTH_MOST },
    growth(size),
  ];
}

function largeHost(cpus: number): CorePath {
  return new CorePath({
    kernel: new LeanCounters(COUNTERS),
    cpus: Array.from({ length: cpus }, (_, cpu) => cpu),
    bundles: synthetic(EVENTS),
    fits: (events) => events.length <= COUNTERS,
  });
}

function growth(size: Size): Result {
  const ticks = size === "smoke" ? 10 : 1000;
  const name = `counters, heap growth, ${ticks} ticks of 256 CPUs`;
  if (typeof gc !== "function") return { name, missing: "--v8-flags=--expose-gc" };
  const path = largeHost(256);
  for (let i = 0; i < ticks; i++) path.tick();
  gc();
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < ticks; i++) path.tick();
  const value = Deno.memoryUsage().heapUsed - before;
  return { name, value, unit: "bytes", most: HEAP_BYTES_MOST };
}

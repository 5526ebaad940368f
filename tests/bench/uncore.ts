/**
 * What the counters of memory controllers cost, on a host that only a fake kernel has: a tick of two
 * sockets with twelve channels each, reads and writes of each in one read; whether a channel costs there
 * what it costs of two; and whether ticks leave garbage.
 *
 * @module
 */
import type { CollectorSpec, Reader, RowWriter } from "../../collectors/collector.ts";
import { LinuxKernel } from "../../collectors/kernel/linux_kernel.ts";
import { LinuxTree } from "../../collectors/kernel/linux_tree.ts";
import { REGISTRY } from "../../collectors/registry.ts";
import { Engine } from "../../collectors/sampling/engine.ts";
import { LeanCounters } from "../fakes/lean_counters.ts";
import { HandClock, PROFILE } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const COLLECTOR = "memory_bandwidth";
/** Zen 4 in two sockets: of each channel's PMU, the first CPU of its socket counts. */
const LARGE = { sockets: 2, channels: 12 };
const SMALL = { sockets: 1, channels: 2 };
const SOCKET_CPUS = 8;
const COUNTERS = 4;
const INTERVAL_MS = 1000;
/** Until a source is chosen, and its memory's clock known. */
const SETTLING_TICKS = 60;
const GROWTH_MOST = 1.5;
const HEAP_BYTES_MOST = 1e5;

declare const gc: (() => void) | undefined;

export function uncore(size: Size): Result[] {
  const tree = new LinuxTree(LinuxKernel.open());
  // The kernel counts CPU time in ticks of some 4 ms: what is shorter may have none.
  const { rounds, reads } = size === "smoke"
    ? { rounds: 3, reads: 200_000 }
    : { rounds: 15, reads: 1_000_000 };
  const [few, many] = tickNs(tree, [new Controllers(SMALL), new Controllers(LARGE)], rounds, reads);
  const ratio = many!.ns / many!.controllers.count / (few!.ns / few!.controllers.count);
  const label = `${LARGE.sockets} x ${LARGE.channels}`;
  return [
    { name: `uncore, tick of ${SMALL.channels} channels`, value: few!.ns / 1000, unit: "us" },
    { name: `uncore, tick of ${label} channels`, value: many!.ns / 1000, unit: "us" },
    {
      name: `uncore, ${label} channels to 2, for each`,
      value: ratio,
      unit: "x",
      most: GROWTH_MOST,
    },
    growth(size),
  ];
}

/** The collector on a host of so many memory channels. */
class Controllers {
  readonly count: number;
  readonly kernel = new LeanCounters(COUNTERS);
  readonly #engine: Engine;
  readonly #clock = new HandClock();
  readonly #due = { deadlineMs: 0, intervalMs: INTERVAL_MS, missed: 0, watched: false };
  readonly #tick = { monotonicMs: 0, seconds: 0 };
  #reader: Reader | null = null;
  #row: RowWriter | null = null;

  constructor({ sockets, channels }: { readonly sockets: number; readonly channels: number }) {
    this.count = sockets * channels;
    const onlineCpus = Array.from({ length: sockets * SOCKET_CPUS }, (_, cpu) => cpu);
    this.#engine = new Engine({
      specs: [this.#watched(REGISTRY.find(({ id }) => id === COLLECTOR)!)],
      kernel: this.kernel,
      tree: new TextTree(files(sockets, channels)),
      clock: this.#clock,
      profile: {
        ...PROFILE,
        cpuVendor: "amd",
        cpuFamily: 25,
        cpuModelNumber: 17,
        sockets,
        onlineCpus,
      },
    });
    for (let i = 0; i < SETTLING_TICKS; i++) this.tick();
    const before = this.kernel.reads;
    this.tick();
    const reads = this.kernel.reads - before;
    if (reads !== this.count) {
      const why = this.#engine.problems().map(({ message }) => message).join("; ");
      throw new Error(`Cannot measure ${this.count} channels: ${reads} were read. ${why}`);
    }
  }

  /** A tick of the engine, a second later. */
  tick(): void {
    const due = this.#due;
    this.#clock.advance(INTERVAL_MS);
    due.deadlineMs = this.#clock.monotonic;
    this.#engine.read(due);
    this.#engine.publish(due);
  }

  /** So many seconds of the collector alone: what the engine does besides is the same on every host. */
  readings(count: number): void {
    const tick = this.#tick;
    const reader = this.#reader!;
    const row = this.#row!;
    for (let i = 0; i < count; i++) {
      this.#clock.advance(INTERVAL_MS);
      tick.monotonicMs = this.#clock.monotonic;
      tick.seconds = (tick.monotonicMs / 1000) | 0;
      reader.read(row, tick);
    }
  }

  #watched(spec: CollectorSpec): CollectorSpec {
    return {
      ...spec,
      open: (site) => {
        const reader = spec.open(site);
        this.#reader = reader;
        return {
          read: (row, tick) => {
            this.#row = row;
            reader.read(row, tick);
          },
          close: () => reader.close(),
        };
      },
    };
  }
}

/** As the module amd_uncore shows them (arch/x86/events/amd/uncore.c): numbered through all sockets. */
function files(sockets: number, channels: number): Readonly<Record<string, string>> {
  const found: Record<string, string> = {
    "/sys/devices/system/cpu/online": `0-${sockets * SOCKET_CPUS - 1}\n`,
  };
  for (let socket = 0; socket < sockets; socket++) {
    const first = socket * SOCKET_CPUS;
    for (let cpu = first; cpu < first + SOCKET_CPUS; cpu++) {
      const topology = `/sys/devices/system/cpu/cpu${cpu}/topology`;
      found[`${topology}/physical_package_id`] = `${socket}\n`;
    }
    for (let channel = 0; channel < channels; channel++) {
      const number = socket * channels + channel;
      const pmu = `/sys/bus/event_source/devices/amd_umc_${number}`;
      found[`${pmu}/type`] = `${20 + number}\n`;
      found[`${pmu}/cpumask`] = `${first}\n`;
      found[`${pmu}/format/event`] = "config:0-7\n";
      found[`${pmu}/format/rdwrmask`] = "config:8-9\n";
    }
  }
  return found;
}

interface Cost {
  readonly controllers: Controllers;
  /** Median ns of CPU for a tick. */
  readonly ns: number;
}

/** All by turns, so that what the machine does meanwhile falls on each alike. */
function tickNs(
  tree: LinuxTree,
  hosts: readonly Controllers[],
  rounds: number,
  reads: number,
): readonly Cost[] {
  const spent: readonly number[][] = hosts.map(() => []);
  for (const controllers of hosts) controllers.readings(Math.ceil(reads / controllers.count));
  for (let round = 0; round < rounds; round++) {
    for (const [at, controllers] of hosts.entries()) {
      const ticks = Math.ceil(reads / controllers.count);
      const begun = threadCpuNs(tree);
      controllers.readings(ticks);
      spent[at]!.push((threadCpuNs(tree) - begun) / ticks);
    }
  }
  return hosts.map((controllers, at) => ({ controllers, ns: median(spent[at]!) }));
}

/** CPU time of this thread so far (proc_pid_schedstat(5)). */
function threadCpuNs(tree: LinuxTree): number {
  return Number(tree.text("/proc/thread-self/schedstat").split(" ")[0]);
}

/** For each 1,000 ticks, over many: V8 builds some code anew whenever it likes. */
function growth(size: Size): Result {
  const thousands = size === "smoke" ? 0.1 : 10;
  const name = `uncore, heap growth, 1,000 ticks of ${LARGE.sockets} x ${LARGE.channels}`;
  if (typeof gc !== "function") return { name, missing: "--v8-flags=--expose-gc" };
  const controllers = new Controllers(LARGE);
  // Optimised code is what runs for hours; what the interpreter allocates before is no growth.
  for (let i = 0; i < 2000 * thousands; i++) controllers.tick();
  gc();
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < 1000 * thousands; i++) controllers.tick();
  const value = (Deno.memoryUsage().heapUsed - before) / thousands;
  return { name, value, unit: "bytes", most: HEAP_BYTES_MOST };
}

/**
 * A machine of text at work: its counters run on by a seeded noise, so that pages, charts and their
 * sizes are those of a host that does something, and the same each time.
 *
 * @module
 */
import { readHostProfile } from "../collectors/host/profile.ts";
import { REGISTRY } from "../collectors/registry.ts";
import { FakeKernel } from "./fakes/fake_kernel.ts";
import { FakePerf } from "./fakes/fake_perf.ts";
import { countHardware, hideCorePmu, showPmus } from "./fakes/hardware_events.ts";
import { FakeSampler } from "./fake_sampler.ts";
import { HandClock, Stage } from "./stage.ts";
import { TextTree } from "./text_tree.ts";

const SOFTWARE = 1;
const CORE_PMU = /^\/sys\/bus\/event_source\/devices\/(cpu|cpu_core|cpu_atom)\/type$/;
/** More CPUs than the server of text has would count more than a CPU can, each a time more. */
const RISING_MOST = 8;
const INSTRUCTIONS = 1;
/** Of each CPU: fewer than there are events, so that they take turns. */
const COUNTERS = 8;
/** `config` of the software events that happen (perf_event.h). */
const [CLOCK, PAGE_FAULTS, SWITCHES, MIGRATIONS, MINOR] = [0, 2, 3, 4, 5] as const;
const SECOND_NS = 1_000_000_000;
/** Hundredths of a second that a CPU has in a tick. */
const CPU_TICKS = 100;
/** A host that is up for 41 days and 6 hours. */
const UP_MS = (41 * 24 + 6) * 3_600_000;

export interface BusyHostOptions {
  readonly hostname?: string;
  readonly seed?: number;
}

export class BusyHost {
  readonly tree: TextTree;
  readonly stage: Stage;
  readonly sampler: FakeSampler;
  readonly #kernel: FakeKernel;
  readonly #perf: FakePerf;
  /** Whether the machine shows a PMU. */
  readonly #counters: boolean;
  readonly #cpus: readonly number[];
  readonly #random: () => number;
  /** Follows a random walk, so that charts have a shape. */
  #mood = 0.4;

  constructor(tree: TextTree, options: BusyHostOptions = {}) {
    this.tree = tree;
    this.#random = noise(options.seed ?? 1);
    const kernel = new FakeKernel();
    this.#kernel = kernel;
    this.#perf = new FakePerf(kernel);
    this.#counters = tree.paths().some((path) => CORE_PMU.test(path));
    if (this.#counters) showPmus(this.#perf, tree, COUNTERS);
    else hideCorePmu(this.#perf);
    const nodename = options.hostname ?? "busy";
    kernel.always("uname", [], {
      sysname: "Linux",
      nodename,
      release: "6.12.57",
      version: "#1 SMP",
      machine: "x86_64",
    });
    kernel.always("descriptorLimit", [], { soft: 1024, hard: 524_288 });
    kernel.always("setDescriptorLimit", [], 0);
    const profile = readHostProfile(kernel, tree);
    this.#cpus = profile.onlineCpus;
    if (this.#cpus.length > RISING_MOST) {
      this.#perf.timesOn = (cpu, event) => timesOn(cpu) * (isInstructions(event) ? ease(cpu) : 1);
    }
    const clock = new HandClock();
    if (profile.bootedAtMs !== undefined) clock.wall = profile.bootedAtMs + UP_MS;
    this.stage = new Stage(REGISTRY, { tree, kernel, profile, clock });
    this.sampler = new FakeSampler(this.stage);
  }

  static async load(name: string, options: BusyHostOptions = {}): Promise<BusyHost> {
    return new BusyHost(await TextTree.load(name), options);
  }

  /** How many system calls were made. */
  get kernelCalls(): number {
    return this.#kernel.calls.length;
  }

  /** A second goes by, then a tick. */
  tick(): void {
    this.#mood = Math.min(0.9, Math.max(0.1, this.#mood + (this.#random() - 0.5) * 0.2));
    this.#cpuTime();
    this.#traffic();
    this.#interrupts();
    this.#memory();
    this.#sensors();
    this.#processes();
    if (this.#counters) {
      countHardware(this.#perf, this.#mood * (0.5 + this.#random()), 0.7 + this.#random());
      if (!this.tree.paths().some((path) => path.endsWith("/devices/cpu/type"))) this.#nameTypes();
    }
    this.#perf.pass(1000);
    for (const cpu of this.#cpus) {
      const faults = this.#upTo(4000);
      this.#perf.happen(cpu, SOFTWARE, CLOCK, SECOND_NS);
      this.#perf.happen(cpu, SOFTWARE, SWITCHES, this.#upTo(20_000));
      this.#perf.happen(cpu, SOFTWARE, MIGRATIONS, this.#upTo(90));
      this.#perf.happen(cpu, SOFTWARE, PAGE_FAULTS, faults);
      this.#perf.happen(cpu, SOFTWARE, MINOR, faults);
    }
    this.sampler.tick();
  }

  /** Generic events of several kinds of core name theirs in the upper half of their number. */
  #nameTypes(): void {
    for (const [event, rate] of [...this.#perf.perMs]) {
      const [type, config] = event.split(":").map(Number);
      if (type !== 0 && type !== 3 || config! > 0xffffffff) continue;
      for (const pmu of [4n, 10n]) {
        this.#perf.perMs.set(`${type}:${pmu << 32n | BigInt(config!)}`, rate);
      }
    }
  }

  /** A whole number below this, less when the host is idle. */
  #upTo(most: number): number {
    return Math.floor(most * this.#mood * (0.5 + this.#random()));
  }

  #cpuTime(): void {
    this.#lines("/proc/stat", /^cpu\d+ /, (numbers) => {
      const busy = Math.min(CPU_TICKS - 4, this.#upTo(CPU_TICKS));
      const system = Math.floor(busy * 0.2);
      const interrupts = Math.floor(busy * 0.05);
      const waiting = Math.floor(this.#random() * 4);
      // user nice system idle iowait irq softirq steal
      const more = [busy - system - interrupts, 0, system, CPU_TICKS - busy - waiting, waiting, 0];
      return add(numbers, [...more, interrupts]);
    });
    this.#lines(
      "/proc/stat",
      /^(?:intr|softirq) /,
      (numbers) => add(numbers, [this.#upTo(50_000)]),
    );
    this.#lines("/proc/stat", /^ctxt /, (numbers) => add(numbers, [this.#upTo(90_000)]));
    this.#lines("/proc/vmstat", /^pgfault /, (numbers) => add(numbers, [this.#upTo(30_000)]));
    this.#lines("/proc/vmstat", /^pgmajfault /, (numbers) => add(numbers, [this.#upTo(9)]));
  }

  #traffic(): void {
    // Reads, merged, sectors, ms; the same of writes; under way, ms, weighted ms.
    this.#lines("/proc/diskstats", /^ +\d+ +\d+ (?:nvme\d+n\d+|sda|vda|dm-0) /, (numbers) => {
      const [reads, writes] = [this.#upTo(4000), this.#upTo(6000)];
      const reading = [reads, 0, reads * 64, Math.floor(reads / 9)];
      const writing = [writes, 0, writes * 32, Math.floor(writes / 4)];
      return add(numbers, [...reading, ...writing, 0, this.#upTo(900), this.#upTo(4000)]);
    });
    this.#lines("/proc/1/net/dev", /^ *(?:en|eth|bond|veth)\S*:/, (numbers) => {
      const [received, sent] = [this.#upTo(90_000), this.#upTo(60_000)];
      const out = [sent * 1100, sent];
      return add(numbers, [received * 900, received, 0, 0, 0, 0, 0, 0, ...out]);
    });
  }

  #interrupts(): void {
    const some = (numbers: readonly number[]): number[] =>
      numbers.map((number) => number < 1000 ? number : number + this.#upTo(900));
    this.#lines("/proc/interrupts", /^ *\w+:(?= +\d)/, some);
    this.#lines("/proc/softirqs", /^ *\w+:(?= +\d)/, some);
  }

  #memory(): void {
    this.#lines(
      "/proc/meminfo",
      /^(?:MemFree|Cached|Dirty): /,
      ([kib]) => [Math.floor(kib! * (0.998 + this.#random() * 0.004))],
    );
  }

  #sensors(): void {
    for (const path of this.tree.paths()) {
      if (/\/temp\d+_input$/.test(path)) {
        this.tree.edit(
          path,
          (text) => `${Number(text) + Math.round(this.#random() * 1000 - 500)}\n`,
        );
      } else if (/\/scaling_cur_freq$/.test(path)) {
        this.tree.set(path, `${1_200_000 + this.#upTo(2_400_000)}\n`);
      }
    }
  }

  #processes(): void {
    for (const path of this.tree.paths()) {
      if (!/^\/proc\/\d+\/stat$/.test(path)) continue;
      // utime and stime are fields 14 and 15; the fourth follows the name and the state.
      const more = Array.from({ length: 12 }, (_, field) => field < 10 ? 0 : this.#upTo(60));
      this.#lines(path, /^.*\) \w /, (numbers) => add(numbers, more));
    }
  }

  /** Changes the numbers that follow the head of each line that has such a head. */
  #lines(path: string, head: RegExp, change: (numbers: readonly number[]) => number[]): void {
    if (!this.tree.paths().includes(path)) return;
    this.tree.edit(path, (text) =>
      text.replace(/.+/g, (line) => {
        const begun = head.exec(line)?.[0];
        if (begun === undefined) return line;
        const words = line.slice(begun.length).trim().split(/\s+/);
        const end = words.findIndex((word) => !/^-?\d+$/.test(word));
        const rest = end < 0 ? [] : words.splice(end);
        return [begun.trimEnd(), ...change(words.map(Number)), ...rest].join(" ");
      }));
  }
}

/** How fast a CPU is at what it does, from 1 to 8: neighbours differ. */
function timesOn(cpu: number): number {
  return 1 + (cpu * 37) % 71 / 10;
}

/** How well it gets on: instructions for a cycle, as a share of the most. */
function ease(cpu: number): number {
  return 0.15 + (cpu * 53) % 97 / 56;
}

function isInstructions(event: string): boolean {
  const [type, config] = event.split(":");
  return type === "0" && Number(BigInt(config!) & 0xffffffffn) === INSTRUCTIONS;
}

function add(numbers: readonly number[], more: readonly number[]): number[] {
  return numbers.map((number, index) => index < more.length ? number + more[index]! : number);
}

/** Uniform from 0 to 1, the same for the same seed (the Park and Miller generator). */
function noise(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

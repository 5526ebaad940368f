/**
 * `/proc/stat`, read once a tick for all that stands in it (proc_stat(5), fs/proc/stat.c):
 *
 *     cpu  1242 0 1138 189161 69 0 13 7 0 0       all possible CPUs; not used, sums are made of CPUs
 *     cpu0 522 0 450 94864 6 0 4 2 0 0            a line for each CPU that is online, in 1/100 s
 *     intr 113586 0 0 ...                         the sum, then a number for every interrupt
 *     ctxt 258366
 *     btime 1795190280
 *     processes 3686
 *     procs_running 3
 *     procs_blocked 0
 *     softirq 61535 0 12766 ...                   the sum, then the vectors
 *
 * @module
 */
import { BOOT_SECONDS_MOST } from "./host/boot_time.ts";
import { CPU_MODES } from "./catalogue/cpu_time.ts";
import { BOOT_TIME, SOFTIRQ_VECTORS, softirqMetric } from "./catalogue/scheduler.ts";
import { openOrFail } from "./cause.ts";
import {
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  type Instances,
  malformed,
  type Reader,
  type RowWriter,
  type Site,
  TEXT_INTERVAL_MS_LEAST,
  type Tick,
  UNKNOWN,
} from "./collector.ts";
import { CpuLines } from "./files/cpu_lines.ts";
import { cpuGroups } from "./host/topology.ts";
import { INTERRUPTS_PER_SECOND_MOST } from "./files/interrupt_table.ts";
import { KeyTable } from "./files/key_table.ts";
import type { TreeFile } from "./kernel/host_tree.ts";
import type { CorePmu } from "./pmu/core_pmu.ts";
import { readCorePmus } from "./host/pmu_devices.ts";
import { ascii, Scanner } from "./files/scan.ts";
import { SinceReading } from "./files/since_reading.ts";
import { USER_HZ } from "./host/user_hz.ts";

const PATH = "/proc/stat";
/**
 * The sums are of unsigned 32-bit counters, one a CPU, and fall by 2^32 when one of them wraps: the
 * soft interrupts of all architectures, and what x86 adds to `intr` (arch_irq_stat_cpu).
 */
const WRAP = 2 ** 32;
/**
 * A CPU that comes online is in the file before all is known of it: what describes its caches comes last
 * (include/linux/cpuhotplug.h, CPUHP_AP_BASE_CACHEINFO_ONLINE). After so long it is looked at again.
 */
const SETTLE_MS = 1000;

const CPU = ascii("cpu");
const SPACE = 32;

/**
 * Lines with one number of the host, by their first word. Whatever reads them runs, was created,
 * switched to and interrupted: 0 in these is what sandboxes write that keep no count.
 */
const LINES = [
  { key: "intr", metric: "interrupts", counter: true, wraps: true, neverZero: true },
  { key: "ctxt", metric: "context_switches", counter: true, wraps: false, neverZero: true },
  { key: "processes", metric: "forks", counter: true, wraps: false, neverZero: true },
  { key: "procs_running", metric: "tasks_running", counter: false, wraps: false, neverZero: true },
  { key: "procs_blocked", metric: "tasks_blocked", counter: false, wraps: false, neverZero: false },
  { key: "softirq", metric: "softirqs", counter: true, wraps: true, neverZero: true },
  // Worked out at each reading from the clock of the day: when that is set, it moves with it.
  { key: "btime", metric: BOOT_TIME, counter: false, wraps: false, neverZero: true },
] as const;
const RUNNING = LINES.findIndex((line) => line.key === "procs_running");
const BLOCKED = LINES.findIndex((line) => line.key === "procs_blocked");
/** Key of the cause that lines are missing. */
const COUNTS = "counts";
/** What became of a line in a reading. */
const MISSING = 0;
const FOUND = 1;
const UNDATED = 2;
const UNDATED_BOOT = {
  key: "btime",
  reason: "failed",
  message:
    `Cannot date the boot: found a "btime" in "${PATH}" that is no date, needs a clock that ` +
    "stands later after 1970 than the kernel is up",
  metrics: [BOOT_TIME],
} as const;
const BTIME = LINES.findIndex((line) => line.key === "btime");
const SOFTIRQ = LINES.findIndex((line) => line.key === "softirq");

export const cpuTime: CollectorSpec = {
  id: "cpu_time",
  minIntervalMs: TEXT_INTERVAL_MS_LEAST,
  open: (site) => new CpuTimeReader(site),
};

class CpuTimeReader implements Reader {
  readonly #site: Site;
  readonly #file: TreeFile;
  readonly #scanner = new Scanner();
  readonly #cpus: Instances;
  readonly #modes: readonly Column[];
  readonly #cpuLines = new CpuLines(CPU_MODES.length);
  /** Of the line that is being read. */
  readonly #ticks = new Float64Array(CPU_MODES.length);
  /** When the last reading was taken, CLOCK_MONOTONIC in ms; a cell, since it is a fraction. */
  readonly #readAtMs = new Float64Array(1).fill(NaN);
  readonly #lines: readonly Column[];
  readonly #vectors: readonly Column[];
  readonly #keys = new KeyTable(LINES.map((line) => line.key));
  /** By line: `FOUND`, or why it gives no value, in this reading and in the last one. */
  readonly #found = new Uint8Array(LINES.length);
  readonly #told = new Uint8Array(LINES.length).fill(FOUND);
  /** Read once for all CPUs that come in one reading; null before. */
  #pmus: readonly CorePmu[] | null = null;
  /** Where CPUs belonged when that was known for certain. */
  readonly #groups = new Map<string, Readonly<Record<string, string>>>();
  /** CPUs that came online. Those of the first reading have been so for long. */
  readonly #came = new Map<string, { readonly atMs: number; readonly isGuessed: boolean }>();
  #begun = false;
  readonly #since = new SinceReading();
  /** What the host's sums can have risen by since the last reading. */
  #interruptsMost = 0;

  constructor(site: Site) {
    this.#site = site;
    this.#cpus = site.instances("cpu");
    this.#modes = CPU_MODES.map((mode) => site.column(mode.metric, USER_HZ));
    this.#lines = LINES.map((line) => site.column(line.metric));
    this.#vectors = SOFTIRQ_VECTORS.map((vector) => site.column(softirqMetric(vector)));
    this.#file = openOrFail(site.tree, PATH);
  }

  read(row: RowWriter, tick: Tick): void {
    this.#file.read();
    this.#cpuLines.begin(tick.monotonicMs - this.#readAtMs[0]!);
    this.#readAtMs[0] = tick.monotonicMs;
    const scanner = this.#scanner;
    scanner.reset(this.#file.bytes, this.#file.length);
    if (!scanner.startsWith(CPU)) {
      throw malformed(PATH, scanner.lineText(), 'lines that begin with "cpu"');
    }
    this.#cpus.begin();
    while (scanner.startsWith(CPU)) {
      this.#readCpu(row, tick);
      scanner.nextLine();
    }
    this.#cpus.end();
    this.#begun = true;
    if (this.#came.size > 0) this.#settle(tick);
    this.#pmus = null;
    this.#interruptsMost = this.#since.next(tick) * INTERRUPTS_PER_SECOND_MOST *
      this.#cpus.slots().length;
    this.#found.fill(MISSING);
    while (!scanner.done()) {
      this.#readLine(row);
      scanner.nextLine();
    }
    // Who does not count the tasks that run does not count those that wait.
    if (this.#found[RUNNING] !== FOUND) this.#found[BLOCKED] = MISSING;
    let changed = false;
    for (let line = 0; line < LINES.length; line++) {
      const found = this.#found[line]!;
      if (found !== FOUND) this.#writeNone(row, line);
      if (found !== this.#told[line]) changed = true;
      this.#told[line] = found;
    }
    if (changed) this.#tellMissing();
  }

  close(): void {
    this.#file.close();
  }

  #readCpu(row: RowWriter, tick: Tick): void {
    const scanner = this.#scanner;
    const line = scanner.at;
    const start = line + CPU.length;
    if (scanner.peek(start) === SPACE) return;
    scanner.at = start;
    if (scanner.number() < 0) throw malformed(PATH, scanner.lineText(line), "the number of a CPU");
    const end = scanner.at;
    let slot = this.#cpus.lookup(scanner.bytes, start, end);
    if (slot === UNKNOWN) {
      slot = this.#claim(scanner.text(start, end), tick);
      if (slot >= 0) this.#cpuLines.came(slot);
    }
    for (let mode = 0; mode < this.#modes.length; mode++) {
      const ticks = scanner.number();
      if (ticks < 0) {
        throw malformed(
          PATH,
          scanner.lineText(line),
          `${this.#modes.length} numbers after the CPU`,
        );
      }
      this.#ticks[mode] = ticks;
    }
    if (slot >= 0) this.#writeModes(row, slot);
  }

  #writeModes(row: RowWriter, slot: number): void {
    const goesOn = this.#cpuLines.follow(slot, this.#ticks);
    for (let mode = 0; mode < this.#modes.length; mode++) {
      row.count(this.#modes[mode]!, slot, this.#ticks[mode]!);
      if (!goesOn) row.none(this.#modes[mode]!, slot);
    }
  }

  /** A CPU that came, or came back: it may be another one by now. */
  #claim(name: string, tick: Tick): number {
    const groups = this.#readGroups(name);
    if (!this.#begun) {
      this.#groups.set(name, groups);
      return this.#cpus.claim(name, {}, groups);
    }
    // What is not known of it yet is most likely what it was.
    const likely = { ...this.#groups.get(name), ...groups };
    const isGuessed = Object.keys(likely).length > Object.keys(groups).length;
    this.#came.set(name, { atMs: tick.monotonicMs, isGuessed });
    return this.#cpus.claim(name, {}, likely);
  }

  /** Looks again at those that came a while ago; what is missing then they do not have. */
  #settle({ monotonicMs }: Tick): void {
    for (const [name, { atMs, isGuessed }] of this.#came) {
      if (monotonicMs - atMs < SETTLE_MS) continue;
      this.#came.delete(name);
      if (this.#cpus.number(Number(name)) === UNKNOWN) continue;
      const groups = this.#readGroups(name);
      this.#groups.set(name, groups);
      // Others looked at sysfs too when it came, and what was guessed right would not tell them to again.
      if (isGuessed) this.#cpus.claim(name, {}, {});
      this.#cpus.claim(name, {}, groups);
    }
  }

  #readGroups(name: string): Readonly<Record<string, string>> {
    const { tree } = this.#site;
    this.#pmus ??= readCorePmus(tree);
    return cpuGroups(tree, Number(name), this.#pmus);
  }

  #readLine(row: RowWriter): void {
    const scanner = this.#scanner;
    const start = scanner.word();
    const line = this.#keys.find(scanner.bytes, start, scanner.at);
    if (line < 0) return;
    const value = scanner.number();
    if (value < 0) throw malformed(PATH, scanner.lineText(start), "a number after the word");
    const known = LINES[line]!;
    if (value === 0 && known.neverZero) return;
    if (line === BTIME && value > BOOT_SECONDS_MOST) {
      this.#found[line] = UNDATED;
      return;
    }
    const most = this.#interruptsMost;
    if (known.wraps) row.countWrapping(this.#lines[line]!, HOST_SLOT, value, WRAP, most);
    else if (known.counter) row.count(this.#lines[line]!, HOST_SLOT, value);
    else row.gauge(this.#lines[line]!, HOST_SLOT, value);
    this.#found[line] = FOUND;
    if (line !== SOFTIRQ) return;
    for (let vector = 0; vector < this.#vectors.length; vector++) {
      const count = scanner.number();
      if (count < 0) throw malformed(PATH, scanner.lineText(start), "a number for each vector");
      row.countWrapping(this.#vectors[vector]!, HOST_SLOT, count, WRAP, most);
    }
  }

  #writeNone(row: RowWriter, line: number): void {
    row.none(this.#lines[line]!, HOST_SLOT);
    if (line === SOFTIRQ) { for (const vector of this.#vectors) row.none(vector, HOST_SLOT); }
  }

  #tellMissing(): void {
    if (this.#told[BTIME] === UNDATED) this.#site.report(UNDATED_BOOT);
    else this.#site.resolve(UNDATED_BOOT.key);
    const missing = LINES.filter((_, line) => this.#told[line] === MISSING);
    if (missing.length === 0) return this.#site.resolve(COUNTS);
    const metrics: string[] = missing.map(({ metric }) => metric);
    if (this.#told[SOFTIRQ] === MISSING) metrics.push(...SOFTIRQ_VECTORS.map(softirqMetric));
    this.#site.report({
      key: COUNTS,
      reason: "not_supported",
      message: `Cannot find counts of ${missing.map(({ key }) => `"${key}"`).join(", ")} in ` +
        `"${PATH}": the lines are missing, or say 0, which no running kernel does`,
      metrics,
    });
  }
}

/**
 * The counters of the CPU cores, through perf_event_open(2): for each CPU the groups of its PMU's plan,
 * one read a group and tick. Software events have a collector of their own: in a group of these they
 * would be counted only while it has its turn.
 *
 * @module
 */
import { TERMS } from "./catalogue/core_counters.ts";
import { errorOf } from "./cause.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { CorePmuSeat } from "./counters/core_pmu_seat.ts";
import type { CounterSet } from "./counters/counter_set.ts";
import { CpuWatch } from "./counters/cpu_watch.ts";
import { makeRoom, roomNeed } from "./counters/descriptor_room.ts";
import { textOf } from "./files/text.ts";
import { ERRNO, errnoText } from "./kernel/errno.ts";
import { EVERYTHING, leftOutProblem, type Narrowing, wantsCpu } from "./narrowing.ts";
import type { CorePmu } from "./pmu/core_pmu.ts";
import { eventsOf } from "./pmu/plan.ts";
import { assumedCorePmus, pmuNames, readCorePmus } from "./host/pmu_devices.ts";
import { noPmuProblem, type RefusedEvent, refusedPmuProblem } from "./host/no_pmu.ts";
import { refusal } from "./counters/refusals.ts";
import { TermColumns } from "./counters/term_columns.ts";

const METRICS: readonly string[] = TERMS.map(({ metric }) => metric);
/** Key of the cause that descriptors do not suffice, and that options leave CPUs out. */
const ROOM = "descriptors";
const NARROWED = "narrowed";

export function coreCountersOf(narrowing: Narrowing): CollectorSpec {
  return {
    id: "core_counters",
    minIntervalMs: 0,
    open: (site) => new CoreCounters(site, narrowing),
  };
}

export const coreCounters: CollectorSpec = coreCountersOf(EVERYTHING);

class CoreCounters implements Reader {
  readonly #site: Site;
  readonly #narrowing: Narrowing;
  readonly #cpus: Instances;
  readonly #columns: TermColumns;
  readonly #watch: CpuWatch;
  readonly #pmus: CorePmuSeat[] = [];
  /** By the watch's index. */
  readonly #sets: (CounterSet | null)[] = [];
  readonly #seats: (CorePmuSeat | null)[] = [];
  /** A CPU that is listed has no counters and may have some by now. */
  #incomplete = false;
  #checkedSeconds = -1;
  /** CPUs for which descriptors were counted. */
  #roomFor = 0;

  constructor(site: Site, narrowing: Narrowing) {
    this.#site = site;
    this.#narrowing = narrowing;
    this.#cpus = site.instances("cpu");
    this.#watch = new CpuWatch(this.#cpus);
    this.#columns = new TermColumns(site, TERMS);
    this.#find();
    this.#seat(site.clock.monotonicMs());
    this.#tell();
  }

  read(row: RowWriter, tick: Tick): void {
    // What is not there yet is looked for once a second, what came or went at once.
    if (this.#incomplete && tick.seconds !== this.#checkedSeconds || this.#watch.changed()) {
      this.#seat(tick.monotonicMs);
      this.#tell();
    }
    for (let i = 0; i < this.#watch.slots.length; i++) {
      const slot = this.#watch.slots[i]!;
      const set = this.#sets[i]!;
      if (set === null) {
        this.#columns.writeNone(row, slot);
        continue;
      }
      const outcome = set.read(tick);
      if (outcome === "whole") {
        this.#columns.write(row, slot, set);
      } else if (outcome === "torn") {
        this.#columns.writeNone(row, slot);
        this.#drop(i, set);
      } else {
        throw unreadable(set, outcome);
      }
    }
    if (tick.seconds !== this.#checkedSeconds) {
      this.#checkedSeconds = tick.seconds;
      this.#relieve(tick.monotonicMs);
    }
  }

  close(): void {
    for (const set of this.#sets) set?.close();
    this.#sets.fill(null);
    for (const seat of this.#pmus) seat.close();
  }

  /** The CPU went offline, which tears its groups for good; it may be back already. */
  #drop(index: number, set: CounterSet): void {
    set.close();
    this.#sets[index] = null;
    this.#incomplete = true;
  }

  /** Finds the core PMUs, and what each of them can count. Throws the one cause when there is none. */
  #find(): void {
    const { tree, profile } = this.#site;
    const names = pmuNames(tree);
    const pmus = names.length === 0 ? assumedCorePmus() : readCorePmus(tree);
    const numbers = this.#cpus.slots().map((slot) => Number(this.#cpus.nameOf(slot)));
    if (numbers.length === 0) {
      throw new CollectorError(
        "failed",
        "Cannot open hardware counters: no CPU is known, needs the cpu lines of /proc/stat",
      );
    }
    if (!numbers.some((cpu) => this.#isWanted(cpu))) {
      throw errorOf({ reason: "left_out", ...leftOutProblem("hardware events", numbers) });
    }
    const seats = pmus.map((pmu) => this.#newSeat(pmu, numbers)).filter((seat) => seat !== null);
    if (seats.length === 0 || seats.every((seat) => seat.plans.bundles.length === 0)) {
      const denied = seats.map((seat) => seat.deniedErrno).find((errno) => errno !== undefined);
      if (denied === undefined && seats.some((seat) => seat.plans.unwanted.length > 0)) {
        const list = this.#narrowing.events!.join(",");
        throw new CollectorError(
          "left_out",
          `Cannot count hardware events: --events ${list} names none that is counted here`,
        );
      }
      const refused = names.length === 0 ? undefined : firstRefused(seats, numbers);
      throw errorOf(
        denied !== undefined
          ? refusal("hardware counters", numbers, denied, profile)
          : refused !== undefined
          ? refusedPmuProblem(profile, refused)
          : noPmuProblem(profile, names),
      );
    }
    this.#pmus.splice(0, Infinity, ...seats);
  }

  /** Takes room for descriptors, and makes the plans smaller where there is not enough. */
  #makeRoom(numbers: readonly number[]): void {
    const { kernel, tree, profile } = this.#site;
    const seats = this.#pmus;
    this.#roomFor = numbers.length;
    for (const seat of seats) seat.eventsMost = Infinity;
    const cpusOf = (seat: CorePmuSeat): number =>
      numbers.filter((cpu) => seat.covers(cpu) && this.#isWanted(cpu)).length;
    const needed = seats.reduce(
      (sum, seat) => sum + cpusOf(seat) * eventsOf(seat.plans.plan(Infinity, Infinity)),
      0,
    );
    const open = this.#sets.reduce((sum, set) => set === null ? sum : sum + eventsOf(set.plan), 0);
    const found = makeRoom(kernel, tree, needed - open, open);
    if (needed <= found.room) return this.#site.resolve(ROOM);
    const each = Math.floor(found.room / numbers.filter((cpu) => this.#isWanted(cpu)).length);
    for (const seat of seats) seat.eventsMost = each;
    const { remedy } = refusal("", [], ERRNO.EMFILE, profile);
    const metrics = METRICS.filter((metric) =>
      seats.every((seat) => !seat.plans.plan(Infinity, each).places.has(metric))
    );
    this.#site.report({
      key: ROOM,
      reason: "failed",
      message: `Cannot open all hardware counters: ${needed} descriptors on ` +
        `${numbers.length} CPUs, ${roomNeed(needed, found)}`,
      remedy,
      metrics,
    });
  }

  #newSeat(pmu: CorePmu, numbers: readonly number[]): CorePmuSeat | null {
    const { kernel, tree, profile } = this.#site;
    const cpus = numbers.filter((cpu) => (pmu.cpus?.includes(cpu) ?? true) && this.#isWanted(cpu));
    if (cpus.length === 0) return null;
    return new CorePmuSeat(this.#site, {
      kernel,
      pmu,
      cpus,
      narrowing: this.#narrowing,
      model: {
        vendor: profile.cpuVendor,
        family: profile.cpuFamily,
        model: profile.cpuModelNumber,
      },
      watchdog: textOf(tree, "/proc/sys/kernel/nmi_watchdog") === "1",
    });
  }

  #isWanted(cpu: number): boolean {
    return wantsCpu(this.#narrowing, cpu);
  }

  /** Opens sets for CPUs that came, closes those of CPUs that went. */
  #seat(nowMs: number): void {
    const sets = new Map(this.#sets.flatMap((set) => set === null ? [] : [[set.cpu, set]]));
    const numbers = this.#watch.look();
    for (const [cpu, set] of sets) {
      if (numbers.includes(cpu)) continue;
      set.close();
      sets.delete(cpu);
    }
    for (const seat of this.#pmus) seat.keep(numbers.filter((cpu) => this.#isWanted(cpu)));
    if (numbers.some((cpu) => this.#seatOf(cpu) === null)) this.#refresh(numbers);
    if (numbers.length > this.#roomFor) this.#makeRoom(numbers);
    this.#incomplete = false;
    this.#seats.splice(0, Infinity, ...numbers.map((cpu) => this.#seatOf(cpu)));
    this.#sets.splice(
      0,
      Infinity,
      ...numbers.map((cpu, i) => {
        if (!this.#isWanted(cpu)) return null;
        return sets.get(cpu) ?? this.#open(cpu, this.#seats[i]!, nowMs);
      }),
    );
    this.#tellNarrowed(numbers);
  }

  #seatOf(cpu: number): CorePmuSeat | null {
    return this.#pmus.find((seat) => seat.covers(cpu)) ?? null;
  }

  /** Where cores differ, a PMU lists those of its CPUs that are online: one that came is in its list now. */
  #refresh(numbers: readonly number[]): void {
    for (const pmu of readCorePmus(this.#site.tree)) {
      const known = this.#pmus.find((seat) => seat.name === pmu.name);
      if (known !== undefined) known.cpus = pmu.cpus;
      else {
        const seat = this.#newSeat(pmu, numbers);
        if (seat !== null) this.#pmus.push(seat);
      }
    }
  }

  #open(cpu: number, seat: CorePmuSeat | null, nowMs: number): CounterSet | null {
    if (seat === null) {
      // Its PMU does not list it yet.
      this.#incomplete = this.#pmus.some(({ cpus }) => cpus !== undefined);
      return null;
    }
    const set = seat.open(cpu, METRICS, nowMs);
    if (seat.isGone(cpu)) this.#incomplete = true;
    return set;
  }

  /** Once a second: groups that had no turn are split, and made whole when there is room again. */
  #relieve(nowMs: number): void {
    let changed = false;
    for (let i = 0; i < this.#sets.length; i++) {
      const set = this.#sets[i]!;
      if (set === null) {
        if (this.#seats[i]?.isDue(Number(this.#watch.names[i]), nowMs)) this.#incomplete = true;
        continue;
      }
      const other = this.#seats[i]!.relieve(set, METRICS, nowMs);
      if (other === set) continue;
      this.#sets[i] = other;
      if (other === null) this.#incomplete = true;
      changed = true;
    }
    if (changed) this.#tell();
    else for (const seat of this.#pmus) seat.tellStarved(this.#sets, nowMs);
  }

  #tell(): void {
    for (const seat of this.#pmus) seat.tell();
    this.#site.sources(this.#pmus.flatMap((seat, index) => seat.sources(this.#sets, index)));
  }

  #tellNarrowed(numbers: readonly number[]): void {
    const left = numbers.filter((cpu) => !this.#isWanted(cpu));
    if (left.length === 0) return this.#site.resolve(NARROWED);
    this.#site.report({
      key: NARROWED,
      reason: "left_out",
      ...leftOutProblem("hardware events", left),
      metrics: METRICS,
      instances: left.map(String),
    });
  }
}

/** Of PMUs that are there, the first event that the kernel refused. */
function firstRefused(
  seats: readonly CorePmuSeat[],
  numbers: readonly number[],
): RefusedEvent | undefined {
  for (const { name, plans, cpus = numbers } of seats) {
    const first = plans.tried.find(({ errno }) => errno !== 0);
    if (first !== undefined) {
      return { pmu: name, event: first.event.name, cpus, errno: first.errno };
    }
  }
  return undefined;
}

function unreadable(set: CounterSet, outcome: string): CollectorError {
  const group = set.failed!;
  const found = outcome === "failed"
    ? errnoText(group.errno)
    : `found ${group.bytesRead} bytes of a group of ${group.members}`;
  return new CollectorError(
    "failed",
    `Cannot read hardware counters on cpu ${group.cpu}: ${found}`,
  );
}

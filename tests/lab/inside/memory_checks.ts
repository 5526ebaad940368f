/**
 * Memory traffic against what the memory controllers of this guest count by declaration: each controller,
 * each socket and the host, from one source and never from two at once.
 *
 * @module
 */
import { proofOf } from "../../../collectors/readings/proof.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import type { Parameters } from "./parameters.ts";
import { paste, perfStatPerSocket } from "./perf_stat.ts";
import { apart, check, describe, readingApart, sleep, Worst } from "./report.ts";
import type { Subject } from "./subject.ts";
import { clockOf, type Traffic, trafficOf } from "./uncore_rates.ts";

const INTERVAL_MS = 1000;
const OFF_MOST = { whole: 0.005, shared: 0.02 };
const LINE_BYTES = 64;
const MIB = 2 ** 20;
/** DDR moves data at both edges of its clock, 8 bytes at a time. */
const BYTES_PER_CLOCK = 16;

/** Best first: what Ringside is to take where there are several. */
const PREFERENCE = ["imc", "imc_icx", "freerun", "freerun_icx", "client", "umc", "df"];
/** Kinds whose events have counters of their own. */
const UNSHARED = ["freerun", "freerun_icx", "client"];
/** What is to be absent on such machines: a zero would say that it was measured. */
const NONE_HERE = ["hbm_read_bytes", "hbm_write_bytes", "pmem_read_bytes", "pmem_write_bytes"];

interface Expected {
  readonly metric: string;
  /** Bytes a second in package 0. */
  readonly bytes: (box: Traffic) => number;
}

const READS: Expected = { metric: "memory_read_bytes", bytes: ({ reads }) => reads };
const WRITES: Expected = { metric: "memory_write_bytes", bytes: ({ writes }) => writes };
const BOTH = ({ reads, writes }: Traffic): number => reads + writes;
const COMBINED: Expected = { metric: "memory_combined_bytes", bytes: BOTH };
const TOTAL: Expected = { metric: "memory_bytes_per_second", bytes: BOTH };

export class MemoryChecks {
  readonly #subject: Subject;
  readonly #parameters: Parameters;
  readonly #first: string;
  readonly #second: string | undefined;
  readonly #boxes: readonly Traffic[];

  constructor(subject: Subject, parameters: Parameters) {
    this.#subject = subject;
    this.#parameters = parameters;
    const [first, second] = PREFERENCE.filter((kind) => parameters.uncore.includes(kind));
    if (first === undefined) throw new Error("Cannot check memory: needs uncore=imc or another");
    this.#first = first;
    this.#second = second;
    this.#boxes = trafficOf(first, parameters);
  }

  get #sockets(): number {
    return this.#subject.profile.sockets ?? 1;
  }

  /** Whether a box has a counter for each of its events. */
  get #whole(): boolean {
    const { uncoreCounters, mibRead } = this.#parameters;
    if (UNSHARED.includes(this.#first)) return true;
    return uncoreCounters >= (this.#first === "df" ? mibRead.length : 2);
  }

  get #measured(): readonly Expected[] {
    return this.#boxes[0]!.apart ? [READS, WRITES] : [COMBINED];
  }

  /** Every figure of the newest tick. */
  rates(label: string): void {
    const { snapshot } = this.#subject;
    const most = this.#whole ? OFF_MOST.whole : OFF_MOST.shared;
    const off = new Worst();
    const addedUp = new Worst();
    const packages = Array.from({ length: this.#sockets }, (_, socket) => socket);
    for (const { metric, bytes } of [...this.#measured, TOTAL]) {
      let host = 0;
      for (const socket of packages) {
        let sum = 0;
        for (const box of this.#boxes) {
          const name = `${socket}/${box.pmu}`;
          const expected = bytes(box) * (socket + 1);
          const reading = snapshot.read(metric, name);
          off.add(readingApart(reading, expected), `${metric} of ${name}: ${describe(reading)}`);
          sum += expected;
        }
        const reading = snapshot.readGroup(metric, "socket", String(socket));
        addedUp.add(
          readingApart(reading, sum),
          `${metric} of socket ${socket}: ${describe(reading)}`,
        );
        host += sum;
      }
      const reading = snapshot.read(metric);
      addedUp.add(readingApart(reading, host), `${metric} of the host: ${describe(reading)}`);
    }
    off.check(`${label}: each controller, as declared`, most);
    addedUp.check(`${label}: each socket and the host, once, as declared`, most);
    const found = snapshot.instances("memory_channel").map(({ name }) => name).toSorted();
    const named = packages.flatMap((socket) => this.#boxes.map(({ pmu }) => `${socket}/${pmu}`));
    check(found.join() === named.toSorted().join(), `${label}: controllers: ${found.join()}`);
    this.#besides(label, most);
  }

  /** How good each figure says it is. */
  trust(label: string): void {
    const { snapshot } = this.#subject;
    const lies: string[] = [];
    for (const { metric } of this.#measured) {
      for (const { name } of snapshot.instances("memory_channel")) {
        const reading = snapshot.read(metric, name);
        const source = snapshot.source(metric, name);
        const said = `${metric} of ${name}: ${describe(reading)}, ${source?.provenance}`;
        if (!isMeasured(reading) || source === undefined) lies.push(said);
        else {
          const proven = source.provenance === "kernel" || source.provenance === "vendor";
          const exact = this.#whole && proven;
          if ((reading.grade === "exact") !== exact || reading.grade === "implausible") {
            lies.push(said);
          }
          if (this.#whole !== reading.coverage > 0.99) {
            lies.push(`${said}, counted ${reading.coverage} of the time`);
          }
        }
      }
    }
    for (const metric of [...NONE_HERE, this.#boxes[0]!.apart ? COMBINED.metric : READS.metric]) {
      const reading = snapshot.read(metric);
      if (isMeasured(reading)) lies.push(`${metric}: ${describe(reading)}, and nothing counts it`);
    }
    const share = this.#whole ? "all" : "part";
    check(
      lies.length === 0,
      `${label}: grades are of what was counted ${share} of the time${
        lies.map((lie) => `; ${lie}`).join("")
      }`,
    );
  }

  /** The peak from the memory's own clock, of one channel in each socket: the firmware tells no speed. */
  peak(label: string): void {
    const { snapshot } = this.#subject;
    const clock = clockOf(this.#first);
    const peak = snapshot.read("memory_peak_bytes_per_second");
    if (clock === undefined) {
      check(!isMeasured(peak), `${label}: no clock, no peak: ${describe(peak)}`);
      return;
    }
    const packages = this.#sockets * (this.#sockets + 1) / 2;
    // The second socket's clock, too, counts twice as fast.
    const expected = clock * BYTES_PER_CLOCK * this.#boxes.length * packages;
    const off = new Worst();
    off.add(readingApart(peak, expected), `the peak: ${describe(peak)}`);
    const ratio = snapshot.read("memory_peak_ratio");
    const moved = this.#boxes.reduce((sum, box) => sum + BOTH(box), 0) * packages;
    off.add(readingApart(ratio, moved / expected), `the share of it: ${describe(ratio)}`);
    off.check(`${label}: the peak by the memory's clock`, OFF_MOST.shared);
  }

  /** The words that Ringside shows as its proof, given to perf, while both count. */
  async besidePerf(label: string, seconds: number): Promise<void> {
    const metrics = this.#measured.map(({ metric }) => metric);
    const sources = this.#subject.engine.sources.filter(({ metric }) => metrics.includes(metric));
    const counted = perfStatPerSocket(sources.flatMap(({ events }) => events), seconds);
    let done = false;
    counted.finally(() => done = true).catch(() => {});
    const own = new Map<string, number[]>();
    while (!done) {
      await sleep(INTERVAL_MS);
      this.#subject.tick(INTERVAL_MS);
      for (const metric of metrics) {
        for (let socket = 0; socket < this.#sockets; socket++) {
          const key = `${metric} of socket ${socket}`;
          const reading = this.#subject.snapshot.readGroup(metric, "socket", String(socket));
          const value = isMeasured(reading) ? reading.value : NaN;
          own.set(key, [...own.get(key) ?? [], value]);
        }
      }
    }
    const rows = await counted;
    const off = new Worst();
    for (const metric of metrics) {
      const events = sources.filter((source) => source.metric === metric)
        .flatMap((source) => source.events);
      for (let socket = 0; socket < this.#sockets; socket++) {
        const key = `${metric} of socket ${socket}`;
        const theirs = rows
          .filter((row) => row.socket === String(socket) && events.includes(row.event))
          .reduce(
            (sum, { perSecond, unit }) => sum + perSecond * (unit === "MiB" ? MIB : LINE_BYTES),
            0,
          );
        for (const value of own.get(key) ?? []) {
          off.add(theirs > 0 ? apart(value, theirs) : NaN, `${key}: ${value}, perf ${theirs}`);
        }
      }
    }
    const shared = !this.#whole || rows.some(({ whole }) => !whole);
    off.check(
      `${label}: as perf stat -e ${[...new Set(rows.map(({ event }) => event))].join()}`,
      shared ? OFF_MOST.shared : OFF_MOST.whole,
    );
  }

  /** The line that a card gives to be pasted. */
  async pasted(label: string): Promise<void> {
    const { command } = proofOf(this.#subject.snapshot, [TOTAL.metric]);
    const lines = await paste(command ?? "false");
    const counted = lines.filter((line) => /^[\d.,]*[1-9]/.test(line));
    check(
      counted.length > 0 && counted.length === lines.length,
      `${label}: ${command} counts ${counted.length} of ${lines.length} events`,
    );
  }

  /** Another way to count the same, which stands beside it. */
  #besides(label: string, most: number): void {
    const reading = this.#subject.snapshot.read("second_memory_bytes");
    if (this.#second === undefined) {
      check(!isMeasured(reading), `${label}: no second source: ${describe(reading)}`);
      return;
    }
    const boxes = trafficOf(this.#second, this.#parameters);
    const packages = this.#sockets * (this.#sockets + 1) / 2;
    const off = new Worst();
    const expected = boxes.reduce((sum, box) => sum + BOTH(box), 0) * packages;
    off.add(readingApart(reading, expected), `of the host: ${describe(reading)}`);
    off.check(`${label}: the second source, for itself`, most);
  }
}

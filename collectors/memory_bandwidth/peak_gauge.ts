/**
 * The peak of the memory, of the host and of each of its controllers where that is known: from what the
 * firmware says of the modules, else from the memory's clock, which some controllers count.
 *
 * @module
 */
import { MEMORY_HOST, MEMORY_HOST_PEAK, MEMORY_PEAK } from "../catalogue/memory_bandwidth.ts";
import type { Column, Instances, RowWriter, Site, Tick } from "../collector.ts";
import type { UncoreBox } from "../uncore/counters.ts";
import { MemoryClocks } from "./clocks.ts";
import type { MemoryCount } from "./count.ts";
import type { MemoryPeak, NoPeak } from "./peak.ts";

/** A channel whose clock tells the peak is 64 bits wide, or two halves of that. */
const TRANSFER_BYTES = 8;
const TRANSFERS_PER_MT = 1e6;
const KEY = "peak";
const NOT_TWICE: NoPeak = {
  reason: "not_yet",
  message: "Cannot tell the peak of the memory from its clock: found it counted less than twice, " +
    "needs twice within 12 s",
  remedy: undefined,
};
const NOT_ALL: NoPeak = {
  reason: "not_counted",
  message: "Cannot tell the peak of the memory from its clock: found controllers that are not " +
    "counted, needs all of them to know which have memory",
  remedy: undefined,
};
const HOST = "all";

export class MemoryPeakGauge {
  readonly #site: Site;
  readonly #count: MemoryCount;
  readonly #known: MemoryPeak | NoPeak;
  readonly #column: Column;
  readonly #hostColumn: Column;
  readonly #host: Instances;
  /** Null where the firmware tells, or no clock is counted. */
  readonly #clocks: MemoryClocks | null;
  /** By slot: whether it was ever counted, and whether it moved anything then. */
  readonly #counted: boolean[] = [];
  readonly #active: boolean[] = [];
  #boxes: readonly UncoreBox[] = [];
  #slots: readonly number[] = [];
  /** By box: bytes a second; NaN where not known. */
  #shares = new Float64Array(0);
  #hostPeak = NaN;
  #told: NoPeak | null = null;
  /** Of the reading before: a fraction in a field may cost garbage. */
  readonly #monotonicMs = new Float64Array([NaN]);
  /** How the peak is worked out: a sentence; empty where there is none. */
  note = "";
  readonly #noted: () => void;

  /** `noted`: called when `note` is another one. */
  constructor(site: Site, count: MemoryCount, known: MemoryPeak | NoPeak, noted: () => void) {
    this.#site = site;
    this.#count = count;
    this.#known = known;
    this.#noted = noted;
    this.#column = site.column(MEMORY_PEAK);
    this.#hostColumn = site.column(MEMORY_HOST_PEAK);
    this.#host = site.instances(MEMORY_HOST);
    const { perChannel, boxes } = count.plan;
    const counts = perChannel && boxes.some(({ clock }) => clock !== undefined);
    this.#clocks = counts && !("channels" in known) ? new MemoryClocks(site.kernel, count) : null;
  }

  /**
   * Whether the firmware knows of as many channels as are counted here, each for itself, and all of them
   * with as much memory: what is spread over them comes to each.
   */
  get everyChannel(): boolean {
    const { plan, boxes } = this.#count;
    const known = this.#known;
    return plan.perChannel && "channels" in known && known.channels === boxes.length && known.even;
  }

  /** To be called once the count moves. Allocates nothing while nothing changes. */
  write(row: RowWriter, tick: Tick): void {
    const { boxes, bytes } = this.#count;
    let changed = boxes !== this.#boxes;
    if (changed) this.#seat(boxes);
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i]! >= 0 && this.#mark(this.#counted, i)) changed = true;
      if (bytes[i]! > 0 && this.#mark(this.#active, i)) changed = true;
    }
    if (this.#clocks !== null) {
      if (this.#isExceeded(tick)) this.#clocks.hurry();
      if (this.#clocks.read(tick)) changed = true;
    }
    if (changed) this.#spread(row);
    if (this.#clocks !== null && !(this.#hostPeak > 0)) {
      const why = this.#counts(this.#slots) ? this.#known as NoPeak : NOT_ALL;
      this.#tell(this.#clocks.isPending ? NOT_TWICE : why);
    }
  }

  close(): void {
    this.#clocks?.close();
  }

  /** Closes, and takes back what it said. */
  retire(): void {
    this.close();
    this.#site.resolve(KEY);
    this.#host.begin();
    this.#host.end();
  }

  /** Whether that is new of a box. */
  #mark(slots: boolean[], box: number): boolean {
    const slot = this.#slots[box]!;
    if (slots[slot]) return false;
    slots[slot] = true;
    return true;
  }

  #counts(slots: readonly number[]): boolean {
    for (let i = 0; i < slots.length; i++) if (!this.#counted[slots[i]!]) return false;
    return true;
  }

  #seat(boxes: readonly UncoreBox[]): void {
    const { counters } = this.#count;
    this.#boxes = boxes;
    this.#slots = boxes.map((box) => counters.slotOf(box));
    this.#shares = new Float64Array(boxes.length).fill(NaN);
  }

  /** Whether a box moved more since the reading before than it can by what is known. */
  #isExceeded({ monotonicMs }: Tick): boolean {
    const seconds = (monotonicMs - this.#monotonicMs[0]!) / 1000;
    this.#monotonicMs[0] = monotonicMs;
    const { bytes } = this.#count;
    for (let i = 0; i < bytes.length; i++) {
      if (bytes[i]! > this.#shares[i]! * seconds) return true;
    }
    return false;
  }

  #spread(row: RowWriter): void {
    const known = this.#known;
    this.#shares.fill(NaN);
    this.#hostPeak = NaN;
    if ("channels" in known) this.#byFirmware(known);
    else if (this.#clocks !== null) this.#byClock(this.#clocks);
    else this.#tell(known);
    this.#write(row);
  }

  #write(row: RowWriter): void {
    for (let i = 0; i < this.#slots.length; i++) {
      const [slot, share] = [this.#slots[i]!, this.#shares[i]!];
      if (share >= 0) row.gauge(this.#column, slot, share);
      else row.none(this.#column, slot);
    }
    const slot = this.#host.claim(HOST);
    if (this.#hostPeak > 0) {
      this.#site.resolve(KEY);
      this.#told = null;
      row.gauge(this.#hostColumn, slot, this.#hostPeak);
    } else row.none(this.#hostColumn, slot);
  }

  #byFirmware({ channels, bytesPerSecond, arithmetic }: MemoryPeak): void {
    const { perChannel, mayBeHalves } = this.#count.plan;
    const boxes = this.#slots.length;
    const active = this.#slots.filter((slot) => this.#active[slot]).length;
    const halves = 2 * channels;
    // Whole channels of which some are empty are as many: that more of them move data tells halves.
    const areHalves = mayBeHalves && active > channels && (boxes === halves || active === halves);
    const parts = areHalves ? halves : channels;
    const unfit = perChannel && active > parts
      ? `${active} controllers that move data, needs as many of both`
      : mayBeHalves && boxes < channels
      ? `${boxes} controllers, which may be halves of channels, needs as many or twice`
      : undefined;
    if (unfit !== undefined) {
      this.#tell({
        reason: "failed",
        message: `Cannot tell the peak of the memory: found ${channels} channels in the ` +
          `firmware's table and ${unfit}`,
      });
      return this.#note("");
    }
    this.#note(`Peak of the memory: ${arithmetic}.`);
    this.#hostPeak = bytesPerSecond;
    // Nobody tells how many channels a controller has, nor which of them have memory in them.
    if (!perChannel) {
      if (boxes === 1) this.#shares.fill(bytesPerSecond);
      return;
    }
    // Fewer than parts, as where a socket is offline: what the others could move is no part of the sum.
    if (boxes > parts && active !== parts) return;
    for (let i = 0; i < boxes; i++) {
      if (boxes === parts || this.#active[this.#slots[i]!]) {
        this.#shares[i] = bytesPerSecond / parts;
      } else this.#shares[i] = this.#idleShare(i);
    }
  }

  /** Of a box that moved nothing: a channel without memory can move nothing, what is not counted may. */
  #idleShare(box: number): number {
    return this.#counted[this.#slots[box]!] ? 0 : NaN;
  }

  #byClock(clocks: MemoryClocks): void {
    /** Of each channel, in millions of transfers. */
    const speeds: number[] = [];
    let sum = 0;
    for (const [i, box] of this.#boxes.entries()) {
      if (!this.#active[this.#slots[i]!]) {
        this.#shares[i] = this.#idleShare(i);
        continue;
      }
      const transfers = clocks.transfersOf(box);
      this.#shares[i] = transfers * TRANSFER_BYTES;
      sum += this.#shares[i]!;
      speeds.push(Math.round(transfers / TRANSFERS_PER_MT));
    }
    if (!(sum > 0)) {
      // A sum of some would be less than what the host can do.
      this.#shares.fill(NaN);
      this.#note("");
      return;
    }
    if (this.#counts(this.#slots)) this.#hostPeak = sum;
    const arithmetic = [...Map.groupBy(speeds, (speed) => speed)].map(([speed, { length }]) =>
      `${length} channel${length === 1 ? "" : "s"} × ${speed} MT/s × ${TRANSFER_BYTES} B`
    );
    this.#note(`Peak of the memory, by its clock: ${arithmetic.join(" + ")}.`);
  }

  #note(note: string): void {
    if (note === this.note) return;
    this.note = note;
    this.#noted();
  }

  /** Allocates nothing when it was told last. */
  #tell(cause: NoPeak): void {
    if (cause === this.#told) return;
    this.#told = cause;
    this.#site.report({ key: KEY, ...cause, metrics: [MEMORY_PEAK, MEMORY_HOST_PEAK] });
  }
}

/**
 * The peak of the memory, spread over its controllers: from what the firmware says of the modules, else
 * from the memory's clock, which some controllers count.
 *
 * @module
 */
import { MEMORY_PEAK } from "./catalogue/memory_bandwidth.ts";
import type { Column, RowWriter, Site, Tick } from "./collector.ts";
import { EventGroup } from "./event_group.ts";
import type { MemoryCount } from "./memory_count.ts";
import type { MemoryPeak, NoPeak } from "./memory_peak.ts";
import type { UncoreBox } from "./uncore_counters.ts";

/** A channel is 64 bits wide, or two halves of that. */
const TRANSFER_BYTES = 8;
/** So long the clock is counted, once. It costs one of the controller's counters meanwhile. */
const CLOCK_SECONDS = 1;
/** What no memory is slower or faster than, in transfers a second. */
const TRANSFERS_LEAST = 1e8;
const TRANSFERS_MOST = 5e10;
const TRANSFERS_PER_MT = 1e6;
const KEY = "peak";

export class MemoryPeakGauge {
  readonly #site: Site;
  readonly #count: MemoryCount;
  readonly #known: MemoryPeak | NoPeak;
  readonly #column: Column;
  /** By slot: whether it ever moved anything. */
  readonly #active: boolean[] = [];
  #boxes: readonly UncoreBox[] = [];
  #slots: readonly number[] = [];
  #clock: EventGroup | null = null;
  #clockSeconds = 0;
  /** Transfers a second of a channel, by its clock; NaN before it was counted, or where it is not. */
  #transfers = NaN;
  #asked = false;
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
  }

  /** Whether the firmware knows of as many channels as are counted here, each for itself. */
  get everyChannel(): boolean {
    const { plan, boxes } = this.#count;
    return plan.perChannel && "channels" in this.#known && this.#known.channels === boxes.length;
  }

  /** To be called once the count moves. Allocates nothing while nothing changes. */
  write(row: RowWriter, tick: Tick): void {
    const { boxes, bytes, counters } = this.#count;
    let changed = boxes !== this.#boxes;
    if (changed) {
      this.#boxes = boxes;
      this.#slots = boxes.map((box) => counters.slotOf(box));
    }
    for (let i = 0; i < bytes.length; i++) {
      if (!(bytes[i]! > 0) || this.#active[this.#slots[i]!]) continue;
      this.#active[this.#slots[i]!] = true;
      changed = true;
    }
    if (!this.#asked) {
      this.#asked = true;
      if (!("channels" in this.#known)) this.#startClock(tick.seconds);
    }
    if (this.#clock !== null && tick.seconds >= this.#clockSeconds + CLOCK_SECONDS) {
      this.#readClock(this.#clock);
      changed = true;
    }
    if (changed) this.#spread(row);
  }

  close(): void {
    this.#clock?.close();
    this.#clock = null;
  }

  /** Closes, and takes back what it said. */
  retire(): void {
    this.close();
    this.#site.resolve(KEY);
  }

  #spread(row: RowWriter): void {
    const slots = this.#slots;
    const { plan } = this.#count;
    const active = slots.filter((slot) => this.#active[slot]).length;
    const known = this.#known;
    if ("channels" in known) {
      const { channels, bytesPerSecond, arithmetic } = known;
      if (plan.perChannel && active > channels) {
        this.#tell({
          reason: "failed",
          message:
            `Cannot tell the peak of the memory: found ${channels} channels in the firmware's ` +
            `table and ${active} controllers that move data, needs as many of both`,
        });
        this.#note("");
        for (const slot of slots) row.none(this.#column, slot);
        return;
      }
      this.#note(`Peak of the memory: ${arithmetic}.`);
      const apart = plan.perChannel && active === channels;
      const even = bytesPerSecond / slots.length;
      if (apart) this.#share(row, bytesPerSecond / channels, 0);
      else this.#share(row, even, even);
    } else if (this.#transfers > 0) {
      const speed = `${Math.round(this.#transfers / TRANSFERS_PER_MT)} MT/s`;
      this.#note(
        `Peak of the memory, by its clock: ${active} channels × ${speed} × ${TRANSFER_BYTES} B.`,
      );
      this.#share(row, this.#transfers * TRANSFER_BYTES, 0);
    } else if (this.#clock === null) this.#tell(known);
  }

  #note(note: string): void {
    if (note === this.note) return;
    this.note = note;
    this.#noted();
  }

  /** A channel without memory can move nothing. */
  #share(row: RowWriter, used: number, unused: number): void {
    this.#site.resolve(KEY);
    for (const slot of this.#slots) {
      row.gauge(this.#column, slot, this.#active[slot] ? used : unused);
    }
  }

  #startClock(seconds: number): void {
    const { plan, counters } = this.#count;
    if (!plan.perChannel) return;
    for (const { pmu, cpu } of counters.counted) {
      const clock = plan.boxes.find((box) => box.pmu === pmu)?.clock;
      if (clock === undefined) continue;
      // One stands for all: channels of different speeds are set to the slowest.
      this.#clock = EventGroup.open(this.#site.kernel, cpu, [clock.event], () => {});
      this.#clockSeconds = seconds;
      return;
    }
  }

  #readClock(group: EventGroup): void {
    const clock = this.#count.plan.boxes.find((box) => box.clock !== undefined)!.clock!;
    if (group.read() === "whole" && group.scale.ran) {
      const { increases, enabledSeconds } = group.scale;
      const transfers = increases[0]! / enabledSeconds * clock.transfersPerCount;
      if (transfers >= TRANSFERS_LEAST && transfers <= TRANSFERS_MOST) this.#transfers = transfers;
    }
    this.close();
  }

  #tell({ reason, message, remedy }: NoPeak): void {
    this.#site.report({ key: KEY, reason, message, remedy, metrics: [MEMORY_PEAK] });
  }
}

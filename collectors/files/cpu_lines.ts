/**
 * Lines of `/proc/stat` that go on from reading to reading. In a container of LXC, lxcfs numbers the CPUs
 * of the cpuset anew: when that is changed, `cpu0` goes on with the times of another CPU. The kernel too
 * moves a long idle time at once from iowait to idle, when who waited wakes elsewhere.
 *
 * @module
 */
import { USER_HZ } from "../host/user_hz.ts";

/** A CPU spends a second in a second: with room for a reading that is late in its tick, and for steps of 10 ms. */
const TICKS_PER_MS_MOST = 1.25 * USER_HZ / 1000;
const TICKS_LATE_MOST = USER_HZ / 2;
/** User, nice and system, which never fall; idle and iowait do. */
const RISING = 3;
const FALL_MOST = USER_HZ;

export class CpuLines {
  readonly #modes: number;
  /** By slot and mode, as they are told: what the file has and what was counted under the number before. */
  #last = new Float64Array(0);
  #offsets = new Float64Array(0);
  /** By slot: the reading in which it was last there. */
  #seenIn = new Float64Array(0);
  #reading = 0;
  #most = Infinity;

  constructor(modes: number) {
    this.#modes = modes;
  }

  /** Begins a reading, so long after the last one; NaN where that is not known. */
  begin(elapsedMs: number): void {
    this.#reading++;
    this.#most = elapsedMs * TICKS_PER_MS_MOST + TICKS_LATE_MOST;
  }

  /** A CPU came to this slot. */
  came(slot: number): void {
    if (slot >= this.#seenIn.length) this.#makeRoom(slot + 1);
    this.#offsets.fill(0, slot * this.#modes, (slot + 1) * this.#modes);
    this.#seenIn[slot] = -1;
  }

  /**
   * Takes in the ticks of a line and makes them those that are told, which go on. Whether they can be
   * those of the CPU of the last reading: where not, nobody knows by what they rose.
   */
  follow(slot: number, ticks: Float64Array): boolean {
    const first = slot * this.#modes;
    const isKnown = this.#seenIn[slot] === this.#reading - 1;
    this.#seenIn[slot] = this.#reading;
    let goesOn = true;
    for (let mode = 0; mode < this.#modes; mode++) {
      const rise = ticks[mode]! + this.#offsets[first + mode]! - this.#last[first + mode]!;
      if (isKnown && (rise > this.#most || (mode < RISING && rise < -FALL_MOST))) goesOn = false;
    }
    for (let mode = 0; mode < this.#modes; mode++) {
      const at = first + mode;
      if (!goesOn) this.#offsets[at] = this.#last[at]! - ticks[mode]!;
      const told = ticks[mode]! + this.#offsets[at]!;
      const fall = this.#last[at]! - told;
      // A step back, also of a small time: one below half of it would pass for a counter that began anew.
      const stepped = isKnown && mode >= RISING && fall > 0 && fall <= FALL_MOST;
      ticks[mode] = stepped ? this.#last[at]! : told;
      this.#last[at] = ticks[mode]!;
    }
    return goesOn;
  }

  #makeRoom(slots: number): void {
    const grown = (from: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> => {
      const into = new Float64Array(length);
      into.set(from);
      return into;
    };
    this.#last = grown(this.#last, slots * this.#modes);
    this.#offsets = grown(this.#offsets, slots * this.#modes);
    this.#seenIn = grown(this.#seenIn, slots);
  }
}

/**
 * The clock of the memory, of each socket its own, as its controllers count it. It is counted now and
 * then, for a second: meanwhile it costs one of the controller's counters. A host that rests may clock
 * its memory down, so the fastest is kept, and nothing is told before it was counted twice.
 *
 * @module
 */
import type { Tick } from "../collector.ts";
import { EventGroup } from "../counters/event_group.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { MemoryClock } from "../pmu/memory_source.ts";
import type { UncoreBox } from "../uncore/counters.ts";
import type { MemoryCount } from "./count.ts";

const COUNTED_SECONDS = 1;
const SOON_SECONDS = 10;
const SELDOM_SECONDS = 300;
const ROUNDS_LEAST = 2;
/** A socket whose clock cannot be counted is not asked for it every ten seconds for ever. */
const SOON_ROUNDS_MOST = 4;
/** What no memory is slower or faster than, in transfers a second. */
const TRANSFERS_LEAST = 1e8;
const TRANSFERS_MOST = 5e10;
/** A clock is the same one up to this much: what is worked out from it does not change all the time. */
const SAME_CLOCK = 1.005;

interface Socket {
  /** Transfers a second; the most that was found. */
  transfers: number;
  rounds: number;
  /** Of the rounds, those in which it was counted. */
  counted: number;
}

interface Running {
  readonly socket: Socket;
  readonly clock: MemoryClock;
  readonly group: EventGroup;
}

export class MemoryClocks {
  readonly #kernel: Kernel;
  readonly #count: MemoryCount;
  readonly #sockets = new Map<string | undefined, Socket>();
  #running: readonly Running[] = [];
  #startedSeconds = 0;
  #nextSeconds = -Infinity;
  #boxes: readonly UncoreBox[] = [];

  constructor(kernel: Kernel, count: MemoryCount) {
    this.#kernel = kernel;
    this.#count = count;
  }

  /** Whether it is counted now, or is to be counted before anything is told. */
  get isPending(): boolean {
    if (this.#running.length > 0) return true;
    for (const each of this.#sockets.values()) if (isOpen(each)) return true;
    return false;
  }

  /** Transfers a second of a channel of the socket; NaN before its clock was counted twice. */
  transfersOf({ groups }: UncoreBox): number {
    const socket = this.#sockets.get(groups.socket);
    return socket === undefined || socket.counted < ROUNDS_LEAST ? NaN : socket.transfers;
  }

  /** True when something is told that was not before. Allocates only when counting begins. */
  read(tick: Tick): boolean {
    if (this.#running.length > 0) {
      return tick.seconds >= this.#startedSeconds + COUNTED_SECONDS && this.#finish();
    }
    const { boxes } = this.#count;
    const isNew = boxes !== this.#boxes;
    this.#boxes = boxes;
    if (isNew || tick.seconds >= this.#nextSeconds) this.#start(tick.seconds);
    return false;
  }

  /** More moves than the clock allows: perhaps it is faster by now. */
  hurry(): void {
    this.#nextSeconds = Math.min(this.#nextSeconds, this.#startedSeconds + SOON_SECONDS);
  }

  close(): void {
    for (const { group } of this.#running) group.close();
    this.#running = [];
  }

  #start(seconds: number): void {
    const { plan, counters } = this.#count;
    const running: Running[] = [];
    const asked = new Set<string | undefined>();
    for (const { pmu, cpu, groups } of counters.counted) {
      // One channel stands for its socket: channels of different speeds are set to the slowest.
      if (asked.has(groups.socket)) continue;
      const clock = plan.boxes.find((box) => box.pmu === pmu)?.clock;
      if (clock === undefined) continue;
      asked.add(groups.socket);
      const socket = this.#socket(groups.socket);
      socket.rounds++;
      const group = EventGroup.open(this.#kernel, cpu, [clock.event], () => {});
      if (group !== null) running.push({ socket, clock, group });
    }
    this.#running = running;
    this.#startedSeconds = seconds;
    this.#plan();
  }

  #plan(): void {
    const isSoon = [...this.#sockets.values()].some(isOpen);
    this.#nextSeconds = this.#startedSeconds + (isSoon ? SOON_SECONDS : SELDOM_SECONDS);
  }

  #socket(name: string | undefined): Socket {
    let socket = this.#sockets.get(name);
    if (socket === undefined) {
      this.#sockets.set(name, socket = { transfers: 0, rounds: 0, counted: 0 });
    }
    return socket;
  }

  #finish(): boolean {
    let changed = false;
    for (const { socket, clock, group } of this.#running) {
      const transfers = transfersIn(group, clock);
      if (!(transfers >= TRANSFERS_LEAST && transfers <= TRANSFERS_MOST)) continue;
      socket.counted++;
      const isFaster = transfers > socket.transfers * SAME_CLOCK;
      if (isFaster) socket.transfers = transfers;
      changed ||= isFaster || socket.counted === ROUNDS_LEAST;
    }
    this.close();
    this.#plan();
    return changed;
  }
}

function isOpen({ counted, rounds }: Socket): boolean {
  return counted < ROUNDS_LEAST && rounds < SOON_ROUNDS_MOST;
}

/** Transfers a second since the group was opened; NaN where it was not counted. */
function transfersIn(group: EventGroup, { transfersPerCount }: MemoryClock): number {
  if (group.read() !== "whole" || !group.scale.ran) return NaN;
  const { increases, enabledSeconds } = group.scale;
  return increases[0]! / enabledSeconds * transfersPerCount;
}

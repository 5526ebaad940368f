/**
 * Sockets whose memory controllers all stand while those of others move: their counters do not count
 * (firmware hides them, or the driver found them at a wrong place), and a zero would halve the sum. A
 * socket without memory is told by its NUMA nodes, and its zeros are true.
 *
 * @module
 */
import type { RowWriter, Site, Tick } from "../collector.ts";
import { cpuListOf, namesIn, numberOf, textOf } from "../files/text.ts";
import { socketOf } from "../host/topology.ts";
import { type MemoryTarget, metricsOf } from "./boxes.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { perfFamily } from "../pmu/memory_terms.ts";
import type { MemoryPlan } from "../pmu/memory_source.ts";
import { TermColumns } from "../counters/term_columns.ts";
import type { UncoreBox, UncoreCounters } from "../uncore/counters.ts";

const NODES = "/sys/devices/system/node";
/** Counted for so long without a single line, a socket is told. */
const STILL_SECONDS = 3;
/** Judged only while the others move as much in a second, together. */
const OTHERS_LEAST = 64 * 2 ** 20;
const NO_SOCKET = "";
const MOVES = 0;

interface Socket {
  readonly name: string;
  /** Seconds that it was counted and stood while others moved; shown only where 0. */
  still: number;
  told: boolean;
  /** Its NUMA nodes have none; null: not asked yet. */
  bare: boolean | null;
}

/** What was counted last. */
export interface CountedBoxes {
  readonly boxes: readonly UncoreBox[];
  readonly bytes: Float64Array;
  readonly counters: UncoreCounters;
}

export class MemorySockets {
  readonly #site: Site;
  readonly #target: MemoryTarget;
  readonly #who: string;
  readonly #columns: TermColumns;
  #sockets: readonly Socket[] = [];
  #boxes: readonly UncoreBox[] = [];
  #slots: readonly number[] = [];
  /** By box: its socket, by place. */
  #socketOf: readonly number[] = [];
  /** By socket: bytes, and readings of boxes, since the last whole second. */
  #sums = new Float64Array(0);
  #counted = new Float64Array(0);
  #seconds = 0;

  constructor(site: Site, { name, boxes }: MemoryPlan, target: MemoryTarget) {
    this.#site = site;
    this.#target = target;
    this.#who = `${name} (${perfFamily(boxes[0]!.pmu)})`;
    this.#columns = new TermColumns(site, metricsOf(target).map((metric) => ({ metric })));
  }

  /** Makes absent the boxes of sockets that stand. Allocates nothing while nothing changes. */
  judge(row: RowWriter, tick: Tick, last: CountedBoxes): void {
    // Boxes that were opened in this reading have counted no time yet.
    const anew = last.boxes !== this.#boxes;
    if (anew) this.#seat(last);
    if (this.#sockets.length < 2) return;
    if (anew) this.#begin(tick);
    else {
      this.#addUp(last.bytes);
      if (tick.seconds > this.#seconds) {
        this.#weigh(tick.seconds - this.#seconds);
        this.#begin(tick);
      }
    }
    for (let i = 0; i < this.#slots.length; i++) {
      if (this.#sockets[this.#socketOf[i]!]!.still > MOVES) {
        this.#columns.writeNone(row, this.#slots[i]!);
      }
    }
  }

  /** Takes back what it said. */
  retire(): void {
    for (const socket of this.#sockets) if (socket.told) this.#site.resolve(this.#keyOf(socket));
    this.#sockets = [];
    this.#boxes = [];
  }

  #seat({ boxes, counters }: CountedBoxes): void {
    const names = [...new Set(boxes.map(({ groups }) => groups.socket ?? NO_SOCKET))];
    const known = new Map(this.#sockets.map((socket) => [socket.name, socket]));
    for (const [name, socket] of known) {
      if (!names.includes(name) && socket.told) this.#site.resolve(this.#keyOf(socket));
    }
    this.#sockets = names.map((name) => ({
      name,
      still: known.get(name)?.still ?? MOVES,
      told: known.get(name)?.told ?? false,
      // Memory comes and goes with the CPUs of its node.
      bare: null,
    }));
    this.#boxes = boxes;
    this.#slots = boxes.map((box) => counters.slotOf(box));
    this.#socketOf = boxes.map(({ groups }) => names.indexOf(groups.socket ?? NO_SOCKET));
    this.#sums = new Float64Array(names.length);
    this.#counted = new Float64Array(names.length);
    // It may have other boxes now.
    for (const [i, socket] of this.#sockets.entries()) if (socket.told) this.#tell(socket, i);
  }

  #begin({ seconds }: Tick): void {
    this.#sums.fill(0);
    this.#counted.fill(0);
    this.#seconds = seconds;
  }

  #addUp(bytes: Float64Array): void {
    for (let i = 0; i < bytes.length; i++) {
      const own = bytes[i]!;
      if (own !== own) continue;
      const place = this.#socketOf[i]!;
      this.#sums[place] = this.#sums[place]! + own;
      this.#counted[place] = this.#counted[place]! + 1;
      if (own > 0 && this.#sockets[place]!.still > MOVES) this.#moves(this.#sockets[place]!);
    }
  }

  #weigh(seconds: number): void {
    let all = 0;
    for (let i = 0; i < this.#sums.length; i++) all += this.#sums[i]!;
    if (all < OTHERS_LEAST * seconds) return;
    for (let i = 0; i < this.#sockets.length; i++) {
      if (this.#sums[i]! > 0 || this.#counted[i] === 0) continue;
      const socket = this.#sockets[i]!;
      socket.bare ??= hasNoMemory(this.#site.tree, socket.name);
      if (socket.bare) continue;
      socket.still += seconds;
      if (socket.still >= STILL_SECONDS && !socket.told) this.#tell(socket, i);
    }
  }

  #moves(socket: Socket): void {
    socket.still = MOVES;
    if (!socket.told) return;
    socket.told = false;
    this.#site.resolve(this.#keyOf(socket));
  }

  #tell(socket: Socket, place: number): void {
    socket.told = true;
    const where = socket.name === NO_SOCKET
      ? "a socket that is not known"
      : `socket ${socket.name}`;
    this.#site.report({
      key: this.#keyOf(socket),
      reason: "failed",
      message:
        `Cannot count memory traffic on ${where} with ${this.#who}: found counts that stay ` +
        `at zero while the others move, needs counts that move`,
      metrics: metricsOf(this.#target),
      instances: this.#boxes.filter((_, i) => this.#socketOf[i] === place).map(({ name }) => name),
    });
  }

  #keyOf({ name }: Socket): string {
    return `${this.#target}/socket/${name}`;
  }
}

/**
 * Whether the kernel says that a socket has no memory: of `/sys/devices/system/node/nodeN`, those with
 * CPUs of it have a `MemTotal` of 0 in `meminfo`. Not where it says nothing.
 */
export function hasNoMemory(tree: HostTree, socket: string): boolean {
  const nodes = (namesIn(tree, NODES) ?? []).filter((node) =>
    /^node\d+$/.test(node) &&
    cpuListOf(tree, `${NODES}/${node}/cpulist`)?.some((cpu) => socketOf(tree, cpu) === socket)
  );
  return nodes.length > 0 &&
    nodes.every((node) =>
      numberOf(textOf(tree, `${NODES}/${node}/meminfo`), /\bMemTotal:\s+(\d+) kB/) === 0
    );
}

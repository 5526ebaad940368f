/**
 * What a collector is, and what it is handed. It knows the interfaces of the machine and the columns
 * that its catalogue entries earned it; it does not know the ring, other collectors, JSON or HTML.
 *
 * @module
 */
import type { HostProfile } from "./host/profile.ts";
import type { HostTree } from "./kernel/host_tree.ts";
import type { Clock, Kernel } from "./kernel/kernel.ts";
import type { Source } from "./source.ts";
import type { Problem, Reason } from "./trust.ts";

/** Handle of a measured metric: an index that stays valid when columns move. */
export type Column = number & { readonly __column: unique symbol };

/** Slot of a host-wide metric. */
export const HOST_SLOT = 0;
/** `Instances.lookup`: never seen. */
export const UNKNOWN = -1;
/** `Instances.lookup`: seen and left out on purpose. */
export const IGNORED = -2;

/**
 * Where a collector puts what it read. Nothing here allocates. Cells keep their value from tick to
 * tick until they are written again, or until the collector fails: then all its cells become absent.
 */
export interface RowWriter {
  /** A value as it is now. NaN is refused: use `none`. */
  gauge(column: Column, slot: number, value: number): void;
  /** The same for a fraction, from a cell: a fraction that is handed over may cost garbage. */
  gaugeFrom(column: Column, slot: number, cells: Float64Array, at: number): void;
  /**
   * A total as the kernel counts it. The row holds its own total, which never falls: a raw value a
   * little below the last one adds nothing until it is passed again (the kernel's iowait does that), a
   * raw value far below is a counter that began anew. By what it rose then is not known, so it is absent.
   */
  count(column: Column, slot: number, raw: number): void;
  /**
   * The same for a counter that begins again at 0 when it would reach `wrapAt`. `most`: what it can have
   * risen by since the last reading, or more; a fall that would be more than that is no wrap.
   */
  countWrapping(column: Column, slot: number, raw: number, wrapAt: number, most: number): void;
  /**
   * The total of another counter than before under the same name: the row's own goes on from here, and by
   * what it rose is not known.
   */
  countAnew(column: Column, slot: number, raw: number): void;
  /** An increase that the collector worked out itself. Negative ones add nothing. */
  add(column: Column, slot: number, increase: number): void;
  /** Not measured for this instance, this time. */
  none(column: Column, slot: number): void;
}

/**
 * Instances of one scope: which disk has which slot. Known names are found from bytes without
 * allocating, fastest when they come in the same order each time.
 */
export interface Instances {
  /**
   * Slot of a name, claiming one for a new name; `IGNORED` when no more are to be had. Its labels are
   * these from now on, and so are its groups, by grouping; without groups it keeps those it has.
   */
  claim(
    name: string,
    labels?: Readonly<Record<string, string>>,
    groups?: Readonly<Record<string, string>>,
  ): number;
  /** From now on `lookup` answers `IGNORED` for this name. */
  ignore(name: string): void;
  /** Slot, `UNKNOWN` or `IGNORED`, for a name as it stands in a file. Marks the instance as present. */
  lookup(bytes: Uint8Array, start: number, end: number): number;
  /** Slot of the instance named by a whole number (a CPU, a node), or `UNKNOWN`. */
  number(n: number): number;
  /** The slots in use: another list whenever somebody comes, goes or belongs to other groups. */
  slots(): readonly number[];
  /** What the machine calls the instance: for paths. What is shown of it is `printable`. */
  nameOf(slot: number): string;
  /** Begins a pass over all that exist. */
  begin(): void;
  /** Ends it: what was neither claimed nor looked up since `begin` is gone, and its cells are absent. */
  end(): void;
}

/** The time of the tick that a collector reads in. */
export interface Tick {
  readonly monotonicMs: number;
  /** Whole seconds of CLOCK_MONOTONIC, for what is due seldom: to compare fractions costs garbage. */
  readonly seconds: number;
}

/** What a collector is given when it opens. */
export interface Site {
  readonly kernel: Kernel;
  readonly tree: HostTree;
  readonly clock: Clock;
  readonly profile: HostProfile;
  /**
   * The handle of one of its own metrics. Throws for an id that is not in the catalogue. What is written
   * is divided by `perUnit`: 100 for a metric in seconds whose file counts ticks. Whole numbers as they
   * stand in a file cost no garbage, fractions do.
   */
  column(metric: string, perUnit?: number): Column;
  instances(scope: string): Instances;
  /** States a cause that costs some metrics or one instance, while the rest goes on. Idempotent by key. */
  report(problem: Omit<Problem, "collector">): void;
  /** The cause of that key is gone. */
  resolve(key: string): void;
  /**
   * Says where its counts come from on this machine, in place of what it said before. Forgotten when
   * it fails or is closed.
   */
  sources(list: readonly Source[]): void;
}

/** An opened collector. */
export interface Reader {
  /** Reads everything once. Throws `CollectorError` (or anything) to fail this tick, and only itself. */
  read(row: RowWriter, tick: Tick): void;
  /** Gives back every descriptor. Called once, also after a failed read. */
  close(): void;
}

/**
 * `minIntervalMs` of text that the kernel writes anew for each reading, which takes it twenty to fifty
 * microseconds a file, many times what a counter takes. Nobody is shown anything finer than 100 ms, CPU
 * time moves in steps of 10 ms, and windows of a second still begin and end within a twentieth of
 * themselves.
 */
export const TEXT_INTERVAL_MS_LEAST = 50;

/** One collector: a file of this folder, a line of the registry. */
export interface CollectorSpec {
  /** The name of its file. */
  readonly id: string;
  /** Not worth reading more often than this; 0: every tick. */
  readonly minIntervalMs: number;
  /** Read only while somebody looks. */
  readonly watchedOnly?: true;
  /** Whether such machines may have any of it at all; absent: all may. Where not, nobody misses it. */
  readonly applies?: (profile: HostProfile) => boolean;
  /** Opens what it reads. Throws `CollectorError` when nothing of it can be had. */
  open(site: Site): Reader;
}

/** A failure that says its cause: the collector's cells become absent with it. */
export class CollectorError extends Error {
  override readonly name = "CollectorError";
  readonly reason: Reason;
  readonly remedy: string | undefined;

  /** `message`: what was tried, on what, what was found, what is needed; capital first, no full stop. */
  constructor(reason: Reason, message: string, remedy?: string) {
    super(message);
    this.reason = reason;
    this.remedy = remedy;
  }
}

/**
 * When something that failed is tried again, ms. What a machine lacks may come (a module is loaded, a
 * drive plugged in), but not soon; and an error thrown through the tick makes V8 throw away and build
 * again some 75 kB of optimized code.
 */
export function retryAfterMs(reason: Reason): number {
  return reason === "not_supported" ? 1_800_000 : 5000;
}

/** A file that does not hold what its format says. `found` is quoted in the message. */
export function malformed(path: string, found: string, needed: string): CollectorError {
  return new CollectorError(
    "failed",
    `Cannot read "${path}": found ${JSON.stringify(found.slice(0, 80))}, needs ${needed}`,
  );
}

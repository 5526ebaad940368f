/**
 * The events of one source on one PMU: by the names that its driver gives them, else by number, placed as
 * its `format/` says; and what a count of them is worth in bytes.
 *
 * @module
 */
import type { NamedEvent, PmuDevice } from "./device.ts";
import { type EncodedEvent, encodeEvent, type EventTerm, hex, parseEventTerms } from "./format.ts";
import type {
  MemoryBox,
  MemoryEvent,
  MemoryEvents,
  MemorySource,
  MemoryTerm,
} from "./memory_source.ts";
import type { PmuEvent } from "./pmu_event.ts";
import type { RecipeProvenance } from "./recipe.ts";

/** What is counted on a PMU, whichever of its CPUs is asked, and who vouches for it. */
export interface CountedMemory {
  readonly box: Omit<MemoryBox, "pmu" | "cpu">;
  readonly provenance: RecipeProvenance;
}

const BEST_FIRST: readonly RecipeProvenance[] = ["kernel", "vendor", "third_party", "unverified"];

/** Units of `events/*.unit` that are amounts of data. */
const UNIT_BYTES: Readonly<Record<string, number>> = {
  Bytes: 1,
  B: 1,
  KiB: 2 ** 10,
  KB: 1e3,
  MiB: 2 ** 20,
  MB: 1e6,
  GiB: 2 ** 30,
  GB: 1e9,
};
/** Scales are decimal numbers of some digits; what they stand for is a whole number of bytes. */
const ROUNDING = 1e-6;

interface Placed {
  readonly event: PmuEvent;
  /** What sysfs says that a count is worth: known only where it names the event. */
  readonly bytes: number | undefined;
}

/** All terms of the source, or why one of them cannot be counted: `no event "cas_count_read" and ...`. */
export function memoryTerms(device: PmuDevice, source: MemorySource): CountedMemory | string {
  const box: { -readonly [part in keyof CountedMemory["box"]]: CountedMemory["box"][part] } = {};
  let provenance: RecipeProvenance = "kernel";
  for (const part of ["reads", "writes", "combined"] as const) {
    const wanted = source[part];
    if (wanted === undefined) continue;
    const placed = placeAll(device, wanted, source);
    if (typeof placed === "string") return placed;
    const inSysfs = source.bytesFrom === "entry" ? undefined : agreed(placed);
    box[part] = termOf(placed, inSysfs ?? wanted.bytes);
    if (inSysfs === undefined) provenance = worse(provenance, source.provenance);
  }
  if (source.clock !== undefined) {
    const { event, transfersPerCount } = source.clock;
    const clock = place(device, event, source);
    // Without it there is less to say of the peak, and all to say of the traffic.
    if (typeof clock !== "string") box.clock = { event: clock[0]!.event, transfersPerCount };
  }
  return { box, provenance };
}

/**
 * What perf calls all PMUs of one kind by, leaving out the number that tells them apart: decimal, or on
 * Arm an address of three and more hexadecimal digits (tools/perf/util/pmu.c).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { perfFamily } from "./memory_terms.ts";
 *
 * assertEquals(perfFamily("uncore_imc_free_running_0"), "uncore_imc_free_running");
 * assertEquals(perfFamily("arm_dmc620_10008c000"), "arm_dmc620");
 * assertEquals(perfFamily("meson_ddr_bw"), "meson_ddr_bw");
 * ```
 */
export function perfFamily(name: string): string {
  return name.replace(/_(\d+|[0-9a-f]{3,})$/, "");
}

function termOf(placed: readonly Placed[], bytesPerCount: number): MemoryTerm {
  return { events: placed.map(({ event }) => event), bytesPerCount };
}

/** What a count is worth, where sysfs says it of every event, and the same. */
function agreed(placed: readonly Placed[]): number | undefined {
  const [first] = placed;
  return placed.every(({ bytes }) => bytes === first?.bytes) ? first?.bytes : undefined;
}

function placeAll(
  device: PmuDevice,
  { events }: MemoryEvents,
  source: MemorySource,
): readonly Placed[] | string {
  const all: Placed[] = [];
  for (const event of events) {
    const placed = place(device, event, source);
    if (typeof placed === "string") return placed;
    all.push(...placed);
  }
  return all;
}

/** Several where a pattern names several. Never empty. */
function place(
  device: PmuDevice,
  wanted: MemoryEvent,
  { namesErr }: MemorySource,
): readonly Placed[] | string {
  const named = byName(device, wanted);
  if (named.length > 0 && namesErr === undefined) return named;
  const numbered = byNumber(device, wanted);
  if (typeof numbered === "string") return named.length > 0 ? named : numbered;
  const [same] = named.filter(({ event }) => isSame(event, numbered.event));
  return [same ?? numbered];
}

function byName(device: PmuDevice, { named, filter }: MemoryEvent): readonly Placed[] {
  if (named === undefined) return [];
  const names = [...device.events.keys()].filter((name) =>
    typeof named === "string" ? name === named : named.test(name)
  );
  // Where its parts have names of their own, a name stands for them once more, or for one of them.
  const parts = names.filter((name) => !names.some((other) => other.startsWith(`${name}_`)));
  return parts.toSorted().flatMap((name) => {
    const found = device.events.get(name)!;
    const terms = filter === undefined ? found.terms : [...found.terms, ...parseEventTerms(filter)];
    const words = encoded(terms, device);
    if (typeof words === "string") return [];
    const text = filter === undefined ? name : `${name},${filter}`;
    return { event: eventOf(device, text, words), bytes: bytesOf(found) };
  });
}

function byNumber(device: PmuDevice, wanted: MemoryEvent): Placed | string {
  const { named, terms, config } = wanted;
  const absent = named === undefined ? "" : `no event ${shown(named)}`;
  if (terms === undefined) return absent;
  const words = encoded(parseEventTerms(terms), device);
  if (typeof words !== "string") {
    return { event: eventOf(device, terms, words), bytes: undefined };
  }
  const bare = device.formats.size === 0 && !device.faults.some((line) => /^format\//.test(line));
  if (bare && config !== undefined) {
    const event = { name: nameOf(device, `config=${hex(config)}`), type: device.type, config };
    return { event, bytes: undefined };
  }
  return (absent === "" ? "" : `${absent} and `) + `a format that "${terms}" does not fit`;
}

/** A pattern as the plainest name that it fits. */
function shown(named: string | RegExp): string {
  if (typeof named === "string") return `"${named}"`;
  const plain = named.source.replace(/[\^$]|\([^)]*\)\?/g, "").replaceAll("\\d+", "01");
  return `such as "${plain}"`;
}

function encoded(terms: readonly EventTerm[], { formats }: PmuDevice): EncodedEvent | string {
  try {
    return encodeEvent(terms, formats);
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Words that are 0 stay out, as in the events of cores. */
function eventOf(device: PmuDevice, text: string, words: EncodedEvent): PmuEvent {
  const { config, config1, config2, config3 } = words;
  return {
    name: nameOf(device, text),
    type: device.type,
    config,
    ...(config1 === 0n ? {} : { config1 }),
    ...(config2 === 0n ? {} : { config2 }),
    ...(config3 === 0n ? {} : { config3 }),
  };
}

function nameOf({ name }: PmuDevice, text: string): string {
  return `${perfFamily(name)}/${text}/`;
}

function isSame(a: PmuEvent, b: PmuEvent): boolean {
  return a.config === b.config && a.config1 === b.config1 && a.config2 === b.config2 &&
    a.config3 === b.config3;
}

/** What the driver says of a count; undefined where it says nothing, or nothing that is understood. */
function bytesOf({ scale, unit }: NamedEvent): number | undefined {
  const unitBytes = UNIT_BYTES[unit ?? ""];
  if (unitBytes === undefined) return undefined;
  // A driver that counts in a large unit has a scale: here its file could not be read.
  if (scale === 1 && unitBytes > 1) return undefined;
  const bytes = scale * unitBytes;
  const whole = Math.round(bytes);
  return Math.abs(bytes - whole) <= whole * ROUNDING ? whole : bytes;
}

/** The one that vouches for less. */
export function worse(a: RecipeProvenance, b: RecipeProvenance): RecipeProvenance {
  return BEST_FIRST.indexOf(a) < BEST_FIRST.indexOf(b) ? b : a;
}

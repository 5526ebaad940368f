/**
 * How a PMU's events are written, and where their parts go: `format/` and `events/` of
 * `/sys/bus/event_source/devices/<pmu>/` (Documentation/ABI/testing/sysfs-bus-event_source-devices-*).
 * With `format/event` = `config:0-7,32-35` and `format/umask` = `config:8-15`, the text
 * `event=0x1a0,umask=0x1` becomes
 *
 *     config  bits 32-35  bits 8-15  bits 0-7
 *             0x1         0x01       0xa0       = 0x1000001a0
 *
 * @module
 */
import { formatCpuList } from "./cpu_list.ts";

/** The word of `perf_event_attr` that a part goes to. */
export type ConfigWord = "config" | "config1" | "config2" | "config3";

/** One file of `format/`. */
export interface FormatField {
  readonly word: ConfigWord;
  /** Where the bits of a value go, its lowest first; ascending. */
  readonly bits: readonly number[];
}

/** One part of an event: `umask=0x4f`. */
export interface EventTerm {
  readonly name: string;
  readonly value: bigint;
}

/** An event in the words of `perf_event_attr`. */
export type EncodedEvent = Readonly<Record<ConfigWord, bigint>>;

const WORDS: readonly ConfigWord[] = ["config", "config1", "config2", "config3"];
const WORD_BITS = 64;
const SHOWN_CHARACTERS = 80;

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, SHOWN_CHARACTERS));
}

function isWord(name: string | undefined): name is ConfigWord {
  return WORDS.some((word) => word === name);
}

/**
 * One file of `format/`. Throws a `RangeError` for anything but a word and ranges of its 64 bits.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseFormat } from "./format.ts";
 *
 * assertEquals(parseFormat("config:0-2,32\n"), { word: "config", bits: [0, 1, 2, 32] });
 * ```
 */
export function parseFormat(text: string): FormatField {
  const [, word, ranges] = /^(\w+):([\d,-]+)$/.exec(text.trim()) ?? [];
  const bits = new Set<number>();
  let broken = !isWord(word) || ranges === undefined;
  for (const range of ranges?.split(",") ?? []) {
    const [, first, last = first] = /^(\d{1,2})(?:-(\d{1,2}))?$/.exec(range) ?? [];
    if (!(Number(first) <= Number(last) && Number(last) < WORD_BITS)) broken = true;
    for (let bit = Number(first); bit <= Number(last); bit++) bits.add(bit);
  }
  if (broken) {
    throw new RangeError(
      `Cannot read format: found ${quoted(text.trim())}, ` +
        `needs config, config1, config2 or config3 and ranges of bits such as config:0-7,32-35`,
    );
  }
  return { word: word as ConfigWord, bits: [...bits].toSorted((a, b) => a - b) };
}

/** Puts a value's bits where the field has them. Throws a `RangeError` for one that is too wide. */
export function deposit(field: FormatField, value: bigint): bigint {
  let word = 0n;
  let rest = value;
  for (const bit of field.bits) {
    if (rest & 1n) word |= 1n << BigInt(bit);
    rest >>= 1n;
  }
  // A negative number keeps its sign however far it is shifted.
  if (rest === 0n) return word;
  throw new RangeError(
    `Cannot place ${hex(value)} in ${field.word}:${formatCpuList(field.bits)}: ` +
      `needs ${field.bits.length} bits or fewer`,
  );
}

/** The value whose bits `deposit` put there. */
export function extract(field: FormatField, word: bigint): bigint {
  return field.bits.reduce(
    (value, bit, place) => value | (word >> BigInt(bit) & 1n) << BigInt(place),
    0n,
  );
}

/**
 * One file of `events/`: `term[=value]` and commas; a term without value is 1. Throws a `RangeError`
 * for anything else, such as a value that the user has to supply (`chip=?`).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseEventTerms } from "./format.ts";
 *
 * assertEquals(parseEventTerms("event=0xc4,inv\n"), [
 *   { name: "event", value: 0xc4n },
 *   { name: "inv", value: 1n },
 * ]);
 * ```
 */
export function parseEventTerms(text: string): readonly EventTerm[] {
  return text.trim().split(",").map((part) => {
    const [, name, value] = /^([A-Za-z_]\w*)(?:=(0[xX][0-9A-Fa-f]{1,16}|\d{1,20}))?$/.exec(part) ??
      [];
    const number = BigInt(value ?? 1);
    if (name !== undefined && number < 1n << 64n) return { name, value: number };
    throw new RangeError(
      `Cannot read event ${quoted(text.trim())}: found ${quoted(part)}, ` +
        (part.endsWith("=?")
          ? "needs a number, which only the user can supply"
          : "needs term=number below 2^64"),
    );
  });
}

/**
 * An event's words. Terms that are named like a word fill it; fields may overlap, and what several
 * put there is joined, as perf does. Throws a `RangeError` for a term that the PMU does not have.
 */
export function encodeEvent(
  terms: readonly EventTerm[],
  formats: ReadonlyMap<string, FormatField>,
): EncodedEvent {
  const words = { config: 0n, config1: 0n, config2: 0n, config3: 0n };
  for (const { name, value } of terms) {
    const field = formats.get(name);
    if (field !== undefined) words[field.word] |= deposit(field, value);
    else if (isWord(name)) words[name] |= value;
    else {
      throw new RangeError(
        `Cannot encode event: found term ${quoted(name)}, needs one of ` +
          [...formats.keys(), ...WORDS].join(", "),
      );
    }
  }
  return words;
}

/** As perf writes numbers: `0x4f`. */
export function hex(value: bigint): string {
  return value < 0n ? `-${hex(-value)}` : `0x${value.toString(16)}`;
}

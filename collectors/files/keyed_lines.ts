/**
 * Host metrics that stand one a line behind a key, as in `/proc/meminfo` and `/proc/vmstat`:
 *
 *     MemTotal:       24684092 kB
 *     pgfault 1024427
 *
 * Which lines there are depends on the kernel's version and configuration, so a missing one costs its
 * own metric only.
 *
 * @module
 */
import type { Cause } from "../cause.ts";
import { type Column, HOST_SLOT, malformed, type RowWriter, type Site } from "../collector.ts";
import { KeyTable } from "./key_table.ts";
import type { Content } from "./optional_file.ts";
import type { Scanner } from "./scan.ts";

/** A line that is wanted. */
export interface KeyedField {
  readonly key: string;
  readonly metric: string;
  readonly counter: boolean;
  /** What one of the file's units is worth in the metric's: 1024 for `kB`. */
  readonly scale: number;
  /** What has the line: `Linux 4.13 or newer`. Fields that say the same are told of together. */
  readonly needs: string;
  /** Key of a line that is the whole of which this one is a part. */
  readonly partOf?: string | undefined;
  /** Who writes 0 for it without knowing it; absent where 0 is believed. Another number shows that it is known. */
  readonly zeroBy?: string | undefined;
}

const COLON = 58;
/** What was found in place of a value. */
const PRESENT = 0;
const MISSING = 1;
const GARBLED = 2;
const IMPOSSIBLE = 3;
const FILLED_IN = 4;
/** Bytes or events: the kernel counts in 64 bits, and what is half of that or more was negative. */
const VALUE_MOST = 2 ** 63;

export class KeyedLines implements Content {
  readonly metrics: readonly string[];
  readonly #site: Site;
  readonly #path: string;
  readonly #fields: readonly KeyedField[];
  readonly #keys: KeyTable;
  readonly #columns: readonly Column[];
  /** By field, in this reading and in the last. */
  readonly #state: Uint8Array;
  readonly #before: Uint8Array;
  /** As the lines have them; those that are not believed are left over from before. */
  readonly #values: Float64Array;
  /** By field: the field that it is a part of; -1 where of none. */
  readonly #wholes: readonly number[];
  /** By field: 1 where 0 is believed. */
  readonly #known: Uint8Array;

  constructor(site: Site, path: string, fields: readonly KeyedField[]) {
    this.metrics = fields.map((field) => field.metric);
    this.#site = site;
    this.#path = path;
    this.#fields = fields;
    this.#keys = new KeyTable(fields.map((field) => field.key));
    this.#columns = fields.map((field) => site.column(field.metric, 1 / field.scale));
    this.#state = new Uint8Array(fields.length);
    this.#before = new Uint8Array(fields.length);
    this.#values = new Float64Array(fields.length);
    this.#wholes = fields.map(({ partOf }) => fields.findIndex(({ key }) => key === partOf));
    this.#known = Uint8Array.from(fields, ({ zeroBy }) => zeroBy === undefined ? 1 : 0);
  }

  parse(scanner: Scanner, row: RowWriter): void {
    this.#state.fill(MISSING);
    let left = this.#fields.length;
    while (!scanner.done() && left > 0) {
      const start = scanner.word();
      const end = scanner.at;
      const colon = end > start && scanner.peek(end - 1) === COLON ? 1 : 0;
      const field = this.#keys.find(scanner.bytes, start, end - colon);
      if (field >= 0 && this.#state[field] === MISSING) {
        this.#write(field, scanner.number(), row);
        left--;
      }
      scanner.nextLine();
    }
    if (left === this.#fields.length) {
      throw malformed(this.#path, scanner.lineText(0), "lines of a key and a number");
    }
    let changed = false;
    for (let field = 0; field < this.#fields.length; field++) {
      if (this.#exceeds(field, this.#wholes[field]!)) this.#state[field] = IMPOSSIBLE;
      // It was written before the whole was known.
      if (this.#state[field] === IMPOSSIBLE) row.none(this.#columns[field]!, HOST_SLOT);
      if (this.#state[field] === this.#before[field]) continue;
      changed = true;
      if (this.#state[field] !== PRESENT) row.none(this.#columns[field]!, HOST_SLOT);
    }
    if (!changed) return;
    this.#before.set(this.#state);
    this.#tell();
  }

  clear(row: RowWriter): void {
    for (const column of this.#columns) row.none(column, HOST_SLOT);
  }

  #write(field: number, value: number, row: RowWriter): void {
    this.#state[field] = this.#judge(field, value);
    if (this.#state[field] !== PRESENT) return;
    this.#values[field] = value;
    if (this.#fields[field]!.counter) row.count(this.#columns[field]!, HOST_SLOT, value);
    else row.gauge(this.#columns[field]!, HOST_SLOT, value);
  }

  #judge(field: number, value: number): number {
    if (value < 0) return GARBLED;
    if (value * this.#fields[field]!.scale >= VALUE_MOST) return IMPOSSIBLE;
    if (value > 0) this.#known[field] = 1;
    return this.#known[field] === 1 ? PRESENT : FILLED_IN;
  }

  #exceeds(field: number, whole: number): boolean {
    return whole >= 0 && this.#state[field] === PRESENT && this.#state[whole] === PRESENT &&
      this.#values[field]! > this.#values[whole]!;
  }

  /** Says which lines are missing or broken: once for each kernel that would have them. */
  #tell(): void {
    for (const needs of new Set(this.#fields.map((field) => field.needs))) {
      const lost = this.#lost((field, state) => state === MISSING && field.needs === needs);
      this.#tellOne(`${this.#path} ${needs}`, lost, {
        reason: "not_supported",
        message: `Cannot find ${quoted(lost)} in "${this.#path}"; needs ${needs}`,
      });
    }
    const garbled = this.#lost((_, state) => state === GARBLED);
    this.#tellOne(`${this.#path} garbled`, garbled, {
      reason: "failed",
      message: `Cannot read ${quoted(garbled)} of "${this.#path}": found no number behind it`,
    });
    const impossible = this.#lost((_, state) => state === IMPOSSIBLE);
    this.#tellOne(`${this.#path} impossible`, impossible, {
      reason: "failed",
      message:
        `Cannot believe ${quoted(impossible)} of "${this.#path}": found more than there can ` +
        "be, or than the whole of which it is a part",
    });
    const filledIn = this.#lost((_, state) => state === FILLED_IN);
    this.#tellOne(`${this.#path} filled in`, filledIn, {
      reason: "not_supported",
      message: `Cannot tell ${quoted(filledIn)} from "${this.#path}": found 0, which ` +
        `${filledIn[0]?.zeroBy} fills in for what it does not know`,
    });
  }

  #tellOne(key: string, lost: readonly KeyedField[], cause: Cause): void {
    if (lost.length === 0) this.#site.resolve(key);
    else this.#site.report({ key, ...cause, metrics: lost.map((field) => field.metric) });
  }

  #lost(is: (field: KeyedField, state: number) => boolean): readonly KeyedField[] {
    return this.#fields.filter((field, index) => is(field, this.#state[index]!));
  }
}

function quoted(fields: readonly KeyedField[]): string {
  return fields.map((field) => `"${field.key}"`).join(", ");
}

/**
 * Sums of `/proc/interrupts` by kind and by CPU, from its bytes.
 *
 *                CPU0       CPU2            columns follow the header: online CPUs only
 *       24:         1          0  IO-APIC   5-edge      ACPI:Ged
 *      LOC:     16135      19135   Local timer interrupts
 *      ERR:          0                      one value for the machine
 *
 * Counts are unsigned 32 bits and wrap one by one (kernel/irq/proc.c, show_interrupts), so increases
 * are taken of every cell and not of a sum.
 *
 * @module
 */
import { malformed } from "../collector.ts";
import { ERRORS, type RowMeaning, rowMeaning } from "./interrupt_rows.ts";
import { ascii, Scanner } from "./scan.ts";

const NEWLINE = 10;
const COLON = 58;
/** Linux is built for 8192 CPUs at most; a larger number in a header is no CPU. */
const CPUS_MOST = 8192;
/** More than a CPU can take. */
export const INTERRUPTS_PER_SECOND_MOST = 1e7;
/** Half a turn: beyond it, a fall is likelier than a rise. */
const WRAP_MOST = 2 ** 31 - 1;

/** A row once seen is kept: one that is freed and taken again goes on counting from where it was. */
interface Row {
  readonly name: Uint8Array;
  /** Index of its kind; -1 for a row that only repeats another; the number of kinds for errors. */
  readonly kind: number;
  /** Belongs to the sum of its CPU. */
  readonly summed: boolean;
  /** One value for the machine rather than one a CPU. */
  readonly single: boolean;
  /** Last counts by CPU number; `single`: at 0. */
  counts: Uint32Array;
}

export class InterruptTable {
  readonly #path: string;
  readonly #kinds: readonly string[];
  readonly #scanner = new Scanner();
  readonly #rows = new Map<string, Row>();
  /** As the lines stood last time. */
  readonly #lines: Row[] = [];
  #header: Uint8Array = new Uint8Array(0);
  /** By CPU number: seen before this reading. */
  #knownCpus = new Uint8Array(0);
  #first = true;
  /** What a count can have risen by since the last reading. */
  #most = 0;

  /** CPU number of each column. */
  cpus: readonly number[] = [];
  /** By CPU number, since boot. */
  cpuTotals = new Float64Array(0);
  /** By kind, and errors last. Since boot, without what CPUs counted that came later. */
  readonly kindTotals: Float64Array;
  /** By kind, and errors last: 1 where this machine has a row of it. */
  readonly kindsFound: Uint8Array;

  /** `kinds`: the ids that `rowMeaning` answers with. */
  constructor(path: string, kinds: readonly string[]) {
    this.#path = path;
    this.#kinds = kinds;
    this.kindTotals = new Float64Array(kinds.length + 1);
    this.kindsFound = new Uint8Array(kinds.length + 1);
  }

  /**
   * Takes in one reading, `seconds` after the last or less. Allocates only when a CPU or a row comes or
   * goes. Throws `CollectorError`.
   */
  update(bytes: Uint8Array, length: number, seconds: number): void {
    this.#most = Math.min(seconds * INTERRUPTS_PER_SECOND_MOST, WRAP_MOST);
    const scanner = this.#scanner;
    scanner.reset(bytes, length);
    if (this.#header.length === 0 || !scanner.startsWith(this.#header)) this.#learnHeader();
    scanner.nextLine();
    for (let line = 0; !scanner.done(); scanner.nextLine()) {
      scanner.skipBlanks();
      if (!scanner.endOfLine()) this.#addLine(line++);
    }
    for (let i = 0; i < this.cpus.length; i++) this.#knownCpus[this.cpus[i]!] = 1;
    this.#first = false;
  }

  #addLine(line: number): void {
    const scanner = this.#scanner;
    const start = scanner.at;
    const known = this.#lines[line];
    const row = known !== undefined && this.#isRow(known, start) ? known : this.#learnRow(line);
    scanner.at = start + row.name.length + 1;
    const more = row.single ? this.#addValue(row) : this.#addValues(row);
    if (row.kind >= 0) this.kindTotals[row.kind]! += more;
  }

  #addValue(row: Row): number {
    const now = this.#count(row);
    const more = increase(row.counts[0]!, now, this.#most);
    row.counts[0] = now;
    return more;
  }

  #addValues(row: Row): number {
    const { cpus, cpuTotals } = this;
    const counts = row.counts;
    let sum = 0;
    for (let i = 0; i < cpus.length; i++) {
      const cpu = cpus[i]!;
      const now = this.#count(row);
      const more = increase(counts[cpu]!, now, this.#most);
      counts[cpu] = now;
      if (row.summed) cpuTotals[cpu]! += more;
      // A CPU that comes brings its counts since boot: its own past, and no burst of the host.
      if (this.#first || this.#knownCpus[cpu] === 1) sum += more;
    }
    return sum;
  }

  #count(row: Row): number {
    const count = this.#scanner.number();
    if (count < 0) {
      const name = new TextDecoder().decode(row.name);
      throw malformed(this.#path, this.#scanner.lineText(), `a count a CPU in row ${name}`);
    }
    return count >>> 0;
  }

  #isRow(row: Row, start: number): boolean {
    return this.#scanner.startsWith(row.name, start) &&
      this.#scanner.peek(start + row.name.length) === COLON;
  }

  #learnRow(line: number): Row {
    const scanner = this.#scanner;
    const start = scanner.at;
    let colon = start;
    while (
      colon < scanner.end && scanner.peek(colon) !== COLON && scanner.peek(colon) !== NEWLINE
    ) {
      colon++;
    }
    if (scanner.peek(colon) !== COLON) {
      throw malformed(
        this.#path,
        scanner.lineText(start),
        "a row that begins with a name and a colon",
      );
    }
    const name = scanner.text(start, colon);
    scanner.at = colon + 1;
    let values = 0;
    while (values < this.cpus.length && scanner.number() >= 0) values++;
    const description = scanner.lineText().trim();
    // PowerPC has two rows LOC; a device's row keeps its number while drivers come and go behind it.
    const key = /^\d+$/.test(name) ? name : `${name} ${description}`;
    const newline = scanner.bytes.indexOf(NEWLINE, scanner.at);
    const whole = newline >= 0 && newline < scanner.end;
    const alone = values === 1 && this.cpus.length > 1 && description === "" && whole;
    const row = this.#rows.get(key) ?? this.#newRow(name, alone, rowMeaning(name, description));
    this.#rows.set(key, row);
    // What follows has moved as well: a name alone does not tell two rows LOC apart.
    this.#lines.length = line;
    this.#lines.push(row);
    return row;
  }

  #newRow(name: string, alone: boolean, meaning: RowMeaning): Row {
    const single = meaning === ERRORS || alone;
    const kind = single
      ? this.#kinds.length
      : meaning.kind === undefined
      ? -1
      : this.#kinds.indexOf(meaning.kind);
    if (kind >= 0) this.kindsFound[kind] = 1;
    const counts = new Uint32Array(single ? 1 : this.cpuTotals.length);
    return { name: ascii(name), kind, summed: meaning.summed, single, counts };
  }

  #learnHeader(): void {
    const scanner = this.#scanner;
    let end = 0;
    while (end < scanner.end && scanner.peek(end) !== NEWLINE) end++;
    const text = scanner.text(0, end);
    const cpus = text.trim().split(/\s+/).map((word) => /^CPU(\d+)$/.exec(word)?.[1] ?? NaN)
      .map(Number);
    if (!cpus.every((cpu) => cpu < CPUS_MOST)) {
      throw malformed(this.#path, text, "a header of CPU0 CPU1 ...");
    }
    this.#header = scanner.bytes.slice(0, Math.min(end + 1, scanner.end));
    this.cpus = cpus;
    this.#makeRoom(Math.max(...cpus) + 1);
  }

  #makeRoom(cpus: number): void {
    if (cpus <= this.cpuTotals.length) return;
    this.cpuTotals = grown(this.cpuTotals, new Float64Array(cpus));
    this.#knownCpus = grown(this.#knownCpus, new Uint8Array(cpus));
    for (const row of this.#rows.values()) {
      if (!row.single) row.counts = grown(row.counts, new Uint32Array(cpus));
    }
  }
}

/**
 * From one 32-bit count to the next. A count that fell belongs to an interrupt that was freed and taken
 * again, by whomever, and counts from 0, unless a wrap explains it with no more than `most` interrupts.
 */
function increase(last: number, now: number, most: number): number {
  if (now >= last) return now - last;
  const more = (now - last) >>> 0;
  if (more <= most) return more;
  return now <= most ? now : 0;
}

function grown<T extends Float64Array | Uint8Array | Uint32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

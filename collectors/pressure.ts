/**
 * `/proc/pressure/{cpu,memory,io,irq}` (Documentation/accounting/psi.rst), each up to two lines:
 *
 *     some avg10=0.33 avg60=0.24 avg300=0.16 total=4018698
 *     full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 *
 * Averages are in per cent, totals in microseconds. Reading brings the totals up to date; the averages
 * move every two seconds.
 *
 * @module
 */
import { PRESSURE_AVERAGES, PRESSURE_LINES, type PressureLine } from "./catalogue/pressure.ts";
import {
  type CollectorSpec,
  type Column,
  HOST_SLOT,
  type Instances,
  malformed,
  type Reader,
  type RowWriter,
  type Site,
  UNKNOWN,
} from "./collector.ts";
import type { Need } from "./cause.ts";
import { type Content, OptionalFile, requireOne } from "./files/optional_file.ts";
import { ascii, type Scanner } from "./files/scan.ts";

const DIRECTORY = "/proc/pressure";
const PSI: Need = {
  needs: "a kernel with CONFIG_PSI=y that was booted without psi=0",
  remedy: "Add psi=1 to the kernel's command line and boot again",
};
const PSI_IRQ: Need = {
  needs: "Linux 6.1 or newer with CONFIG_PSI=y and CONFIG_IRQ_TIME_ACCOUNTING=y",
};

const AVERAGES = PRESSURE_AVERAGES.map(({ field }) => ascii(`${field}=`));
const TOTAL = ascii("total=");
const MICROSECONDS = 1e6;
const PER_CENT = 100;

/** Each reading makes the kernel add up every CPU's part of each file; averages move every two seconds. */
const MIN_INTERVAL_MS = 100;

export const pressure: CollectorSpec = { id: "pressure", minIntervalMs: MIN_INTERVAL_MS, open };

function open(site: Site): Reader {
  const instances = site.instances("pressure");
  const files = (["cpu", "memory", "io", "irq"] as const).map((name) =>
    new OptionalFile(
      site,
      `${DIRECTORY}/${name}`,
      new PressureFile(site, `${DIRECTORY}/${name}`, linesOf(name)),
      name === "irq" ? PSI_IRQ : PSI,
    )
  );
  return {
    read(row, tick): void {
      instances.begin();
      for (let i = 0; i < files.length; i++) files[i]!.read(row, tick);
      instances.end();
      requireOne(files);
    },
    close: () => files.forEach((file) => file.close()),
  };
}

function linesOf(file: PressureLine["file"]): readonly PressureLine[] {
  return PRESSURE_LINES.filter((line) => line.file === file);
}

/** Averages and total of a line, in the order in which they stand. */
const VALUES = AVERAGES.length + 1;

class PressureFile implements Content {
  readonly metrics: readonly string[];
  readonly #path: string;
  readonly #lines: readonly PressureLine[];
  /** By line: the word that it begins with, and the name of its instance, as bytes. */
  readonly #words: readonly Uint8Array[];
  readonly #names: readonly Uint8Array[];
  readonly #totals: readonly Column[];
  readonly #averages: readonly Column[];
  readonly #instances: Instances;
  /** By line and value; negative where a line was not found. Nothing is written of a file that breaks off. */
  readonly #values: Float64Array;

  constructor(site: Site, path: string, lines: readonly PressureLine[]) {
    this.metrics = lines.map((line) => line.metric);
    this.#path = path;
    this.#lines = lines;
    this.#words = lines.map((line) => ascii(`${line.line} `));
    this.#names = lines.map((line) => ascii(line.instance));
    this.#totals = lines.map((line) => site.column(line.metric, MICROSECONDS));
    this.#averages = PRESSURE_AVERAGES.map(({ metric }) => site.column(metric, PER_CENT));
    this.#instances = site.instances("pressure");
    this.#values = new Float64Array(lines.length * VALUES);
  }

  parse(scanner: Scanner, row: RowWriter): void {
    this.#values.fill(-1);
    while (!scanner.done()) {
      for (let line = 0; line < this.#words.length; line++) {
        if (scanner.startsWith(this.#words[line]!)) {
          this.#parseLine(line, scanner);
          break;
        }
      }
      scanner.nextLine();
    }
    for (let line = 0; line < this.#lines.length; line++) {
      if (this.#values[line * VALUES]! < 0) {
        throw malformed(this.#path, scanner.lineText(0), `a line "${this.#lines[line]!.line}"`);
      }
    }
    for (let line = 0; line < this.#lines.length; line++) this.#write(line, row);
  }

  /** The averages go with their instance, which is not looked up while its file cannot be read. */
  clear(row: RowWriter): void {
    for (const column of this.#totals) row.none(column, HOST_SLOT);
  }

  #parseLine(line: number, scanner: Scanner): void {
    const start = scanner.at;
    scanner.at += this.#words[line]!.length;
    for (let value = 0; value < VALUES; value++) {
      scanner.skipBlanks();
      const word = value === AVERAGES.length ? TOTAL : AVERAGES[value]!;
      const found = scanner.startsWith(word);
      if (found) scanner.at += word.length;
      if (!found || !scanner.decimalInto(this.#values, line * VALUES + value)) {
        throw malformed(this.#path, scanner.lineText(start), "three averages and a total");
      }
    }
  }

  #write(line: number, row: RowWriter): void {
    const name = this.#names[line]!;
    let slot = this.#instances.lookup(name, 0, name.length);
    if (slot === UNKNOWN) slot = this.#instances.claim(this.#lines[line]!.instance);
    const first = line * VALUES;
    for (let average = 0; average < this.#averages.length && slot >= 0; average++) {
      row.gaugeFrom(this.#averages[average]!, slot, this.#values, first + average);
    }
    const total = this.#values[first + AVERAGES.length]!;
    row.count(this.#totals[line]!, HOST_SLOT, total);
  }
}

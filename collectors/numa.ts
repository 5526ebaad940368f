/**
 * NUMA nodes: memory and where its pages went.
 *
 *     nodeN/meminfo     Node 0 MemTotal:        3762388 kB
 *     nodeN/numastat    numa_hit 1413267                     in pages
 *
 * @module
 */
import { NODE_MEMORY, NODE_PAGES, type NodeField } from "./catalogue/numa.ts";
import { listOrFail, openOrFail } from "./cause.ts";
import {
  type CollectorSpec,
  type Column,
  type Instances,
  malformed,
  type Reader,
  type RowWriter,
  type Site,
  type Tick,
} from "./collector.ts";
import { KeyTable } from "./files/key_table.ts";
import type { TreeFile } from "./kernel/host_tree.ts";
import { NumberFile } from "./files/number_file.ts";
import { Scanner } from "./files/scan.ts";

const NODES = "/sys/devices/system/node";
const SWITCH = "/proc/sys/vm/numa_stat";
/** Nodes of pluggable memory come and go seldom. */
const SCAN_EVERY_SECONDS = 300;
const COLON = 58;
const KIB = 1024;

interface Node {
  readonly slot: number;
  readonly meminfo: TreeFile;
  readonly numastat: TreeFile;
}

/** The lines of one kind of file and the columns that they fill. */
interface Fields {
  readonly keys: KeyTable;
  readonly columns: readonly Column[];
}

export const numa: CollectorSpec = {
  id: "numa",
  minIntervalMs: 5000,
  open: (site) => new NumaReader(site),
};

class NumaReader implements Reader {
  readonly #site: Site;
  readonly #instances: Instances;
  readonly #memory: Fields;
  readonly #pages: Fields;
  readonly #scanner = new Scanner();
  #names: readonly string[] = [];
  #nodes: readonly Node[] = [];
  /** All that are open. */
  #files: TreeFile[] = [];
  /** Whether pages are counted; older kernels have no such switch. */
  readonly #switch: NumberFile;
  #counting = true;
  #scanDueSeconds = 0;

  constructor(site: Site) {
    this.#site = site;
    this.#instances = site.instances("node");
    this.#switch = new NumberFile(site.tree, SWITCH);
    this.#memory = fieldsOf(site, NODE_MEMORY, 1 / KIB);
    this.#pages = fieldsOf(site, NODE_PAGES, 1);
  }

  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds >= this.#scanDueSeconds) {
      this.#scan();
      this.#scanDueSeconds = tick.seconds + SCAN_EVERY_SECONDS;
    }
    this.#readSwitch();
    for (let i = 0; i < this.#nodes.length; i++) {
      const node = this.#nodes[i]!;
      this.#readMemory(row, node);
      this.#readPages(row, node);
    }
  }

  close(): void {
    this.#switch.close();
    this.#closeNodes();
  }

  #closeNodes(): void {
    for (const file of this.#files) file.close();
    this.#files = [];
  }

  #readMemory(row: RowWriter, node: Node): void {
    const scanner = this.#open(node.meminfo);
    const { keys, columns } = this.#memory;
    for (; !scanner.done(); scanner.nextLine()) {
      scanner.word();
      scanner.word();
      const start = scanner.word();
      if (scanner.peek(scanner.at - 1) !== COLON) continue;
      const key = keys.find(scanner.bytes, start, scanner.at - 1);
      if (key >= 0) row.gauge(columns[key]!, node.slot, this.#number(node.meminfo));
    }
  }

  #readPages(row: RowWriter, node: Node): void {
    const { keys, columns } = this.#pages;
    if (!this.#counting) {
      for (let i = 0; i < columns.length; i++) row.none(columns[i]!, node.slot);
      return;
    }
    const scanner = this.#open(node.numastat);
    for (; !scanner.done(); scanner.nextLine()) {
      const start = scanner.word();
      const key = keys.find(scanner.bytes, start, scanner.at);
      if (key >= 0) row.count(columns[key]!, node.slot, this.#number(node.numastat));
    }
  }

  #open(file: TreeFile): Scanner {
    file.read();
    this.#scanner.reset(file.bytes, file.length);
    return this.#scanner;
  }

  #number(file: TreeFile): number {
    const value = this.#scanner.number();
    if (value < 0) throw malformed(file.path, this.#scanner.lineText(), "a whole number");
    return value;
  }

  #scan(): void {
    this.#switch.retry();
    const names = this.#list();
    if (names.join() === this.#names.join()) return;
    this.#closeNodes();
    this.#names = names;
    this.#instances.begin();
    const slots = names.map((name) => this.#instances.claim(name.slice("node".length)));
    this.#instances.end();
    this.#nodes = names.map((name, i) => ({
      slot: slots[i]!,
      meminfo: this.#openFile(`${NODES}/${name}/meminfo`),
      numastat: this.#openFile(`${NODES}/${name}/numastat`),
    })).filter(({ slot }) => slot >= 0);
  }

  #openFile(path: string): TreeFile {
    const file = openOrFail(this.#site.tree, path);
    this.#files.push(file);
    return file;
  }

  #list(): readonly string[] {
    const names = listOrFail(this.#site.tree, NODES, { needs: "a kernel with CONFIG_NUMA=y" });
    return names.filter((name) => /^node\d+$/.test(name));
  }

  /** With the switch off the kernel's counts stand at 0, which would pass for a fact. */
  #readSwitch(): void {
    const counting = this.#switch.read() !== 0;
    if (counting === this.#counting) return;
    this.#counting = counting;
    if (counting) this.#site.resolve("switch");
    else {
      this.#site.report({
        key: "switch",
        reason: "not_supported",
        message: `Cannot count pages of NUMA nodes: "${SWITCH}" is 0, needs 1`,
        remedy: "`sudo sysctl vm.numa_stat=1`",
        metrics: NODE_PAGES.map(({ metric }) => metric),
      });
    }
  }
}

function fieldsOf(site: Site, fields: readonly NodeField[], perUnit: number): Fields {
  return {
    keys: new KeyTable(fields.map(({ field }) => field)),
    columns: fields.map(({ metric }) => site.column(metric, perUnit)),
  };
}

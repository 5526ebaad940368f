/**
 * Lines of `/proc/net/dev`, and whose they are. A name is no interface: two exchange theirs, as udev has
 * them at the boot, or one is made under the name of another that went, and the line goes on with somebody
 * else's counts. Which interface it is says `/sys/class/net/<name>/ifindex`, a file for each, so all are
 * asked only when names may have passed on: when somebody came or went, or a count fell. One that is made
 * anew and outdoes all counts of the one before within a reading is not noticed.
 *
 * @module
 */
import { NETWORK_FIELDS, networkMetric, type NetworkScope } from "../catalogue/network.ts";
import type { Column, Instances, RowWriter, Site } from "../collector.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import type { NegativeCounts } from "./negative_counts.ts";
import { numberOnce } from "./number_file.ts";

const FIELDS = NETWORK_FIELDS.length;

/** Of one scope. */
export class InterfaceLines {
  readonly instances: Instances;
  readonly #tree: HostTree;
  readonly #metrics: readonly string[];
  readonly #columns: readonly Column[];
  readonly #negative: NegativeCounts;
  /** By slot and field, as the file has them. */
  #counts = new Float64Array(0);
  /** By slot: 1 where a line was taken in, and where it is of another interface than before. */
  #taken = new Uint8Array(0);
  #other = new Uint8Array(0);
  /** By slot: name and index of the interface; the index is NaN where it is not known. */
  readonly #names: string[] = [];
  #indices = new Float64Array(0);
  #lines = 0;
  #linesBefore = 0;
  #came = false;
  #fell = false;

  constructor(site: Site, scope: NetworkScope, negative: NegativeCounts) {
    this.#tree = site.tree;
    this.instances = site.instances(scope);
    this.#metrics = NETWORK_FIELDS.map((field) => networkMetric(scope, field));
    this.#columns = this.#metrics.map((metric) => site.column(metric));
    this.#negative = negative;
  }

  begin(): void {
    this.instances.begin();
    this.#taken.fill(0);
    this.#linesBefore = this.#lines;
    this.#lines = 0;
    this.#came = false;
    this.#fell = false;
  }

  /** Somebody came to this slot, or came back. */
  came(slot: number, name: string): void {
    this.#came = true;
    if (slot >= this.#taken.length) this.#makeRoom(slot + 1);
    if (this.#names[slot] === name) return;
    this.#names[slot] = name;
    this.#indices[slot] = NaN;
    this.#other[slot] = 0;
  }

  /** Takes in the numbers of a line, in the order of the file. */
  take(slot: number, numbers: Float64Array): void {
    // Known from before the collector failed and was opened anew.
    if (this.#names[slot] === undefined) this.came(slot, this.instances.nameOf(slot));
    this.#taken[slot] = 1;
    this.#lines++;
    for (let field = 0; field < FIELDS; field++) {
      const at = slot * FIELDS + field;
      const count = numbers[NETWORK_FIELDS[field]!.position]!;
      if (count < this.#counts[at]!) this.#fell = true;
      this.#counts[at] = count;
    }
  }

  /** Whether a name of the lines that were taken in may stand for another interface than before. */
  mayHavePassed(): boolean {
    return this.#came || this.#fell || this.#lines !== this.#linesBefore;
  }

  /** Asks whose the lines are. Returns whether there is one of another interface than before. Allocates. */
  identify(): boolean {
    for (const slot of this.instances.slots()) {
      if (this.#taken[slot] === 0) continue;
      const name = this.#names[slot]!;
      const index = numberOnce(this.#tree, `/sys/class/net/${name}/ifindex`);
      if (index === undefined) continue;
      if (index !== this.#indices[slot] && this.#indices[slot]! >= 0) this.#other[slot] = 1;
      this.#indices[slot] = index;
    }
    return this.#other.includes(1);
  }

  /** Writes what was taken in. */
  write(row: RowWriter): void {
    const slots = this.instances.slots();
    for (let i = 0; i < slots.length; i++) {
      const slot = slots[i]!;
      if (this.#taken[slot] === 0) continue;
      for (let field = 0; field < FIELDS; field++) this.#write(row, slot, field);
      this.#other[slot] = 0;
    }
  }

  #write(row: RowWriter, slot: number, field: number): void {
    const at = slot * FIELDS + field;
    // By what it rose since it has the name nobody knows.
    if (this.#other[slot] === 1) row.countAnew(this.#columns[field]!, slot, this.#counts[at]!);
    if (this.#negative.is(this.#counts[at]!)) this.#lack(row, slot, field);
    else if (this.#other[slot] === 0) row.count(this.#columns[field]!, slot, this.#counts[at]!);
  }

  #lack(row: RowWriter, slot: number, field: number): void {
    row.none(this.#columns[field]!, slot);
    this.#negative.add(this.#metrics[field]!, this.instances.nameOf(slot));
  }

  #makeRoom(slots: number): void {
    const [counts, indices] = [this.#counts, this.#indices];
    this.#counts = new Float64Array(slots * FIELDS);
    this.#counts.set(counts);
    this.#indices = new Float64Array(slots);
    this.#indices.set(indices);
    const [taken, other] = [this.#taken, this.#other];
    this.#taken = new Uint8Array(slots);
    this.#taken.set(taken);
    this.#other = new Uint8Array(slots);
    this.#other.set(other);
  }
}

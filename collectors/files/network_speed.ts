/**
 * How fast the links of interfaces are: `/sys/class/net/<interface>/speed`, in 10^6 bits a second.
 * Drivers ask their hardware under a lock of the whole network stack, so it is read seldom, and when a link
 * went down or came up: how often it did stands in `carrier_changes`, which takes no lock.
 *
 * @module
 */
import { causeOf } from "../cause.ts";
import type { Column, Instances, RowWriter, Site, Tick } from "../collector.ts";
import { NumberFile } from "./number_file.ts";

const READ_EVERY_SECONDS = 300;
const LOOK_EVERY_SECONDS = 5;
const BYTES_PER_MEGABIT = 1e6 / 8;

const METRIC = "interface_speed_bytes";

/** A link, as it was when its speed was read. */
interface Link {
  readonly changes: NumberFile;
  /** NaN where nobody counts them. */
  readonly known: number;
}

export class NetworkSpeed {
  readonly #site: Site;
  readonly #interfaces: Instances;
  readonly #column: Column;
  /** Names of interfaces whose speed is not known, as reported. */
  readonly #lacking = new Set<string>();
  readonly #told: boolean;
  #links: readonly Link[] = [];
  #dueSeconds = 0;
  #lookDueSeconds = 0;

  /** `told`: sysfs is of the same namespace; if not, that was reported, and nothing is read. */
  constructor(site: Site, { told }: { readonly told: boolean }) {
    this.#told = told;
    this.#site = site;
    this.#interfaces = site.instances("interface");
    this.#column = site.column(METRIC);
  }

  /** An interface came: all are read with the next `read`. */
  expire(): void {
    this.#dueSeconds = 0;
  }

  read(row: RowWriter, tick: Tick): void {
    if (tick.seconds >= this.#lookDueSeconds) {
      this.#lookDueSeconds = tick.seconds + LOOK_EVERY_SECONDS;
      if (this.#changed()) this.expire();
    }
    if (tick.seconds < this.#dueSeconds) return;
    this.#dueSeconds = tick.seconds + READ_EVERY_SECONDS;
    this.#readAll(row);
  }

  close(): void {
    for (const { changes } of this.#links) changes.close();
    this.#links = [];
  }

  #changed(): boolean {
    for (let i = 0; i < this.#links.length; i++) {
      const { changes, known } = this.#links[i]!;
      // Nor is it the same link whose count cannot be read any more: its interface was made anew.
      if (known === known && changes.read() !== known) return true;
    }
    return false;
  }

  // Apart, because a function with a closure in it allocates whenever it is entered.
  #readAll(row: RowWriter): void {
    const slots = this.#interfaces.slots();
    const present = new Set(slots.map((slot) => this.#interfaces.nameOf(slot)));
    for (const name of this.#lacking) if (!present.has(name)) this.#has(name);
    if (this.#told) this.#learnLinks(slots);
    for (const slot of slots) this.#readOne(row, slot);
  }

  /** Before speeds are read: a change meanwhile is one that is found. */
  #learnLinks(slots: readonly number[]): void {
    this.close();
    this.#links = slots.map((slot) => {
      const path = `/sys/class/net/${this.#interfaces.nameOf(slot)}/carrier_changes`;
      const changes = new NumberFile(this.#site.tree, path);
      return { changes, known: changes.read() };
    });
  }

  #readOne(row: RowWriter, slot: number): void {
    if (!this.#told) return row.none(this.#column, slot);
    const name = this.#interfaces.nameOf(slot);
    const path = `/sys/class/net/${name}/speed`;
    let found: string;
    try {
      found = this.#site.tree.text(path);
    } catch (error) {
      // EINVAL: the link is down, or the driver of something without a link has no answer.
      this.#lack(row, slot, name, causeOf(error, { needs: "a link that is up" }).message);
      return;
    }
    const megabits = Number(found);
    // Drivers that do not know say -1, as int or as the unsigned number it becomes.
    if (!(megabits > 0 && megabits < 2 ** 31 - 1)) {
      this.#lack(row, slot, name, `Cannot tell the speed of ${name}: "${path}" says ${found}`);
      return;
    }
    row.gauge(this.#column, slot, megabits * BYTES_PER_MEGABIT);
    this.#has(name);
  }

  #has(name: string): void {
    if (this.#lacking.delete(name)) this.#site.resolve(`speed ${name}`);
  }

  #lack(row: RowWriter, slot: number, name: string, message: string): void {
    row.none(this.#column, slot);
    this.#lacking.add(name);
    this.#site.report({
      key: `speed ${name}`,
      reason: "not_supported",
      message,
      metrics: [METRIC],
      instance: name,
    });
  }
}

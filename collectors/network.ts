/**
 * `/proc/net/dev` (proc_net(5)), after two lines of headings:
 *
 *     eth0: 66989127    1824    0    0    0     0          0         0   103179    1216    0 ...
 *           bytes packets errs drop fifo frame compressed multicast, the same eight for sending
 *
 * `/proc/net` is the network namespace of who looks. The one of process 1 is the host's, also where
 * the host's procfs is mounted into a container.
 *
 * @module
 */
import { NETWORK_FIELDS, networkMetric, type NetworkScope } from "./catalogue/network.ts";
import {
  type CollectorSpec,
  type Column,
  type Instances,
  malformed,
  type Reader,
  type RowWriter,
  type Site,
  TEXT_INTERVAL_MS_LEAST,
  type Tick,
  UNKNOWN,
} from "./collector.ts";
import { type FirstFile, openFirst } from "./files/first_process.ts";
import { NegativeCounts } from "./files/negative_counts.ts";
import { hasHardware, shownInterfaces } from "./files/network_hardware.ts";
import { otherNamespace } from "./files/network_namespace.ts";
import { NetworkSpeed } from "./files/network_speed.ts";
import { Scanner } from "./files/scan.ts";
import type { HostTree, TreeFile } from "./kernel/host_tree.ts";

const DEV: FirstFile = {
  path: "/proc/1/net/dev",
  own: "/proc/net/dev",
  needs: 'sight of process 1: "net" of that procfs is the network of who looks',
};
const LOOPBACK = "lo";
const COLON = 58;
/** Numbers after the colon that every kernel prints. */
const VALUES = 16;

export const network: CollectorSpec = {
  id: "network",
  minIntervalMs: TEXT_INTERVAL_MS_LEAST,
  open: (site) => new NetworkReader(site),
};

class NetworkReader implements Reader {
  readonly #tree: HostTree;
  readonly #file: TreeFile;
  readonly #scanner = new Scanner();
  readonly #speed: NetworkSpeed;
  readonly #negative: NegativeCounts;
  readonly #instances: Readonly<Record<NetworkScope, Instances>>;
  readonly #columns: Readonly<Record<NetworkScope, readonly Column[]>>;
  /** Sysfs is of the same namespace. */
  readonly #told: boolean;
  /** Some interface has hardware. */
  #hardware: boolean;
  /** Where interfaces belonged in the last reading does not count. */
  #sorts = false;
  readonly #values = new Float64Array(VALUES);

  constructor(site: Site) {
    this.#tree = site.tree;
    const columns = (scope: NetworkScope): readonly Column[] =>
      NETWORK_FIELDS.map((field) => site.column(networkMetric(scope, field)));
    this.#instances = {
      interface: site.instances("interface"),
      virtual_interface: site.instances("virtual_interface"),
    };
    this.#columns = {
      interface: columns("interface"),
      virtual_interface: columns("virtual_interface"),
    };
    this.#file = openFirst(site.tree, DEV);
    try {
      const shown = shownInterfaces(site.tree);
      const other = otherNamespace(site.tree, this.#file, DEV, shown);
      if (other !== undefined) site.report(other);
      this.#told = other === undefined;
      this.#hardware = this.#told && shown.some((name) => hasHardware(site.tree, name));
    } catch (error) {
      // A sysfs that nobody may look at: it is tried again every few seconds.
      this.#file.close();
      throw error;
    }
    this.#negative = new NegativeCounts(site, this.#file.path);
    this.#speed = new NetworkSpeed(site, { told: this.#told });
  }

  read(row: RowWriter, tick: Tick): void {
    const hadHardware = this.#hardware;
    this.#file.read();
    this.#readLines(row);
    if (this.#hardware !== hadHardware) {
      this.#sorts = true;
      this.#readLines(row);
      this.#sorts = false;
    }
    this.#instances.interface.end();
    this.#instances.virtual_interface.end();
    this.#negative.tell();
    this.#speed.read(row, tick);
  }

  close(): void {
    this.#file.close();
    this.#speed.close();
  }

  #readLines(row: RowWriter): void {
    const scanner = this.#scanner;
    scanner.reset(this.#file.bytes, this.#file.length);
    this.#instances.interface.begin();
    this.#instances.virtual_interface.begin();
    scanner.nextLine();
    scanner.nextLine();
    if (scanner.done()) {
      throw malformed(this.#file.path, scanner.lineText(0), "two lines of headings and interfaces");
    }
    while (!scanner.done()) {
      this.#readLine(row);
      scanner.nextLine();
    }
  }

  #readLine(row: RowWriter): void {
    const scanner = this.#scanner;
    const line = scanner.at;
    scanner.skipBlanks();
    const start = scanner.at;
    while (!scanner.endOfLine() && scanner.peek() !== COLON) scanner.at++;
    const end = scanner.at;
    scanner.at++;
    for (let i = 0; i < VALUES; i++) {
      const value = scanner.number();
      if (value < 0) {
        throw malformed(
          this.#file.path,
          scanner.lineText(line),
          `a name, a colon and ${VALUES} numbers`,
        );
      }
      this.#values[i] = value;
    }
    if (this.#sorts) return this.#meet(row, scanner.text(start, end));
    const { interface: physical, virtual_interface: virtual } = this.#instances;
    // Hardware is asked for first: its names are few, so one that is not there is found out fast.
    let slot = physical.lookup(scanner.bytes, start, end);
    if (slot >= 0) return this.#write(row, this.#columns.interface, slot);
    if (slot !== UNKNOWN) return;
    slot = virtual.lookup(scanner.bytes, start, end);
    if (slot >= 0) return this.#write(row, this.#columns.virtual_interface, slot);
    if (slot === UNKNOWN) this.#meet(row, scanner.text(start, end));
  }

  /** One that came, or whose place is to be found anew. */
  #meet(row: RowWriter, name: string): void {
    const scope = this.#scopeOf(name);
    const slot = this.#instances[scope].claim(name);
    if (slot < 0) return;
    this.#write(row, this.#columns[scope], slot);
    if (scope === "interface") this.#speed.expire();
  }

  #write(row: RowWriter, columns: readonly Column[], slot: number): void {
    for (let i = 0; i < columns.length; i++) {
      const count = this.#values[NETWORK_FIELDS[i]!.position]!;
      if (!this.#negative.is(count)) row.count(columns[i]!, slot, count);
      else this.#lack(row, columns, slot, i);
    }
  }

  #lack(row: RowWriter, columns: readonly Column[], slot: number, field: number): void {
    const scope = columns === this.#columns.interface ? "interface" : "virtual_interface";
    row.none(columns[field]!, slot);
    const metric = networkMetric(scope, NETWORK_FIELDS[field]!);
    this.#negative.add(metric, this.#instances[scope].nameOf(slot));
  }

  #scopeOf(name: string): NetworkScope {
    if (this.#told && hasHardware(this.#tree, name)) {
      // It may be the first: a driver that loads late, an adapter that is plugged in.
      this.#hardware = true;
      return "interface";
    }
    return this.#hardware || name === LOOPBACK ? "virtual_interface" : "interface";
  }
}

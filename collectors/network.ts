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
import type { NetworkScope } from "./catalogue/network.ts";
import {
  type CollectorSpec,
  malformed,
  type Reader,
  type RowWriter,
  type Site,
  TEXT_INTERVAL_MS_LEAST,
  type Tick,
  UNKNOWN,
} from "./collector.ts";
import { type FirstFile, openFirst } from "./files/first_process.ts";
import { InterfaceLines } from "./files/interface_lines.ts";
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
  readonly #interfaces: InterfaceLines;
  readonly #virtual: InterfaceLines;
  /** Sysfs is of the same namespace. */
  readonly #told: boolean;
  /** Some interface has hardware. */
  #hardware: boolean;
  /** Where interfaces belonged in the last reading does not count. */
  #sorts = false;
  readonly #values = new Float64Array(VALUES);

  constructor(site: Site) {
    this.#tree = site.tree;
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
    this.#interfaces = new InterfaceLines(site, "interface", this.#negative);
    this.#virtual = new InterfaceLines(site, "virtual_interface", this.#negative);
    this.#speed = new NetworkSpeed(site, { told: this.#told });
  }

  read(row: RowWriter, tick: Tick): void {
    const hadHardware = this.#hardware;
    this.#file.read();
    this.#readLines();
    if (this.#mayHavePassed() && (this.#identify() || this.#hardware !== hadHardware)) {
      this.#sorts = true;
      this.#readLines();
      this.#sorts = false;
      this.#identify();
    }
    this.#interfaces.instances.end();
    this.#virtual.instances.end();
    this.#interfaces.write(row);
    this.#virtual.write(row);
    this.#negative.tell();
    this.#speed.read(row, tick);
  }

  close(): void {
    this.#file.close();
    this.#speed.close();
  }

  #mayHavePassed(): boolean {
    return this.#told && (this.#interfaces.mayHavePassed() || this.#virtual.mayHavePassed());
  }

  /** Whether a name stands for another interface than before: it may belong elsewhere, too. */
  #identify(): boolean {
    const [hardware, virtual] = [this.#interfaces.identify(), this.#virtual.identify()];
    return hardware || virtual;
  }

  #readLines(): void {
    const scanner = this.#scanner;
    scanner.reset(this.#file.bytes, this.#file.length);
    this.#interfaces.begin();
    this.#virtual.begin();
    scanner.nextLine();
    scanner.nextLine();
    if (scanner.done()) {
      throw malformed(this.#file.path, scanner.lineText(0), "two lines of headings and interfaces");
    }
    while (!scanner.done()) {
      this.#readLine();
      scanner.nextLine();
    }
  }

  #readLine(): void {
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
    if (this.#sorts) return this.#meet(scanner.text(start, end));
    // Hardware is asked for first: its names are few, so one that is not there is found out fast.
    let slot = this.#interfaces.instances.lookup(scanner.bytes, start, end);
    if (slot >= 0) return this.#interfaces.take(slot, this.#values);
    if (slot !== UNKNOWN) return;
    slot = this.#virtual.instances.lookup(scanner.bytes, start, end);
    if (slot >= 0) return this.#virtual.take(slot, this.#values);
    if (slot === UNKNOWN) this.#meet(scanner.text(start, end));
  }

  /** One that came, or whose place is to be found anew. */
  #meet(name: string): void {
    const scope = this.#scopeOf(name);
    const lines = scope === "interface" ? this.#interfaces : this.#virtual;
    const slot = lines.instances.claim(name);
    if (slot < 0) return;
    lines.came(slot, name);
    lines.take(slot, this.#values);
    if (scope === "interface") this.#speed.expire();
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

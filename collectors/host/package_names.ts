/** Names of packages that stay the same when a die of theirs goes offline or comes. @module */
import type { HostTree } from "../kernel/host_tree.ts";
import { type CpuPlace, placesOf } from "./cpu_places.ts";
import { topologyOf } from "./topology.ts";

/**
 * Packages by their sockets, and dies by both numbers where a package shows several. A package that once
 * showed two dies is not one when it shows only one: each die keeps the name that it had first.
 */
export class PackageNames {
  readonly #tree: HostTree;
  readonly #isOne: boolean;
  /** By socket and die. */
  readonly #names = new Map<string, string>();

  /** `isOne`: a package has one meter, however many dies it shows. */
  constructor(tree: HostTree, isOne = false) {
    this.#tree = tree;
    this.#isOne = isOne;
  }

  /** One place for each CPU of a list, each of which stands for one package or die. */
  places(cpus: readonly number[]): readonly CpuPlace[] {
    const now = this.#placesNow(this.#isOne ? this.#firstOfSockets(cpus) : cpus);
    const dies = now.map((place) => this.#dieOf(place));
    const places = now.map((place, i) => {
      const name = this.#names.get(dies[i] ?? "");
      return name === undefined ? place : { ...place, name };
    });
    // A package that is metered as one may be asked through any of its dies.
    if (new Set(places.map(({ name }) => name)).size < places.length) return now;
    for (const [i, { name }] of places.entries()) {
      if (dies[i] !== undefined) this.#names.set(dies[i], name);
    }
    return places;
  }

  /** The first CPU of each socket, and those that tell none. */
  #firstOfSockets(cpus: readonly number[]): readonly number[] {
    const sockets = new Set<string>();
    return placesOf(this.#tree, "package", cpus).flatMap(({ cpu, groups: { socket } }) => {
      if (socket === undefined) return [cpu];
      if (sockets.has(socket)) return [];
      sockets.add(socket);
      return [cpu];
    });
  }

  /** A CPU that goes just now tells no socket, and must not cost the others their names. */
  #placesNow(cpus: readonly number[]): readonly CpuPlace[] {
    const places = placesOf(this.#tree, "package", cpus);
    const whole = places.filter(({ groups }) => groups.socket !== undefined);
    if (this.#names.size === 0 || whole.length === places.length) return places;
    return placesOf(this.#tree, "package", whole.map(({ cpu }) => cpu));
  }

  /** `0/1`; undefined where the kernel does not tell. */
  #dieOf({ cpu, groups: { socket } }: CpuPlace): string | undefined {
    const die = topologyOf(this.#tree, cpu, "die_id");
    return socket === undefined || die === undefined ? undefined : `${socket}/${die}`;
  }
}

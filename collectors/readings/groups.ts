/**
 * Groups of instances: the CPUs of a socket, of an L3 cache, of one core type. A group has members at
 * every scope whose instances say where they belong, and an L3 cache belongs to the group of its name.
 *
 * @module
 */
import { GROUPINGS } from "../catalogue.ts";

/** The slots of a group's members, by scope. A scope that does not know the grouping is not in it. */
export interface Members extends ReadonlyMap<string, readonly number[]> {
  /** Whose members they are; absent: of no group as a whole. */
  readonly group?: Group;
}

/** `socket` and `0`. */
export interface Group {
  readonly grouping: string;
  readonly name: string;
}

/** As much of a layout as tells who belongs where. */
interface Grouped {
  readonly name: string;
  readonly groups: Readonly<Record<string, string>>;
  readonly goneSequence: number | null;
}
type Scopes = Readonly<Record<string, { readonly instances: readonly (Grouped | null)[] }>>;

export class Groups {
  readonly #scopes: Scopes;
  /** By grouping and name. Made once, so that the same group has the same slots each time. */
  readonly #members = new Map<string, ReadonlyMap<string, Members>>();

  constructor(scopes: Scopes) {
    this.#scopes = scopes;
    for (const { id } of GROUPINGS) this.#members.set(id, this.#gather(id));
  }

  /** The groups that are there at a scope, in the order in which they are met. */
  names(scope: string, grouping: string): readonly string[] {
    const names = new Set<string>();
    for (const instance of this.#scopes[scope]?.instances ?? []) {
      if (instance === null || instance.goneSequence !== null) continue;
      const group = groupOf(scope, grouping, instance);
      if (group !== undefined) names.add(group);
    }
    return [...names];
  }

  /** Who is in a group, those that are gone among them; undefined where there is none of that name. */
  members(grouping: string, name: string): Members | undefined {
    return this.#members.get(grouping)?.get(name);
  }

  #gather(grouping: string): ReadonlyMap<string, Members> {
    const found = new Map<string, Gathered>();
    const knowing: string[] = [];
    for (const [scope, { instances }] of Object.entries(this.#scopes)) {
      for (const [slot, instance] of instances.entries()) {
        if (instance === null) continue;
        const name = groupOf(scope, grouping, instance);
        if (name === undefined) continue;
        if (knowing.at(-1) !== scope) knowing.push(scope);
        let members = found.get(name);
        if (members === undefined) found.set(name, members = new Gathered(grouping, name));
        const slots = members.get(scope);
        if (slots === undefined) members.set(scope, [slot]);
        else slots.push(slot);
      }
    }
    // Nobody of a scope that knows the grouping is another answer than a scope that does not.
    for (const members of found.values()) {
      for (const scope of knowing) if (!members.has(scope)) members.set(scope, []);
    }
    return found;
  }
}

class Gathered extends Map<string, number[]> implements Members {
  readonly group: Group;

  constructor(grouping: string, name: string) {
    super();
    this.group = { grouping, name };
  }
}

function groupOf(scope: string, grouping: string, instance: Grouped): string | undefined {
  return scope === grouping ? instance.name : instance.groups[grouping];
}

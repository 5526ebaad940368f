/**
 * The monitoring groups inside of control groups, whose traffic is a part of their control group's: its
 * number falls by all that one of them ever counted when that one goes
 * (Documentation/filesystems/resctrl.rst).
 *
 * @module
 */
import { SystemError } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { groupPath, isSame, NO_GROUP } from "./tree.ts";

const NONE: readonly string[] = [];

export class MonitoringGroups {
  readonly #tree: HostTree;
  /** By control group, as they were at the last look. */
  readonly #names = new Map<string, readonly string[]>();

  constructor(tree: HostTree) {
    this.#tree = tree;
  }

  /**
   * Control groups whose numbers do not go on from those before: one of their monitoring groups went. The
   * same at once in another one may be that group, which was moved there with its count.
   */
  unsteady(groups: readonly string[]): readonly string[] {
    let changed = NONE;
    let isLost = false;
    for (const group of groups) {
      const before = this.#names.get(group);
      const now = this.#listed(group) ?? before ?? NONE;
      this.#names.set(group, now);
      if (before === undefined || isSame(before, now)) continue;
      changed = [...changed, group];
      if (before.some((name) => !now.includes(name))) isLost = true;
    }
    if (this.#names.size > groups.length) {
      for (const group of this.#names.keys()) {
        if (!groups.includes(group)) this.#names.delete(group);
      }
    }
    return isLost ? changed : NONE;
  }

  /** Undefined where nobody may look. A group without the directory monitors nothing apart. */
  #listed(group: string): readonly string[] | undefined {
    try {
      return this.#tree.list(`${groupPath(group)}/mon_groups`);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return NO_GROUP.includes(error.errno) ? NONE : undefined;
    }
  }
}

/** Names in a sentence. @module */

/**
 * All of them, or so many and how many others there are.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { listed } from "./listed.ts";
 *
 * assertEquals(listed(["sda", "sdb"], 2), "sda, sdb");
 * assertEquals(listed(["sda", "sdb", "sdc"], 2), "sda, sdb and 1 more");
 * ```
 */
export function listed(names: readonly string[], most: number): string {
  const more = names.length - most;
  const shown = names.slice(0, most).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

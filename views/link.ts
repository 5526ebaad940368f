/**
 * Addresses within the service as a page writes them: relative, so that a page works below whatever
 * path a reverse proxy puts it, whether that path is taken off on the way or not.
 *
 * @module
 */

/**
 * Where a path of the service leads from a page. `root`: the way from that page up to `/`; most pages
 * stand right below it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(link("/doctor"), "doctor");
 * assertEquals(link("/"), "./");
 * assertEquals(link("/doctor", "../"), "../doctor");
 * ```
 */
export function link(path: string, root = ""): string {
  const way = root + path.slice(1);
  return way === "" ? "./" : way;
}

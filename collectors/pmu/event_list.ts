/**
 * Lists of events as a person writes them, in perf's words: `llc,branch-misses,cpu/event=0x24,umask=1/`.
 *
 * @module
 */
import { CACHE_EVENTS, HARDWARE_EVENTS } from "./event_codes.ts";
import { BUNDLES } from "./recipe.ts";

/** Other names that `perf list` has for the same events. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["cpu-cycles", "cycles"],
  ["branch-instructions", "branches"],
  ["idle-cycles-frontend", "stalled-cycles-frontend"],
  ["idle-cycles-backend", "stalled-cycles-backend"],
]);

const KNOWN: ReadonlySet<string> = new Set([
  ...BUNDLES,
  ...Object.keys(HARDWARE_EVENTS),
  ...Object.keys(CACHE_EVENTS),
]);

/** An event of a PMU by its name: `cpu_core/cycles/`. */
const OF_A_PMU = /^\w+\/[^/]+\/$/;
/** Between the parts of a list: commas between slashes belong to an event. */
const COMMA = /,(?=(?:[^/]*\/[^/]*\/)*[^/]*$)/;

/**
 * The bundles and events of a list, each once. Throws a `RangeError` for a word that is neither, also
 * for an empty one.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { parseEventList } from "./event_list.ts";
 *
 * assertEquals(parseEventList("llc, cpu-cycles"), ["llc", "cycles"]);
 * assertEquals(parseEventList("cpu/event=0x24,umask=1/,tlb"), ["cpu/event=0x24,umask=1/", "tlb"]);
 * assertThrows(() => parseEventList("cache"), RangeError, 'found "cache", needs bundles (core, ');
 * ```
 */
export function parseEventList(text: string): readonly string[] {
  const words = text.split(COMMA).map((word) => word.trim());
  const names = words.map((word) => ALIASES.get(word) ?? word);
  const unknown = names.find((name) => !KNOWN.has(name) && !OF_A_PMU.test(name));
  if (unknown !== undefined) {
    const where = unknown === "" && text !== "" ? ` in ${quoted(text)}` : "";
    throw new RangeError(
      `Cannot read events: found ${quoted(unknown)}${where}, ` +
        `needs bundles (${BUNDLES.join(", ")}) or events by perf's names, such as cache-misses`,
    );
  }
  return [...new Set(names)];
}

/**
 * Whether a word of such a list means an event, which stands by perf's full name. `cycles` means it on
 * every PMU.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { meansEvent } from "./event_list.ts";
 *
 * assert(meansEvent("cycles", "cpu_atom/cycles/"));
 * assert(!meansEvent("cycles", "ref-cycles"));
 * ```
 */
export function meansEvent(word: string, event: string): boolean {
  return word === event || event.endsWith(`/${word}/`);
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

/**
 * Lists of CPUs and nodes as sysfs writes them: `0-3,8,10-11`, or nothing at all for none
 * (Documentation/admin-guide/cputopology.rst).
 *
 * @module
 */

/** One above the largest number that is believed: no architecture is built for more (x86 MAXSMP). */
const CPU_NUMBERS_MOST = 8192;

/**
 * The numbers of a list, ascending, each once. Throws a `RangeError` for anything else.
 *
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import { parseCpuList } from "./cpu_list.ts";
 *
 * assertEquals(parseCpuList("0-2,8\n"), [0, 1, 2, 8]);
 * assertEquals(parseCpuList(""), []);
 * assertThrows(() => parseCpuList("2-0"), RangeError, 'found "2-0"');
 * ```
 */
export function parseCpuList(text: string): readonly number[] {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  const numbers = new Set<number>();
  for (const part of trimmed.split(",")) {
    const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
    const from = Number(first);
    const to = last === undefined ? from : Number(last);
    if (!(from <= to && to < CPU_NUMBERS_MOST)) {
      throw new RangeError(
        `Cannot read CPU list ${JSON.stringify(trimmed.slice(0, 80))}: found ` +
          `${
            JSON.stringify(part.slice(0, 20))
          }, needs numbers and ranges below ${CPU_NUMBERS_MOST}`,
      );
    }
    for (let number = from; number <= to; number++) numbers.add(number);
  }
  return [...numbers].toSorted((a, b) => a - b);
}

/**
 * The shortest list of some numbers.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { formatCpuList } from "./cpu_list.ts";
 *
 * assertEquals(formatCpuList([8, 0, 1, 2, 3]), "0-3,8");
 * ```
 */
export function formatCpuList(numbers: Iterable<number>): string {
  const sorted = [...new Set(numbers)].toSorted((a, b) => a - b);
  const parts: string[] = [];
  for (let i = 0; i < sorted.length;) {
    let end = i;
    while (sorted[end + 1] === sorted[end]! + 1) end++;
    parts.push(end === i ? `${sorted[i]}` : `${sorted[i]}-${sorted[end]}`);
    i = end + 1;
  }
  return parts.join(",");
}

/** Small files, read once: what one does not tell is absent, not an error. @module */
import { SystemError } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { parseCpuList } from "../pmu/cpu_list.ts";

/** The text of a file, or `undefined` where the kernel does not give it. */
export function textOf(tree: HostTree, path: string): string | undefined {
  try {
    return tree.text(path);
  } catch (error) {
    // No such file, no such right, no such device: all of them mean "not known".
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** The names in a directory, or `undefined` where the kernel does not give them. */
export function namesIn(tree: HostTree, path: string): readonly string[] | undefined {
  try {
    return tree.list(path);
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** Where a file really stands that is asked for by its usual path; `undefined` where it cannot be opened. */
export function placeOf(tree: HostTree, path: string): string | undefined {
  try {
    const file = tree.open(path);
    file.close();
    return file.path;
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

/** The whole number in the first group of a pattern; undefined where it is past 2^53 too, or none. */
export function numberOf(text: string | undefined, pattern: RegExp): number | undefined {
  const number = Number(text === undefined ? NaN : pattern.exec(text)?.[1]);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The numbers of a list such as `0-3,8`; absent where there is no such file, no number, or no list. */
export function cpuListOf(tree: HostTree, path: string): readonly number[] | undefined {
  const text = textOf(tree, path);
  if (text === undefined) return undefined;
  try {
    const numbers = parseCpuList(text);
    return numbers.length === 0 ? undefined : numbers;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

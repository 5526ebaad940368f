/** Figures over windows of time, and what stands for all of them. @module */
import { median } from "./machine.ts";

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  /** As they were measured. */
  readonly all: readonly number[];
}

export function spreadOf(all: readonly number[]): Spread {
  if (all.length === 0) throw new Error("Cannot sum up windows: there were none");
  return {
    median: median(all),
    least: Math.min(...all),
    most: Math.max(...all),
    mean: all.reduce((sum, value) => sum + value, 0) / all.length,
    all,
  };
}

export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** How fast a figure rises, a second, in each of so many windows, one after another. */
export async function rates(
  figure: () => number,
  { windows, seconds }: { readonly windows: number; readonly seconds: number },
): Promise<number[]> {
  const found: number[] = [];
  for (let window = 0; window < windows; window++) {
    const [before, begunMs] = [figure(), performance.now()];
    await pause(seconds);
    found.push((figure() - before) / (performance.now() - begunMs) * 1000);
  }
  return found;
}

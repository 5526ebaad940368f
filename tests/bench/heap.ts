/**
 * Garbage of the tick: how much the heap grows over 10,000 ticks when nothing is collected. Needs
 * `--v8-flags=--expose-gc` and a young generation larger than the bound, so that a scavenge cannot
 * hide growth; a collection in between would show as a heap that fell.
 *
 * @module
 */
import { Machine } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const HEAP_BYTES_MOST = 1e6;
/** At the finest interval most ticks read what is worth reading always; at a second all of it. */
const INTERVALS_MS = [10, 1000];

declare const gc: (() => void) | undefined;

export function heap(size: Size): Result[] {
  if (typeof gc !== "function") return [{ name: "heap growth", missing: "--v8-flags=--expose-gc" }];
  const ticks = size === "smoke" ? 200 : 10_000;
  return INTERVALS_MS.flatMap((intervalMs) => growth(gc!, intervalMs, ticks, size));
}

function growth(gc: () => void, intervalMs: number, ticks: number, size: Size): Result[] {
  const machine = new Machine({ intervalMs });
  // Optimised code is what runs for hours; what the interpreter allocates before is no growth.
  for (let i = 0; i < (size === "smoke" ? 200 : 5000); i++) machine.tick();
  gc();
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < ticks; i++) machine.tick();
  const grown = Deno.memoryUsage().heapUsed - before;
  machine.engine.close();
  return [
    {
      name: `heap growth, ${ticks} ticks of ${intervalMs} ms`,
      value: grown,
      unit: "bytes",
      most: HEAP_BYTES_MOST,
    },
  ];
}

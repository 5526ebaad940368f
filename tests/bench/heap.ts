/**
 * Garbage of the tick: how much the heap grows over 10,000 ticks when nothing is collected. Needs
 * `--v8-flags=--expose-gc` and a young generation larger than the bound, so that a scavenge cannot
 * hide growth; a collection in between would show as a heap that fell.
 *
 * @module
 */
import { TEXT_INTERVAL_MS_LEAST } from "../../collectors/collector.ts";
import { Machine } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const HEAP_BYTES_MOST = 1e6;
/**
 * The bound is for the finest interval, where ticks are most and 10,000 of them are 100 s. At a second
 * they are three hours, and what grows is not the tick: looking again for what this machine lacks, and
 * other work of every few minutes, makes V8 build optimized code anew, some 75 kB each time.
 */
const BOUNDED_MS = 10;
const INTERVALS_MS = [BOUNDED_MS, 1000];
/** Of what is read least often of all that a tick of the bound reads: text. */
const WARM_READINGS = 6000;

declare const gc: (() => void) | undefined;

export function heap(size: Size): Result[] {
  if (typeof gc !== "function") return [{ name: "heap growth", missing: "--v8-flags=--expose-gc" }];
  const ticks = size === "smoke" ? 200 : 10_000;
  return INTERVALS_MS.flatMap((intervalMs) => growth(gc!, intervalMs, ticks, size));
}

function growth(gc: () => void, intervalMs: number, ticks: number, size: Size): Result[] {
  const machine = new Machine({ intervalMs });
  // Optimised code is what runs for hours; what the interpreter allocates before is no growth.
  const warming = WARM_READINGS * Math.max(1, TEXT_INTERVAL_MS_LEAST / intervalMs);
  for (let i = 0; i < (size === "smoke" ? 200 : warming); i++) machine.tick();
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
      ...(intervalMs === BOUNDED_MS ? { most: HEAP_BYTES_MOST } : {}),
    },
  ];
}

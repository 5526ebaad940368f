/**
 * Who was there at a row: a chart's past is read by the newest layout, which tells of each instance and of
 * those without a slot since when.
 *
 * @module
 */
import type { Instance, Layout } from "./layout.ts";

/** Whether a slot's instance was there at a row. */
export function wasPresent(instance: Instance | null, sequence: number): instance is Instance {
  if (instance === null || instance.bornSequence > sequence) return false;
  if (instance.goneSequence !== null && instance.goneSequence <= sequence) return false;
  const { away } = instance;
  if (away === undefined) return true;
  for (const { gone, back } of away) if (gone <= sequence && sequence < back) return false;
  return true;
}

/** How many of a scope had no slot at a row. */
export function untakenOf(layout: Layout, scope: string, sequence: number): number {
  const untaken = layout.scopes[scope]?.untaken;
  if (untaken === undefined) return 0;
  let count = 0;
  for (const step of untaken) if (step.sequence <= sequence) count = step.count;
  return count;
}

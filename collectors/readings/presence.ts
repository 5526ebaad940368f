/**
 * Who was there at a row: a chart's past is read by the newest layout, which tells of each instance and of
 * those without a slot since when.
 *
 * @module
 */
import type { Instance, Layout, Untaken } from "../sampling/layout.ts";
import type { Members } from "./groups.ts";

/** Whether a slot's instance was there at a row. */
export function wasPresent(instance: Instance | null, sequence: number): instance is Instance {
  if (instance === null || instance.bornSequence > sequence) return false;
  if (instance.goneSequence !== null && instance.goneSequence <= sequence) return false;
  const { away } = instance;
  if (away === undefined) return true;
  for (const { gone, back } of away) if (gone <= sequence && sequence < back) return false;
  return true;
}

/** How many had no slot at a row of those who are asked for: all of a scope, or of a group in it. */
export function untakenOf(
  layout: Layout,
  scope: string,
  sequence: number,
  whose: number | Members | null,
): number {
  const untaken = layout.scopes[scope]?.untaken;
  if (untaken === undefined || typeof whose === "number") return 0;
  let last: Untaken | undefined;
  for (const step of untaken) if (step.sequence <= sequence) last = step;
  if (last === undefined) return 0;
  if (whose === null) return last.count;
  const { group } = whose;
  if (group === undefined) return 0;
  return last.groups.filter((groups) => groups[group.grouping] === group.name).length;
}

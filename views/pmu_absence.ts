/** Whether what perf_event_open could count is counted, in a word. @module */
import type { PmuQuantities } from "../collectors/mod.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { isMeasured } from "../collectors/trust.ts";

/** Empty where something is measured; else the word for its absence, one with a cause before others. */
export function absenceOf(snapshot: Snapshot, { metrics }: PmuQuantities): string {
  let found = "";
  let explained = false;
  for (const id of metrics) {
    const reading = snapshot.read(id);
    if (isMeasured(reading)) return "";
    if (found !== "" && (explained || reading.problem === undefined)) continue;
    found = reading.absent;
    explained = reading.problem !== undefined;
  }
  return found;
}

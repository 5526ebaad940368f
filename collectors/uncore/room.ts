/** Whether there are descriptors enough for counters of many boxes. @module */
import { CollectorError, type Site } from "../collector.ts";
import { makeRoom, roomNeed } from "../counters/descriptor_room.ts";
import { ERRNO } from "../kernel/errno.ts";
import { remedyFor } from "../kernel/remedy.ts";
import { type Narrowing, wantsCpu } from "../narrowing.ts";
import type { UncoreBox } from "./counters.ts";

/**
 * Raises the limit of open files as far as the boxes need. Throws `CollectorError` where it cannot be
 * raised so far: the last descriptors are for those who ask for the page.
 */
export function needRoom(
  { kernel, tree, profile }: Site,
  narrowing: Narrowing,
  whom: string,
  boxes: readonly UncoreBox[],
): readonly UncoreBox[] {
  const needed = boxes.filter(({ cpu }) => wantsCpu(narrowing, cpu)).reduce(
    (sum, { terms }) => sum + terms.reduce((own, { events }) => own + events.length, 0),
    0,
  );
  const found = makeRoom(kernel, tree, needed);
  if (needed <= found.room) return boxes;
  throw new CollectorError(
    "failed",
    `Cannot open counters of ${whom}: ${needed} descriptors, ${roomNeed(needed, found)}`,
    remedyFor(ERRNO.EMFILE, "perf_event", profile),
  );
}

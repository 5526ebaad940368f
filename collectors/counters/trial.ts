/** What the kernel says to a group of events on a CPU right now: opened, and closed again. @module */
import type { Kernel } from "../kernel/kernel.ts";
import type { PmuEvent } from "../pmu/pmu_event.ts";
import { EventGroup } from "./event_group.ts";

/** 0 when the kernel takes all of them as one group, else the error number of the first it refused. */
export function tryGroup(kernel: Kernel, cpu: number, events: readonly PmuEvent[]): number {
  let refused = 0;
  const group = EventGroup.open(kernel, cpu, events, (_place, errno) => refused ||= errno);
  group?.close();
  return refused;
}

/**
 * What becomes of a group that is started now. `waits`: the kernel takes it, and time goes by in which it
 * has no counters.
 */
export type Trial = "runs" | "waits" | "refused";

export function tryRun(kernel: Kernel, cpu: number, events: readonly PmuEvent[]): Trial {
  const scale = started(kernel, cpu, events);
  if (scale === "refused") return scale;
  return scale?.waited ? "waits" : "runs";
}

/** Whether a group gets its counters this moment. A group may fit a CPU whose counters others hold. */
export function runsNow(kernel: Kernel, cpu: number, events: readonly PmuEvent[]): boolean {
  const scale = started(kernel, cpu, events);
  return scale !== "refused" && scale !== null && scale.ran;
}

/** What a group counted that was started and read once, and is closed again; null: it could not be read. */
function started(
  kernel: Kernel,
  cpu: number,
  events: readonly PmuEvent[],
): EventGroup["scale"] | "refused" | null {
  let refused = false;
  const group = EventGroup.open(kernel, cpu, events, () => refused = true);
  if (group === null) return "refused";
  const whole = !refused && group.read() === "whole";
  group.close();
  if (refused) return "refused";
  return whole ? group.scale : null;
}

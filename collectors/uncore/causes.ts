/** Why boxes of counters outside of the cores are not counted, or not all of what they have. @module */
import type { Site } from "../collector.ts";
import { refusal } from "../counters/refusals.ts";
import { isAboutTheEvent } from "../kernel/errno.ts";
import { listed } from "../listed.ts";
import { leftOutProblem } from "../narrowing.ts";
import type { Problem } from "../trust.ts";
import type { Away, UncoreSeat } from "./seat.ts";

/** A message names no more boxes than this. */
const NAMES_MOST = 8;

type Cause = Omit<Problem, "collector">;

export interface UncoreCounted {
  readonly site: Site;
  /** In messages: `the L3 caches`. */
  readonly whom: string;
  readonly scope: string;
  readonly metrics: readonly string[];
}

/**
 * Each cause once. `crowded`: names of the boxes that found no room in the scope. `isLatentTold`: whether
 * counters had the time to move.
 */
export function causesOf(
  seats: readonly UncoreSeat[],
  counted: UncoreCounted,
  crowded: readonly string[],
  isLatentTold: boolean,
): readonly Cause[] {
  const { scope, metrics, whom } = counted;
  const causes = [
    ...refusedCauses(seats, counted),
    ...(isLatentTold ? latentCauses(seats, counted) : []),
  ];
  const left = seats.filter(isAway("left_out"));
  if (left.length > 0) {
    const cpus = left.map(({ box }) => box.cpu);
    causes.push({
      key: `${scope}/narrowed`,
      reason: "left_out",
      ...leftOutProblem(whom, cpus),
      metrics,
      instances: namesOf(left),
    });
  }
  const gone = namesOf(seats.filter(isAway("gone")));
  if (gone.length > 0) {
    causes.push({
      key: `${scope}/gone`,
      reason: "gone",
      message: `Cannot count ${whom} ${
        listed(gone, NAMES_MOST)
      }: found no CPU of theirs online, needs one`,
      remedy: "Bring one of their CPUs online: " +
        "`echo 1 | sudo tee /sys/devices/system/cpu/cpuN/online`",
      metrics,
      instances: gone,
    });
  }
  if (crowded.length > 0) {
    const last = namesOf(seats.filter(isAway("crowded")));
    const [them, present] = [[...last, ...crowded], seats.length + crowded.length];
    causes.push({
      key: `${scope}/crowded`,
      reason: "failed",
      message: `Cannot count ${whom} ${listed(them, NAMES_MOST)}: found ${present} of them, ` +
        `needs ${seats.length} or fewer`,
      metrics,
      instances: last,
    });
  }
  return causes;
}

function refusedCauses(
  seats: readonly UncoreSeat[],
  { site, whom, scope }: UncoreCounted,
): readonly Cause[] {
  interface Refused {
    readonly what: string;
    readonly errno: number;
    readonly cpus: Set<number>;
    readonly names: Set<string>;
    readonly metrics: Set<string>;
  }
  const found = new Map<string, Refused>();
  for (const { box, refusals } of seats) {
    for (const { events, errno, metrics } of refusals) {
      const event = events.length === 1 && isAboutTheEvent(errno) ? events[0]!.name : null;
      const key = `${scope}/${event ?? "group"}:${errno}`;
      const known = found.get(key) ?? {
        what: event === null ? `counters of ${whom}` : `event "${event}"`,
        errno,
        cpus: new Set(),
        names: new Set(),
        metrics: new Set(),
      };
      found.set(key, known);
      known.cpus.add(box.cpu);
      known.names.add(box.name);
      for (const metric of metrics) known.metrics.add(metric);
    }
  }
  return [...found].map(([key, { what, errno, cpus, names, metrics }]) => ({
    key,
    ...refusal(what, cpus, errno, site.profile),
    metrics: [...metrics],
    ...(names.size === seats.length ? {} : { instances: [...names] }),
  }));
}

/** Counters that open and never moved. */
function latentCauses(
  seats: readonly UncoreSeat[],
  { scope, metrics }: UncoreCounted,
): readonly Cause[] {
  return metrics.flatMap((metric, i): Cause[] => {
    const still = seats.filter(({ set, latent }) => set !== null && latent[i] === 1);
    const term = still[0]?.box.terms.find((own) => own.metric === metric);
    if (term === undefined) return [];
    return [{
      key: `${scope}/${metric} latent`,
      reason: "not_supported",
      message: `Cannot count event "${term.events[0]!.name}": found a counter that never moved, ` +
        "needs firmware that feeds it",
      metrics: [metric],
      ...(still.length === seats.length ? {} : { instances: namesOf(still) }),
    }];
  });
}

function isAway(how: Away): (seat: UncoreSeat) => boolean {
  return ({ away }) => away === how;
}

function namesOf(seats: readonly UncoreSeat[]): readonly string[] {
  return seats.map(({ box }) => box.name);
}

/**
 * One box of counters outside of the cores: its instance, what is open for it, and what the kernel refused.
 *
 * @module
 */
import { CounterSet } from "../counters/counter_set.ts";
import { tryGroup, tryRun } from "../counters/trial.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { keyOf, type Plan, planGroups } from "../pmu/plan.ts";
import type { PmuEvent } from "../pmu/pmu_event.ts";
import type { UncoreBox } from "./box.ts";

/** Why a box is not even tried. */
export type Away =
  /** The options leave its CPU alone. */
  | "left_out"
  /** It was found before, and no CPU of it is online now. */
  | "gone"
  /** It stands for others that the scope has no room for. */
  | "crowded";

/** Events that the kernel refused together: one, or a group. */
export interface UncoreRefusal {
  readonly events: readonly PmuEvent[];
  /** What cannot be told without them. */
  readonly metrics: readonly string[];
  errno: number;
}

export class UncoreSeat {
  readonly box: UncoreBox;
  readonly slot: number;
  /** Units that a count is worth, by metric. */
  readonly factors: Float64Array;
  /** By metric: 1 where it is latent and has not moved yet. */
  readonly latent: Uint8Array;
  away: Away | null;
  /** Null: refused, or away. It is there, and missing from every sum. */
  set: CounterSet | null = null;
  refusals: readonly UncoreRefusal[] = [];
  /** Whether its last reading told something. */
  whole = false;

  /** `metrics`: what has columns, in their order. */
  constructor(box: UncoreBox, slot: number, metrics: readonly string[], away: Away | null) {
    this.box = box;
    this.slot = slot;
    this.away = away;
    this.factors = Float64Array.from(
      metrics,
      (metric) => box.terms.find((term) => term.metric === metric)?.unitsPerCount ?? 1,
    );
    this.latent = Uint8Array.from(
      metrics,
      (metric) => box.terms.some((term) => term.metric === metric && term.latent) ? 1 : 0,
    );
  }

  /** Opens what the kernel lets it; `refusals` has the rest. */
  open(kernel: Kernel, metrics: readonly string[], nowMs: number): void {
    const { box } = this;
    const plan = planOf(kernel, box);
    const refusals: UncoreRefusal[] = [];
    this.set = CounterSet.open(kernel, box.cpu, plan, metrics, nowMs, (group, member, errno) => {
      const events = member === null ? plan.groups[group]! : [plan.groups[group]![member]!];
      refusals.push({ events, errno, metrics: metricsOf(box, events) });
    });
    this.refusals = refusals;
  }

  /**
   * Tries again what was refused: whether more is counted now. What is counted goes on undisturbed
   * until there is more to count.
   */
  retry(kernel: Kernel, metrics: readonly string[], nowMs: number): boolean {
    if (this.set !== null) {
      let opens = false;
      for (const refused of this.refusals) {
        const errno = tryGroup(kernel, this.box.cpu, refused.events);
        if (errno === 0) opens = true;
        else refused.errno = errno;
      }
      if (!opens) return false;
      this.set.close();
    }
    this.open(kernel, metrics, nowMs);
    return this.set !== null;
  }

  close(): void {
    this.set?.close();
    this.set = null;
    this.whole = false;
  }
}

/** All in one group where the box has counters for it, so that reads and writes are of one time. */
function planOf(kernel: Kernel, { cpu, pmu, terms }: UncoreBox): Plan {
  // Some drivers take groups of any size and run none that is larger than their counters are many
  // (arch/x86/events/amd/uncore.c), so a group must have had a turn. What is larger has none either.
  let sizeMost = Infinity;
  const fits = (events: readonly PmuEvent[]): boolean => {
    if (events.length === 1) return true;
    if (events.length > sizeMost) return false;
    const said = tryRun(kernel, cpu, events);
    if (said === "waits") sizeMost = events.length - 1;
    return said === "runs";
  };
  return planGroups(
    [{ id: pmu, terms: terms.map(({ metric, events }) => ({ metric, events })) }],
    fits,
  );
}

function metricsOf({ terms }: UncoreBox, events: readonly PmuEvent[]): readonly string[] {
  const keys = new Set(events.map(keyOf));
  return terms.filter((term) => term.events.some((event) => keys.has(keyOf(event))))
    .map(({ metric }) => metric);
}

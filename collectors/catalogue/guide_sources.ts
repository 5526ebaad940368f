/** What counts a metric, by the maker of the CPU: for a person who wants to check it, or to count it elsewhere. */
import { metric as metricOf } from "../catalogue.ts";
import {
  coreChoices,
  type EventChoice,
  l3Choices,
  type MemoryChoice,
  memoryChoices,
} from "../pmu/event_guide.ts";
import { TERMS } from "./core_counters.ts";
import { IDLE_PMUS } from "./cstates.ts";
import { CORE_ENERGY, ENERGY_ZONES } from "./energy.ts";
import { L3_TERMS } from "./llc.ts";
import { TRAFFIC_METRICS } from "./memory_bandwidth.ts";
import { CLOCK_TERMS } from "./msr_clock.ts";

export type { EventChoice, MemoryChoice };

/** One event on all CPUs that have it. */
function fixed(event: string, ...makers: readonly string[]): readonly EventChoice[] {
  const provenance = "kernel" as const;
  return [{ makers, cores: [], events: [event], provenance, note: undefined, why: undefined }];
}

const KNOWN = new Map<string, readonly EventChoice[]>();

/** Of measured metrics that an event counts; empty for any other. */
export function choicesOf(id: string): readonly EventChoice[] {
  let known = KNOWN.get(id);
  if (known === undefined) KNOWN.set(id, known = findChoices(id));
  return known;
}

function findChoices(id: string): readonly EventChoice[] {
  const term = TERMS.find(({ metric }) => metric === id);
  if (term !== undefined) return coreChoices(term.bundle, term.role);
  const l3 = L3_TERMS.find(({ metric }) => metric === id);
  if (l3 !== undefined) return l3Choices(l3.role);
  const zone = ENERGY_ZONES.find(({ metric }) => metric === id);
  if (zone !== undefined) return fixed(`power/${zone.event}/`, "Intel", "AMD");
  if (id === CORE_ENERGY.metric) return fixed(`power_core/${CORE_ENERGY.event}/`, "AMD");
  const clock = CLOCK_TERMS.find(({ metric }) => metric === id);
  if (clock !== undefined) return fixed(`msr/${clock.event}/`, "Intel", "AMD");
  for (const { pmu, terms } of IDLE_PMUS) {
    const idle = terms.find(({ metric }) => metric === id);
    if (idle !== undefined) return fixed(`${pmu}/${idle.event}/`, "Intel");
  }
  const entry = metricOf(id);
  return entry.kind === "derived" || entry.perfEvent === undefined ? [] : fixed(entry.perfEvent);
}

/** Ways to count memory traffic, each told once: some differ by the CPU's model alone. */
export function memoryWays(): readonly MemoryChoice[] {
  const told = new Map<string, MemoryChoice>();
  for (const choice of memoryChoices()) {
    const { id: _, ...rest } = choice;
    const key = JSON.stringify(rest);
    if (!told.has(key)) told.set(key, choice);
  }
  return [...told.values()];
}

/** Whether one of these ways counts a metric. */
export function isTraffic(id: string): boolean {
  return TRAFFIC.has(id);
}

const TRAFFIC: ReadonlySet<string> = new Set(
  Object.values(TRAFFIC_METRICS).flatMap((kind): readonly string[] => [
    kind.reads,
    kind.writes,
    ...("combined" in kind ? [kind.combined] : []),
  ]),
);

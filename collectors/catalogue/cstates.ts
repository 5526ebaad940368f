/** How long cores, modules and packages rest, by how deeply, and the card that shows it. */
import type { Derived, Measured, Scope, Subject } from "../catalogue.ts";
import type { GridRow, Shown } from "../card.ts";
import { delta, divide, last, multiply } from "../formula.ts";
import { counter, timeEnabledOf } from "./counted.ts";
import { TSC_FREQUENCY } from "./tsc.ts";

const collector = "cstates";

/** What rests as one, with a PMU of its own (arch/x86/events/intel/cstate.c). */
interface Sleeper {
  /** What it is, and the prefix of its metrics. */
  readonly id: "core" | "module" | "package";
  readonly pmu: string;
  readonly scope: Scope;
  readonly states: readonly string[];
}

const SLEEPERS: readonly Sleeper[] = [
  {
    id: "core",
    pmu: "cstate_core",
    scope: { id: "core_idle", label: "core", name: "Core at rest", spare: 1, most: 1024 },
    states: ["c1", "c3", "c6", "c7"],
  },
  {
    id: "module",
    pmu: "cstate_module",
    scope: { id: "module_idle", label: "module", name: "Module at rest", spare: 1, most: 512 },
    states: ["c6"],
  },
  {
    id: "package",
    pmu: "cstate_pkg",
    scope: { id: "package_idle", label: "package", name: "Package at rest", spare: 1, most: 64 },
    states: ["c2", "c3", "c6", "c7", "c8", "c9", "c10"],
  },
];

/** What one of the PMUs counts. */
export interface IdlePmu {
  readonly pmu: string;
  readonly kind: Sleeper["id"];
  readonly scope: string;
  /** In messages: `the idle states of cores`. */
  readonly whom: string;
  readonly terms: readonly { readonly metric: string; readonly event: string }[];
}

export const IDLE_PMUS: readonly IdlePmu[] = SLEEPERS.map(({ id, pmu, scope, states }) => ({
  pmu,
  kind: id,
  scope: scope.id,
  whom: `the idle states of ${id}s`,
  terms: states.map((state) => ({ metric: ticksOf(id, state), event: `${state}-residency` })),
}));

function ticksOf(id: string, state: string): string {
  return `${id}_${state}_ticks`;
}

function ratioOf(id: string, state: string): string {
  return `${id}_${state}_residency_ratio`;
}

function measuredOf({ id, scope, states }: Sleeper): readonly Measured[] {
  return states.flatMap((state) =>
    counter({
      id: ticksOf(id, state),
      name: `${title(id)} in ${state.toUpperCase()}, ticks`,
      help: `Ticks of the reference clock that a ${id} spent in idle state ${state.toUpperCase()}.`,
      unit: "{tick}",
      scope: scope.id,
      collector,
      sane: [0, 1e10],
    })
  );
}

function derivedOf({ id, scope, states }: Sleeper): readonly Derived[] {
  return states.map((state) => {
    const ticks = ticksOf(id, state);
    return {
      id: ratioOf(id, state),
      name: `${title(id)} in ${state.toUpperCase()}`,
      help: `Share of the time that a ${id} spent in idle state ${state.toUpperCase()}.`,
      unit: "1",
      kind: "derived",
      scope: scope.id,
      sane: [0, 1.05],
      formula: divide(
        delta(ticks),
        multiply(delta(timeEnabledOf(ticks)), last(TSC_FREQUENCY)),
      ),
    };
  });
}

function title(id: string): string {
  return id.charAt(0).toUpperCase() + id.slice(1);
}

/** In one line for each state; who has no such state has an empty cell. */
function rows(): readonly GridRow[] {
  const states = new Set(SLEEPERS.flatMap((sleeper) => sleeper.states));
  const depth = (state: string): number => Number(state.slice(1));
  return [...states].toSorted((a, b) => depth(a) - depth(b)).map((state) => ({
    name: state.toUpperCase(),
    cells: SLEEPERS.map(({ id, states }): Shown | null =>
      states.includes(state) ? { metric: ratioOf(id, state) } : null
    ),
  }));
}

export const cstates: Subject = {
  scopes: SLEEPERS.map(({ scope }) => scope),
  metrics: [...SLEEPERS.flatMap(measuredOf), ...SLEEPERS.flatMap(derivedOf)],
  cards: [
    {
      id: "cstates",
      title: "Idle states",
      place: "sys",
      order: 72,
      blocks: [
        {
          block: "grid",
          heading: "State",
          columns: SLEEPERS.map(({ id }) => title(`${id}s`)),
          rows: rows(),
        },
      ],
    },
  ],
};

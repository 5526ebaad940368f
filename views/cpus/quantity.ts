/** Which metric stands for a quantity on this machine, and how its values become colours. @module */
import type { InstanceQuantity } from "../../collectors/card.ts";
import { isColumn, metric, shownUnit } from "../../collectors/catalogue.ts";
import { CPU_PAGE } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { type Absence, isHere, isMeasured } from "../../collectors/trust.ts";
import { type Scale, scaleOf, spellAt } from "../format.ts";
import { HEATS } from "./choice.ts";

/** What a quantity is here. */
export interface Found {
  readonly metric: string;
  readonly unit: string;
  /** Why no CPU has it; null where one does, or may in a moment. */
  readonly lack: Absence | null;
}

const FOUND = new WeakMap<Snapshot, Map<InstanceQuantity, Found>>();

/** The first of its metrics that the machine has; where it has none, the last, and why. */
export function found(quantity: InstanceQuantity, snapshot: Snapshot): Found {
  let known = FOUND.get(snapshot);
  if (known === undefined) FOUND.set(snapshot, known = new Map());
  let here = known.get(quantity);
  if (here === undefined) known.set(quantity, here = find(quantity, snapshot));
  return here;
}

function find({ metrics }: InstanceQuantity, snapshot: Snapshot): Found {
  let last: Found | undefined;
  for (const id of metrics) {
    const lack = lackOf(id, snapshot);
    last = { metric: id, unit: shownUnit(metric(id)), lack };
    if (lack === null) break;
  }
  return last!;
}

function lackOf(id: string, snapshot: Snapshot): Absence | null {
  // What the host lacks none of its parts has.
  const whole = snapshot.read(id);
  if (!isMeasured(whole) && !isHere(whole)) return whole;
  let first: Absence | null = null;
  for (const { name } of snapshot.instances(CPU_PAGE.scope)) {
    const reading = snapshot.read(id, name);
    if (isMeasured(reading) || isHere(reading)) return null;
    first ??= reading;
  }
  return first;
}

/** The quantity that colours: the one that was chosen, or the first that is there. */
export function heatOf(by: string | undefined, snapshot: Snapshot): InstanceQuantity {
  const chosen = HEATS.find(({ key }) => key === by);
  return chosen ?? HEATS.find((each) => found(each, snapshot).lack === null) ?? HEATS[0]!;
}

/** Colours from the lowest values to the highest. */
export const HEAT_STEPS = 10;

export interface HeatScale {
  readonly top: number;
  /** Values are above, or may be: where the machine itself ends it, mostly none is. */
  readonly open: boolean;
  /** Of the numbers in the cells, which have one for all: `%`, `GHz`; empty for plain numbers. */
  readonly unit: string;
  /** What one of that unit is worth. */
  readonly size: number;
  readonly scale: Scale;
}

export function heatScale(quantity: InstanceQuantity, snapshot: Snapshot): HeatScale {
  const { top: fixed, topMetric } = quantity.heat!;
  const { metric: id, unit } = found(quantity, snapshot);
  const scale = scaleOf(unit);
  const told = topMetric === undefined ? undefined : snapshot.read(topMetric);
  const ends = told !== undefined && isMeasured(told) && told.grade !== "implausible";
  const top = ends ? told.value : fixed;
  const prefixed = scale.kind === "decimal";
  const size = prefixed ? 1000 ** Math.max(0, Math.floor(Math.log10(top) / 3)) : 1;
  const open = scale.kind !== "percent" && (!ends || isAbove(id, top, snapshot));
  return { top, open, unit: spellAt(top, scale).unit, size, scale };
}

/** Whether a CPU is above what the machine says that there is: some leave out their boost. */
function isAbove(id: string, top: number, snapshot: Snapshot): boolean {
  return snapshot.instances(CPU_PAGE.scope).some(({ name }) => {
    const reading = snapshot.read(id, name);
    return isMeasured(reading) && reading.value > top;
  });
}

/** From 0 to `HEAT_STEPS` - 1. */
export function heatStep(value: number, { top }: HeatScale): number {
  // A tenth that was rounded on its way is a tenth.
  const step = Math.floor(HEAT_STEPS * value / top + 1e-9);
  return Math.max(0, Math.min(HEAT_STEPS - 1, step));
}

/** A value in the unit of the scale, which stands beside it once. */
export function heatNumber(value: number, { scale, size }: HeatScale): string {
  return spellAt(value / size, scale.kind === "percent" ? scale : PLAIN).value;
}

const PLAIN: Scale = { kind: "plain", suffix: "" };

/** What the value of several CPUs is: of a gauge the highest, of all else the one of their sums. */
export function togetherWords(id: string): string {
  const entry = metric(id);
  return isColumn(entry) && entry.kind === "gauge" ? "the highest" : "together";
}

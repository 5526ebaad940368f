/** Where the counts of boxes outside of the cores come from: those that count the same are one source. @module */
import { perfFamily } from "../pmu/memory_terms.ts";
import type { Source } from "../source.ts";
import type { UncoreSeat } from "./seat.ts";

/** `metrics`: what has columns, in their order. */
export function sourcesOf(
  seats: readonly UncoreSeat[],
  metrics: readonly string[],
): readonly Source[] {
  const found = new Map<string, Source & { readonly instances: string[] }>();
  for (const { box, set } of seats) {
    if (set === null) continue;
    for (const { metric } of box.terms) {
      const places = set.plan.places.get(metric) ?? [];
      const [first] = places;
      if (first === undefined) continue;
      const events = places.map(({ group, member }) => set.plan.groups[group]![member]!.name);
      const apart = places.some(({ group }) => group !== first.group);
      const pmu = perfFamily(box.pmu);
      const group = apart ? -1 - metrics.indexOf(metric) : first.group;
      const key = [metric, pmu, ...events, group, box.provenance].join(" ");
      const known = found.get(key);
      if (known !== undefined) {
        known.instances.push(box.name);
        continue;
      }
      const { provenance, note } = box;
      const instances = [box.name];
      found.set(key, { metric, pmu, events, instances, group, provenance, note });
    }
  }
  return [...found.values()];
}

/** What counts and their places are called in the middle of a sentence. @module */
import { type Metric, metric as metricOf, SCOPES } from "../../collectors/catalogue.ts";
import { plural, spellOut } from "../format.ts";

/** `8 memory controllers`, `1 CPU`, `2 cores at rest`. */
export function countOfThem(count: number, scope: string): string {
  const one = nameOfScope(scope);
  const many = one.replace(/^.*?(?= (?:at|of|to) |$)/, (noun) => `${noun.replace(/y$/, "ie")}s`);
  return plural(count, one, many);
}

/** `Busy of nvme0n1`, `Clock of CPU 0`. */
export function nameAt(name: string, scope: string, instance: string | undefined): string {
  if (instance === undefined) return name;
  // A number alone could be anything's.
  return `${name} of ${/^\d+$/.test(instance) ? `${nameOfScope(scope)} ` : ""}${instance}`;
}

function nameOfScope(scope: string): string {
  // What begins with two capitals or a number is an abbreviation.
  return SCOPES.get(scope)!.name.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
}

/** What is counted again beside its partners has the name of what it is. */
export function nameOfCount(entry: Metric): string {
  const twin = entry.kind === "derived" ? undefined : entry.twin;
  return twin === undefined ? entry.name : metricOf(twin).name;
}

/** What was counted in a span of time. Bytes that moved are told as their rates are: in powers of 1000. */
export function countText(count: number, unit: string): string {
  return unit === "By" ? spellOut(count, "By/s").replace(/\/s$/, "") : spellOut(count, unit);
}

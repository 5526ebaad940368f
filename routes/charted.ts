/** Charts that are asked for by the page on which they stand. @module */
import type { SeriesKey, Snapshot } from "../collectors/mod.ts";
import { quote, Refusal } from "./refusal.ts";
import type { Rendering } from "./rendering.ts";

export interface Charted {
  readonly page: "overview" | "cpus";
  /** Of the CPUs only one has charts. */
  readonly cpu?: string | undefined;
}

/** The lines of a page's charts, in the order of their columns. Throws `Refusal`. */
export function chartedLines(
  { overview, cpus }: Pick<Rendering, "overview" | "cpus">,
  { page, cpu }: Charted,
  snapshot: Snapshot,
): readonly SeriesKey[] {
  const tried = `Cannot show the charts of page ${quote(page)}`;
  if (page === "overview") {
    if (cpu === undefined) return overview.series(snapshot);
    throw new Refusal(400, `${tried} for CPU ${quote(cpu)}: needs page=cpus, or no cpu=`);
  }
  if (cpu === undefined) {
    throw new Refusal(400, `${tried} for all CPUs: it has none, needs cpu=, such as cpu=0`);
  }
  checkCpu({ cpus }, cpu, snapshot);
  return cpus.live({ cpu }).series(snapshot);
}

/** Throws `Refusal` 404 for a number that no CPU of the machine has. */
export function checkCpu({ cpus }: Pick<Rendering, "cpus">, cpu: string, snapshot: Snapshot): void {
  if (cpus.has({ cpu }, snapshot)) return;
  throw new Refusal(404, `Cannot show charts of CPU ${quote(cpu)}: there is none of that number`);
}

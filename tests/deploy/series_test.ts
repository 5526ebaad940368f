/** Which labels name an instance, against what machines tell. */
import { assert, assertEquals } from "@std/assert";
import { METRICS, SCOPES } from "../../collectors/catalogue.ts";
import { instanceLabels } from "../../deploy/prometheus/series.ts";

const GOLDENS = new URL("../golden/", import.meta.url);
/** Of what is told by events: beside the instance. */
const OF_EVENTS = ["event", "pmu"];

/** The labels of each series of `/metrics`, by family. */
function seriesOf(text: string): ReadonlyMap<string, readonly Readonly<Record<string, string>>[]> {
  const found = new Map<string, Readonly<Record<string, string>>[]>();
  for (const [, family, braced] of text.matchAll(/^(\w+)\{(.*)\} \S+$/gm)) {
    const labels = [...braced!.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
    const series = Object.fromEntries(labels.map(([, label, value]) => [label!, value!]));
    found.set(family!, [...(found.get(family!) ?? []), series]);
  }
  return found;
}

Deno.test("no two series of a family have the same labels that name their instances", async () => {
  let told = 0;
  for (const machine of ["server-2socket", "firecracker-2cpu", "minimal-container"]) {
    const series = seriesOf(await Deno.readTextFile(new URL(`${machine}.prom`, GOLDENS)));
    for (const { exposition, scope } of METRICS.values()) {
      if (exposition === undefined || SCOPES.get(scope)!.volatile) continue;
      const constant = Object.keys([exposition.labels ?? {}].flat()[0]!);
      // Families that scopes share have a label for each of them.
      const scopes = [...METRICS.values()].filter((metric) =>
        metric.exposition?.name === exposition.name
      ).flatMap((metric) => instanceLabels(metric.scope));
      const naming = [...new Set([...scopes, ...constant, ...OF_EVENTS])];
      const names = (series.get(exposition.name) ?? []).map((labels) =>
        JSON.stringify(naming.map((label) => labels[label] ?? null))
      );
      assertEquals(new Set(names).size, names.length, `${exposition.name} of ${machine}`);
      told += names.length;
    }
  }
  assert(told > 100, `${told} series`);
});

Deno.test("what the host has one of needs no label", () => {
  assertEquals(instanceLabels("host"), []);
  assertEquals(instanceLabels("sensor"), ["chip", "sensor"]);
});

/** `/api/v1/catalogue`. @module */
import * as v from "valibot";
import { METRIC_ID } from "./snapshot.ts";

const NAMES = v.array(v.string());

const SOURCE = v.pipe(
  v.strictObject({
    metric: METRIC_ID,
    pmu: v.string(),
    events: NAMES,
    instances: NAMES,
    group: v.pipe(
      v.nullable(v.number()),
      v.description("Events of the same number are counted together; null: they take turns."),
    ),
    provenance: v.picklist(["kernel", "vendor", "third_party", "unverified"]),
    note: v.nullable(v.string()),
  }),
  v.description("One way in which it is counted on this machine."),
);

const COMMON = {
  id: METRIC_ID,
  name: v.string(),
  help: v.string(),
  unit: v.pipe(v.string(), v.description("UCUM.")),
  shown_unit: v.pipe(
    v.string(),
    v.description("Of its value in answers: a counter's is a rate's."),
  ),
  scope: v.string(),
  exposition: v.pipe(v.exactOptional(v.string()), v.description("Its name in /metrics.")),
};
const PROOF = {
  sources: v.array(SOURCE),
  perf_stat: v.pipe(
    v.nullable(v.string()),
    v.description("A line for a shell that counts the same."),
  ),
};

const ENTRY = v.union([
  v.strictObject({
    ...COMMON,
    kind: v.literal("derived"),
    formula: v.string(),
    inputs: v.array(METRIC_ID),
    ...PROOF,
  }),
  v.strictObject({
    ...COMMON,
    kind: v.picklist(["counter", "gauge"]),
    collector: v.string(),
    source: v.string(),
    ...PROOF,
  }),
]);

const SCOPE = v.strictObject({
  id: v.string(),
  name: v.string(),
  label: v.string(),
  instances: v.pipe(NAMES, v.description("Those that are there now; of the host none.")),
});

const CATALOGUE = v.strictObject({ metrics: v.array(ENTRY), scopes: v.array(SCOPE) });

export const CATALOGUES = {
  Source: SOURCE,
  CatalogueEntry: ENTRY,
  Scope: SCOPE,
  Catalogue: CATALOGUE,
};

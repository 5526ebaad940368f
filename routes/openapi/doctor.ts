/** `/api/v1/doctor`. @module */
import * as v from "valibot";

const NAMES = v.array(v.string());
const TEXT = v.nullable(v.string());
const LAYER = v.picklist(["hardware", "driver", "paranoid", "capability", "seccomp", "limit"]);
const CELL = v.picklist(["ok", "blocked", "unknown", "not_needed"]);
const PRIVILEGE = v.picklist(["none", "service", "root_once", "everyone", "boot", "outside"]);

const GAIN = v.strictObject({
  id: v.string(),
  sureness: v.picklist(["sure", "events", "hardware", "unseen"]),
  rest: v.boolean(),
  after: NAMES,
  with: NAMES,
});

const WAY = v.strictObject({
  do: v.pipe(v.string(), v.description("What is to be pasted stands between backticks.")),
  privilege: PRIVILEGE,
  risks: NAMES,
  lasts: NAMES,
  keep: NAMES,
  checks: NAMES,
  on_host: v.boolean(),
  restart: v.boolean(),
});

const STEP = v.strictObject({
  id: v.string(),
  causes: NAMES,
  title: v.string(),
  privilege: PRIVILEGE,
  outside: v.boolean(),
  ways: v.pipe(v.array(WAY), v.description("Any of them does; the first asks for the least.")),
  unlocks: v.array(GAIN),
  opens: v.pipe(v.array(GAIN), v.description("What it takes later steps for as well.")),
  note: TEXT,
  ask: v.pipe(TEXT, v.description("A letter to whoever can take the step.")),
});

const QUANTITY = v.strictObject({
  id: v.string(),
  name: v.string(),
  state: v.picklist(["measured", "partial", "waiting", "missing"]),
  layers: v.strictObject({
    hardware: CELL,
    driver: CELL,
    paranoid: CELL,
    capability: CELL,
    seccomp: CELL,
    limit: CELL,
  }),
  causes: NAMES,
});

const DIAGNOSIS = v.strictObject({
  hostname: v.string(),
  kernel: v.string(),
  exit_code: v.pipe(
    v.picklist([0, 1]),
    v.description("1: a change on this machine would bring something that is missing."),
  ),
  layers: v.array(LAYER),
  quantities: v.array(QUANTITY),
  causes: v.array(v.strictObject({
    id: v.string(),
    layers: v.array(LAYER),
    reason: v.string(),
    remedy: TEXT,
    outside: v.boolean(),
  })),
  summary: v.string(),
  plan: v.strictObject({
    steps: v.array(STEP),
    not_here: v.array(v.strictObject({ causes: NAMES, costs: NAMES })),
  }),
  caveats: v.strictObject({ coverage_least: v.number(), implausible: NAMES, mixed: NAMES }),
  facts: v.record(v.string(), v.string()),
});

export const DIAGNOSES = {
  Gain: GAIN,
  Way: WAY,
  Step: STEP,
  Quantity: QUANTITY,
  Diagnosis: DIAGNOSIS,
};

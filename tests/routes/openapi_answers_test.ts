/** What is answered, held against the description: each route on several machines, in each state. @module */
import { assert, assertEquals } from "@std/assert";
import { timeEnabledOf, timeRunningOf } from "../../collectors/catalogue/counted.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { snapshotJson } from "../../views/snapshot_json.ts";
import { BusyHost } from "../busy_host.ts";
import {
  AMD,
  DF_EVENTS,
  icelake,
  rome,
  UNKNOWN_SERVER,
  UNNAMED,
} from "../fakes/memory_machines.ts";
import { hybridCpus, madeMachine } from "../made_machine.ts";
import { POSTS, REQUESTS, type WholeApp, wholeApp } from "../security/whole_app.ts";
import { TextTree } from "../text_tree.ts";
import { type Cells, HandFilled } from "../views/hand_filled.ts";
import { type Described, describedBy } from "./described.ts";

const TICKS = 7;
const LATE = { ticking: false, ageMs: 12_345, reading: "disk" } as const;
const WITH_INSTANCES = "/api/v1/series?metric=interrupts&instance=";
const MORE: Readonly<Record<string, readonly string[]>> = {
  "GET /api/v1/series": [
    "/api/v1/series?metric=instructions,llc_misses,instructions_per_cycle&group=socket:0",
    "/api/v1/series?page=cpus&cpu=0",
    `${WITH_INSTANCES}nobody`,
  ],
  "GET /api/v1/stream": ["/api/v1/stream?metric=load_1m,instructions", "/api/v1/stream?metric=no"],
};

type Tree = () => Promise<TextTree>;

const MACHINES: Readonly<Record<string, Tree>> = {
  "firecracker-2cpu": () => TextTree.load("firecracker-2cpu"),
  "minimal-container": () => TextTree.load("minimal-container"),
  "server-2socket": () => TextTree.load("server-2socket"),
  "two kinds of core": () => madeMachine(hybridCpus(2, 4)),
};

/** Asks all there is, and gives the JSON that came back. */
async function askAll(
  app: WholeApp,
  described: Described,
  until: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly [string, unknown][]> {
  const found: [string, unknown][] = [];
  for (const [route, paths] of Object.entries(REQUESTS)) {
    for (const path of [...paths, ...MORE[route] ?? []]) {
      for (const accept of ["*/*", "text/html", "application/openmetrics-text"]) {
        const response = await app.request(path, { headers: { accept, ...headers } });
        const last = route === "GET /stream" ? "message" : until;
        found.push(...await described.check(route, response, last));
      }
    }
  }
  return found;
}

for (const [name, tree] of Object.entries(MACHINES)) {
  Deno.test(`all that ${name} answers is as described: before ticks, after one, after some, late`, async () => {
    const host = new BusyHost(await tree());
    const { sampler } = host;
    const app = await wholeApp(host);
    const described = await describedBy(app);
    const before = await app.request("/api/v1/snapshot");
    assertEquals((await described.check("GET /api/v1/snapshot", before))[0]![0], "Refusal");
    host.tick();
    await askAll(app, described, "message");
    for (let tick = 1; tick < TICKS; tick++) host.tick();
    for (const [route, fields] of Object.entries(POSTS)) {
      const response = await app.request(route.split(" ")[1]!, {
        method: "POST",
        body: new URLSearchParams(fields),
      });
      await described.check(route, response);
    }
    const { cursor } = host.stage.snapshot;
    const earlier = cursor.replace(/\d+$/, "3");
    const found = [
      ...await askAll(app, described, "message"),
      ...await askAll(app, described, "message", { "last-event-id": earlier }),
      ...await askAll(app, described, "message", { "last-event-id": "another-1" }),
    ];
    sampler.healthNow = LATE;
    found.push(...await askAll(app, described, "stale"));
    const seen = new Set(found.map(([schema]) => schema));
    for (
      const schema of [
        "Snapshot",
        "Series",
        "Tick",
        "Replay",
        "Gap",
        "Stale",
        "Catalogue",
        "Counters",
        "Diagnosis",
        "Marks",
        "Sample",
        "Refusal",
      ]
    ) assert(seen.has(schema), `no ${schema} was answered`);
  });
}

Deno.test("without an engine the fleet's answer is as described, to programs too", async () => {
  const app = await wholeApp(new BusyHost(await TextTree.load("minimal-container")), {
    engine: undefined,
  });
  const described = await describedBy(app);
  const read: string[] = [];
  for (const accept of ["*/*", "text/html"]) {
    const response = await app.request("/fleet", { headers: { accept } });
    assertEquals(response.status, 404);
    read.push(...(await described.check("GET /fleet", response)).map(([schema]) => schema));
  }
  assertEquals(read, ["Refusal"]);
});

/** Counts of which all the time was counted, in three ticks of a second. */
function handFilled(rates: Readonly<Record<string, number>>, gauges: Cells = {}): Snapshot {
  const ticks = [1, 2, 3].map((second) => {
    const cells: Record<string, number> = {};
    for (const [id, rate] of Object.entries(rates)) {
      cells[`${id}{0}`] = rate * second;
      cells[`${timeEnabledOf(id)}{0}`] = cells[`${timeRunningOf(id)}{0}`] = second;
    }
    return { ...cells, ...gauges };
  });
  return new HandFilled(ticks).snapshot;
}

/** Machines whose readings are less than exact in each way there is. */
function doubtful(): readonly Snapshot[] {
  const amd = rome();
  amd.perf.counters = 4;
  for (const config of DF_EVENTS) amd.perf.perMs.set(`${AMD.type}:${config}`, 1000);
  amd.ticks(4);
  const unnamed = icelake({ profile: UNKNOWN_SERVER, files: UNNAMED });
  unnamed.perf.perMs.set(`20:${0xcf05}`, 1000);
  unnamed.ticks(3);
  const some = { "llc_line_bytes": 64, "core_llc_misses{1}": undefined };
  return [
    amd.stage.snapshot,
    unnamed.stage.snapshot,
    handFilled({ core_llc_misses: 1e6 }, some),
    handFilled({ instructions: 1e12, cpu_cycles: 1e9 }),
  ];
}

Deno.test("readings that are less than exact are as described, in each way there is", async () => {
  const described = await describedBy(await wholeApp(await BusyHost.load("firecracker-2cpu")));
  const told = new Set<string>();
  for (const snapshot of doubtful()) {
    const json = JSON.parse(JSON.stringify(snapshotJson(snapshot)));
    assertEquals(described.wrong("Tick", json), undefined);
    for (const metric of Object.values<Record<string, unknown>>(json.metrics)) {
      for (const [field, value] of Object.entries(metric)) {
        told.add(typeof value === "string" ? `${field} ${value}` : field);
      }
    }
  }
  for (
    const way of [
      "grade estimated",
      "grade implausible",
      "bound lower",
      "hearsay third_party",
      "hearsay unverified",
      "partial",
    ]
  ) assert(told.has(way), `nothing is told as ${way}`);
  assert([...told].some((way) => way.startsWith("implausible ")));
});

/** Puts a field into an object, or takes one away, at every place of an answer in turn. */
function* spoiled(value: unknown): Generator<unknown> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const part of spoiled(value[0])) yield [part, ...value.slice(1)];
    return;
  }
  yield { ...value, nonsense: { a: 1 } };
  for (const [key, part] of Object.entries(value)) {
    for (const other of spoiled(part)) yield { ...value, [key]: other };
  }
}

Deno.test("an answer with a field too many fits no schema, wherever the field stands", async () => {
  const host = await BusyHost.load("server-2socket");
  host.tick();
  host.tick();
  const app = await wholeApp(host);
  const described = await describedBy(app);
  let count = 0;
  for (
    const [path, schema] of [
      ["/api/v1/snapshot", "Snapshot"],
      ["/api/v1/series?metric=load_1m", "Series"],
      ["/api/v1/catalogue", "Catalogue"],
      ["/api/v1/perf", "Counters"],
      ["/api/v1/doctor", "Diagnosis"],
    ] as const
  ) {
    const answer = await (await app.request(path)).json();
    assertEquals(described.wrong(schema, answer), undefined);
    for (const other of spoiled(path.endsWith("snapshot") ? fewMetrics(answer) : answer)) {
      assert(described.wrong(schema, other) !== undefined, `${schema} takes ${count}`);
      count++;
    }
  }
  assert(count > 50, `${count} spoiled`);
});

/** Hundreds of metrics are alike, and each would be spoiled by itself. */
function fewMetrics(snapshot: { metrics: Record<string, unknown> }): unknown {
  const few = Object.entries(snapshot.metrics).filter((_, index) => index % 30 === 0);
  return { ...snapshot, metrics: Object.fromEntries(few) };
}

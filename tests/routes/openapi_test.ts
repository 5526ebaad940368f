import { assert, assertEquals } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { timeEnabledOf, timeRunningOf } from "../../collectors/catalogue/counted.ts";
import type { Snapshot } from "../../collectors/snapshot.ts";
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
import { Described, type Document, type Schema } from "./described.ts";

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

async function describedBy(app: WholeApp): Promise<Described> {
  const response = await app.request("/api/v1/openapi.json");
  return new Described(await response.json() as Document);
}

async function busyApp(): Promise<WholeApp> {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  return await wholeApp(host);
}

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

Deno.test("the description is OpenAPI 3.1, with a login and without", async () => {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  for (const app of [await wholeApp(host), await wholeApp(host, { auth: undefined })]) {
    const response = await app.request("/api/v1/openapi.json");
    assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
    const document = await response.json();
    const { valid, errors } = await new Validator().validate(document);
    assert(valid, JSON.stringify(errors));
    assertEquals([document.openapi, document.info.version], ["3.1.1", "1.2.3"]);
  }
});

Deno.test("the description has every route there is, and no other", async () => {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  const app = await wholeApp(host);
  assertEquals((await describedBy(app)).routes.toSorted(), app.routes.toSorted());
  const open = await wholeApp(host, { auth: undefined });
  const described = await describedBy(open);
  assertEquals(described.routes.toSorted(), open.routes.toSorted());
  assertEquals(described.document.security, undefined);
  assertEquals(described.document.components.securitySchemes, undefined);
});

Deno.test("the description says of each path whether it takes a token", async () => {
  const app = await busyApp();
  const described = await describedBy(app);
  for (const route of app.routes) {
    const [method, path] = route.split(" ") as [string, string];
    const asked = REQUESTS[route]?.[0] ?? path;
    const fields = POSTS[route];
    const { status, body } = await app.request(asked, {
      method,
      bare: true,
      headers: { accept: "application/json" },
      ...(fields === undefined ? {} : { body: new URLSearchParams(fields) }),
    });
    await body?.cancel();
    assertEquals(described.operation(route).security !== undefined, status !== 401, route);
  }
});

/** What a refusal of an unknown parameter says that there is. */
async function known(response: Response): Promise<readonly string[] | undefined> {
  if (response.status !== 400) return undefined;
  const { error: { message } } = await response.json();
  const list = /is unknown here, known: (.*)$/.exec(message)?.[1];
  assert(list !== undefined, message);
  return list === "none at all" ? [] : list.split(", ").toSorted();
}

Deno.test("the description has the parameters that are known to who answers, and no other", async () => {
  const app = await busyApp();
  const described = await describedBy(app);
  let asked = 0;
  for (const route of described.routes.filter((route) => route.startsWith("GET "))) {
    const { parameters = [] } = described.operation(route);
    const names = parameters.filter((each) => each.in === "query").map(({ name }) => name);
    const path = REQUESTS[route]![0]!.split("?")[0]!;
    const needed = names.includes("card") ? "card=memory&" : "";
    const fold = names.includes("fold") ? "fold=0&" : "";
    // The stream of the CPUs takes all that any does.
    const page = route === "GET /stream" ? "page=cpus&" : "";
    const response = await app.request(`${path}?${needed}${fold}${page}nonsense=1`);
    const list = await known(response);
    if (list === undefined) assertEquals(names, [], route);
    else {
      assertEquals(names.toSorted(), list, route);
      asked++;
    }
  }
  assert(asked >= 15, `${asked} asked`);
});

Deno.test("the description has the fields that are known to who takes a body, and no other", async () => {
  const app = await busyApp();
  const described = await describedBy(app);
  for (const [route, fields] of Object.entries(POSTS)) {
    const content = described.operation(route).requestBody?.content ?? {};
    assertEquals(Object.keys(content).length > 0, Object.keys(fields).length > 0, route);
    for (const [type, media] of Object.entries(content)) {
      const { properties = {} } = (media as { schema: Schema }).schema;
      const more = { ...fields, nonsense: "1" };
      const body = type === "application/json" ? JSON.stringify(more) : new URLSearchParams(more);
      const response = await app.request(route.split(" ")[1]!, {
        method: "POST",
        headers: { "content-type": type },
        body,
      });
      assertEquals(Object.keys(properties).toSorted(), await known(response), `${route} ${type}`);
    }
  }
});

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
  const described = await describedBy(await busyApp());
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

function* objectsOf(value: unknown, path: string): Generator<readonly [string, Schema]> {
  if (typeof value !== "object" || value === null) return;
  if ("type" in value && value.type === "object") yield [path, value as Schema];
  for (const [key, part] of Object.entries(value)) yield* objectsOf(part, `${path}/${key}`);
}

Deno.test("no schema of an answer leaves room for a field that it does not name", async () => {
  const { document } = await describedBy(await busyApp());
  const { Description: _, ...schemas } = document.components.schemas;
  const roomy = [...objectsOf(schemas, "")]
    .filter(([, { additionalProperties: more }]) => more !== false && typeof more !== "object")
    .map(([path]) => path);
  assertEquals(roomy, []);
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

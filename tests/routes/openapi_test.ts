/** The description of the service: that it is one, and has all there is to ask. @module */
import { assert, assertEquals } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { BusyHost } from "../busy_host.ts";
import { POSTS, REQUESTS, type WholeApp, wholeApp } from "../security/whole_app.ts";
import { describedBy, type Schema } from "./described.ts";

async function busyApp(): Promise<WholeApp> {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  return await wholeApp(host);
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

Deno.test("the description names a server that is right wherever a proxy has put it", async () => {
  const host = await BusyHost.load("firecracker-2cpu");
  host.tick();
  const app = await wholeApp(host, { basePath: "/ringside" });
  const url = "http://localhost/ringside/api/v1/openapi.json";
  const { servers: [server], paths } = await (await app.request(url)).json();
  const base = new URL(server.url, url).href.replace(/\/$/, "");
  assert("/api/v1/marks" in paths);
  assertEquals((await app.request(`${base}/api/v1/marks`)).status, 200);
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

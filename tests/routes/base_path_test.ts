import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseBasePath } from "../../routes/base_path.ts";
import { busyApp } from "./busy_app.ts";
import { startHost } from "./host.ts";

const BASE = "/watch/ringside";
const ORIGIN = "http://127.0.0.1:7878";
/** Right below the base, below that, and where nothing is. */
const FIRST = ["/", "/chart/cpu_time", "/nowhere", "/no/where/at/all"];
const LINKS = / (?:href|src|action|hx-post|data-stream|data-script)="([^"]*)"/g;
/** A machine of 256 CPUs has pages without end. */
const PAGES_MOST = 400;

Deno.test("parseBasePath takes paths that need no quoting and end in no slash", () => {
  for (const path of ["/ringside", "/a/b", "/~ada/Host_7-b"]) {
    assertEquals(parseBasePath(path), path);
  }
  assertEquals(parseBasePath("/"), "");
  const wrong = ["", "a", "/a/", "//a", "/a//b", "/../a", "/a.b", "/a b", "/%61", "/a?b", "/é"];
  for (const path of [...wrong, `/${"a".repeat(64)}`]) {
    assertEquals(parseBasePath(path), undefined, path);
  }
});

/** Every address that a document names, but for places in itself, as a browser resolves it. */
function addresses(html: string, page: string): readonly URL[] {
  return [...html.matchAll(LINKS)]
    .map(([, address]) => address!.replaceAll("&amp;", "&"))
    .filter((address) => !address.startsWith("#"))
    .map((address) => new URL(address, ORIGIN + page))
    .filter(({ protocol }) => protocol !== "data:");
}

async function walk(basePath: string): Promise<Map<string, number>> {
  const get = await busyApp(basePath === "" ? {} : { basePath });
  const found = new Map<string, number>();
  const open = FIRST.map((path) => basePath + path);
  while (open.length > 0 && found.size < PAGES_MOST) {
    const page = open.shift()!;
    if (found.has(page)) continue;
    const answer = await get(page, { headers: { accept: "text/html" } });
    const { status } = answer;
    found.set(page, status);
    const type = answer.headers.get("content-type")!;
    if (!type.startsWith("text/html")) {
      await answer.body?.cancel();
      continue;
    }
    for (const { origin, pathname, search } of addresses(await answer.text(), page)) {
      assertEquals(origin, ORIGIN);
      assert(pathname.startsWith(`${basePath}/`), `${page} links to ${pathname}`);
      open.push(pathname + search);
    }
  }
  return found;
}

Deno.test("below a base path every page, file, form and stream is found, and nothing leads out of it", async () => {
  const found = await walk(BASE);
  const refused = [...found].filter(([, status]) => status !== 200);
  assertEquals(refused.map(([path, status]) => `${path} ${status}`), [
    `${BASE}/nowhere 404`,
    `${BASE}/no/where/at/all 404`,
    // A form: it takes a POST.
    `${BASE}/interval 405`,
  ]);
  // The same service without one has the same paths: none is left out.
  const plain = [...(await walk("")).keys()];
  assertEquals([...found.keys()].map((path) => path.slice(BASE.length)), plain);
  for (const path of ["/doctor", "/metrics-guide", "/cpus", "/stream?page=overview"]) {
    assert(plain.includes(path), path);
  }
});

Deno.test("what is not below the base path is not found, but for the probes", async () => {
  const { app } = startHost({ basePath: BASE });
  for (const path of ["/healthz", "/readyz", `${BASE}/healthz`, `${BASE}/readyz`]) {
    assertEquals((await app.request(path)).status, 200, path);
  }
  for (const path of ["/", "/metrics", "/watch", "/watch/ringsides", "/watch/ringside2/metrics"]) {
    const answer = await app.request(path);
    assertEquals(answer.status, 404, path);
    assertEquals(
      (await answer.json()).error.message,
      `Cannot find ${JSON.stringify(path)}: this service is below "${BASE}/"`,
    );
  }
  // Its policy holds there too, and its page leads to where the service is.
  const page = await app.request("/", { headers: { accept: "text/html" } });
  assertStringIncludes(page.headers.get("content-security-policy")!, "default-src 'none'");
});

Deno.test("a message of what is not below the base path leads to the service", async () => {
  const get = await busyApp({ basePath: BASE });
  const html = await (await get("/else/where", { headers: { accept: "text/html" } })).text();
  for (const { pathname } of addresses(html, "/else/where")) {
    assert(pathname.startsWith(`${BASE}/`), pathname);
  }
});

Deno.test("the base path without its last slash leads on, and keeps what is asked", async () => {
  const { app } = startHost({ basePath: BASE });
  const answer = await app.request(`${BASE}?span=1m`);
  assertEquals(answer.status, 308);
  const location = new URL(answer.headers.get("location")!, `${ORIGIN}${BASE}?span=1m`);
  assertEquals(location.href, `${ORIGIN}${BASE}/?span=1m`);
});

Deno.test("below a base path a form without scripts comes back to its page", async () => {
  const { app, sampler } = startHost({ basePath: BASE });
  const answer = await app.request(`${BASE}/interval`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
    body: "interval=2s&back=/cpus",
  });
  assertEquals([answer.status, sampler.intervalMs], [303, 2000]);
  const location = new URL(answer.headers.get("location")!, `${ORIGIN}${BASE}/interval`);
  assertEquals(location.pathname, `${BASE}/cpus`);
});

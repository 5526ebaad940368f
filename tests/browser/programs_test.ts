/**
 * Pages of another site: the example that shows one figure, and what a page may read where its site is
 * allowed, and where it is not.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { isMeasured } from "../../collectors/trust.ts";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { BusyHost } from "../busy_host.ts";
import { PATIENCE_MS } from "./chromium.ts";

const FOLDER = new URL("../../deploy/programs/", import.meta.url);
const TOKEN = "Tk0123456789abcdef0123456789abcdef";
const METRIC = "cpu_busy_ratio";
const ABSENT = "instructions";
const TYPES: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript" };

/** Another site: the folder of the examples, as any server of files would serve it. */
class Site implements AsyncDisposable {
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const name = new URL(request.url).pathname.slice(1);
      const type = TYPES[name.split(".").at(-1)!];
      if (type === undefined) return new Response(null, { status: 404 });
      const body = await Deno.readFile(new URL(name, FOLDER));
      return new Response(body, { headers: { "content-type": type } });
    },
  );

  get origin(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  page(service: BusyService, metric: string): string {
    return `${this.origin}/stream.html?${new URLSearchParams({ service: service.url, metric })}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function busyHost(): Promise<BusyHost> {
  const host = await BusyHost.load("firecracker-2cpu");
  for (let tick = 0; tick < 3; tick++) host.tick();
  return host;
}

function shown(host: BusyHost): string {
  const reading = host.stage.read(METRIC);
  return isMeasured(reading) ? `${reading.value} 1` : reading.absent;
}

async function until(page: Page, id: string, text: string): Promise<void> {
  await page.locator(`#${id}`, { hasText: text }).waitFor({ timeout: PATIENCE_MS });
}

browserTest(
  "stream.html shows each tick of a service that allows its site, and comes back",
  async (browser) => {
    await using site = new Site();
    const host = await busyHost();
    const options = { allowedOrigins: [site.origin] };
    const service = await BusyService.of(host, options);
    const page = await browser.newPage();
    await page.goto(site.page(service, METRIC));
    for (let tick = 0; tick < 3; tick++) {
      await until(page, "value", shown(host));
      await until(page, "note", "exact");
      host.tick();
    }
    await service[Symbol.asyncDispose]();
    await until(page, "note", "connecting again");
    host.tick();
    await using again = await BusyService.of(host, {
      ...options,
      port: Number(new URL(service.url).port),
    });
    await until(page, "value", shown(host));

    await page.goto(site.page(again, ABSENT));
    await until(page, "value", "not measured");
    await until(page, "note", "Cannot ");
  },
);

browserTest(
  "stream.html is told nothing by a service that allows no site, or another one",
  async (browser) => {
    await using site = new Site();
    const host = await busyHost();
    for (
      const allowedOrigins of [[], ["http://127.0.0.1:1"], [site.origin.replace("http", "https")]]
    ) {
      await using service = await BusyService.of(host, { allowedOrigins });
      const page = await browser.newPage();
      await page.goto(site.page(service, METRIC));
      await until(page, "note", "the service does not answer this page");
      assertEquals(await page.locator("#value").textContent(), "waiting");
      await page.close();
    }
  },
);

/** What a page of that site gets of a request, or why the browser keeps it back. */
async function ask(page: Page, url: string, init: RequestInit): Promise<string> {
  const call = `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)})` +
    `.then((response) => response.status + " " + response.type, (error) => error.message)`;
  return await page.evaluate(call) as string;
}

browserTest(
  "a page sends the token where its site is allowed, and changes nothing",
  async (browser) => {
    await using site = new Site();
    await using other = new Site();
    const host = await busyHost();
    await using service = await BusyService.of(host, {
      token: TOKEN,
      allowedOrigins: [site.origin],
    });
    const url = `${service.url}/api/v1/snapshot`;
    const headers = { authorization: `Bearer ${TOKEN}` };
    const mark = { method: "POST", headers, body: "text=deploy" };
    const found: Record<string, readonly string[]> = {};
    for (const [name, { origin }] of Object.entries({ allowed: site, other })) {
      const page = await browser.newPage();
      await page.goto(`${origin}/stream.html?service=${service.url}&metric=${METRIC}`);
      found[name] = [
        await ask(page, url, { headers }),
        await ask(page, url, {}),
        await ask(page, url, { credentials: "include" }),
        await ask(page, `${service.url}/`, { headers }),
        await ask(page, `${service.url}/api/v1/marks`, mark),
      ];
      await page.close();
    }
    const kept = "Failed to fetch";
    assertEquals(found, {
      // Not with cookies, not a page; a form goes out and is refused.
      allowed: ["200 cors", "401 cors", kept, kept, "403 cors"],
      other: [kept, kept, kept, kept, kept],
    });
    const marks = await (await fetch(`${service.url}/api/v1/marks`, { headers })).text();
    assertStringIncludes(marks, '"marks":[]');
  },
);

/**
 * A page behind a reverse proxy that puts it below a path of its own, as the README of deploy/ has it:
 * one that passes the path on, and one that takes it off.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";
import { tick } from "./pages.ts";

const BASE = "/watch/ringside";
const STATE = `document.querySelector(".state")?.dataset.state`;
/** Every address on the page that is not a place in it, as the browser resolves it. */
const ADDRESSES = `[...document.querySelectorAll("[href], [src], form")]
  .filter((element) => !element.getAttribute("href")?.startsWith("#"))
  .map(({ href, src, action }) => href ?? src ?? action)`;

/** Knows nothing but what is below the base. */
class Proxy implements AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for and are none of the service's. */
  readonly strays: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #end = new AbortController();

  constructor(to: string, { strips }: { strips: boolean }) {
    const { signal } = this.#end;
    const options = { hostname: "127.0.0.1", port: 0, signal, onListen: () => {} };
    this.#server = Deno.serve(options, async (request) => {
      const { pathname, search } = new URL(request.url);
      if (!pathname.startsWith(`${BASE}/`)) {
        this.strays.push(pathname);
        return new Response("not of this proxy", { status: 404 });
      }
      const headers = new Headers(request.headers);
      headers.set("accept-encoding", "identity");
      const body = request.method === "POST" ? await request.text() : null;
      const path = strips ? pathname.slice(BASE.length) : pathname;
      const { method } = request;
      return await fetch(to + path + search, {
        method,
        headers,
        body,
        redirect: "manual",
      });
    });
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#server.finished;
  }
}

for (const strips of [false, true]) {
  const how = strips ? "takes its path off" : "passes its path on";
  browserTest(
    `behind a proxy that ${how}, pages live, rings open and forms work`,
    async (browser) => {
      const options = strips ? {} : { basePath: BASE };
      await using service = await BusyService.start({ machine: "server-2socket", ...options });
      await using proxy = new Proxy(service.url, { strips });
      for (const path of ["/", "/cpus", "/cpus?cpu=0"]) {
        const watched = await WatchedPage.open(browser);
        await watched.page.goto(proxy.url + BASE + path);
        await watched.until(`${STATE} === "live"`);
        await tick(service, watched);
        const addresses = await watched.evaluate<string[]>(ADDRESSES);
        assert(addresses.length > 10);
        for (const address of addresses) {
          assert(address.startsWith(`${proxy.url}${BASE}/`), `${path}: ${address}`);
        }
        await watched.close();
      }

      const watched = await WatchedPage.open(browser);
      const { page } = watched;
      await page.goto(`${proxy.url}${BASE}/`);
      await watched.until(`${STATE} === "live"`);
      // The sheet of a ring is fetched, and so is another span of the charts.
      await page.locator(".proof > summary").first().click();
      await watched.until(`document.querySelector(".sheet h3") !== null`);
      await page.locator(".spans a[data-span='60']").first().click();
      await watched.until(`document.querySelector(".spans [aria-current]").dataset.span === "60"`);
      await page.selectOption("#interval", "2000ms");
      await watched.until(
        `document.querySelector("#interval option[selected]").value === "2000ms"`,
      );
      assertEquals(service.host.sampler.intervalMs, 2000);
      await page.locator("nav a", { hasText: "Doctor" }).click();
      await page.waitForURL(`${proxy.url}${BASE}/doctor`);
      await page.locator("a.mark").click();
      await page.waitForURL(`${proxy.url}${BASE}/`);
      await watched.close();
      // A browser asks a site for this by itself.
      assertEquals(proxy.strays.filter((path) => path !== "/favicon.ico"), []);
    },
  );
}

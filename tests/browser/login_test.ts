/** The login as a person meets it: the form, the way back, the way out, and a page that was left open. @module */
import { assert, assertEquals } from "@std/assert";
import type { Browser } from "playwright-core";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";
import { STATE } from "./visit.ts";

const TOKEN = "Tk0123456789abcdef0123456789abcdef";
const MACHINE = { machine: "firecracker-2cpu", historyTicks: 5, token: TOKEN } as const;

async function give(watched: WatchedPage, token: string): Promise<void> {
  await watched.page.fill("#token", token);
  await watched.page.press("#token", "Enter");
}

async function logIn(browser: Browser, service: BusyService, options = {}): Promise<WatchedPage> {
  const watched = await WatchedPage.open(browser, options);
  await watched.page.goto(service.url);
  await give(watched, TOKEN);
  await watched.page.waitForURL(`${service.url}/`);
  return watched;
}

/** Chromium closes no window for good while the answer to a form is on its way to it. */
async function logOut({ page }: WatchedPage, service: BusyService): Promise<void> {
  await page.click("text=Log out");
  await page.waitForURL(`${service.url}/login`);
}

/** A refusal has a status of its own, which Chromium calls an error. */
function complaintsOf(watched: WatchedPage): readonly string[] {
  return watched.takeComplaints().filter((said) => !/responded with a status of 401/.test(said));
}

browserTest(
  "a login leads back to the page that was asked for, and a logout out of it",
  async (browser) => {
    await using service = await BusyService.start(MACHINE);
    const watched = await WatchedPage.open(browser);
    const { page } = watched;
    await page.goto(`${service.url}/cpus?cpu=1`);
    assertEquals(new URL(page.url()).pathname, "/login");
    assertEquals(await watched.evaluate("document.activeElement.id"), "token");
    await give(watched, "wrong-wrong-wrong");
    await page.waitForSelector("#wrong");
    assertEquals(
      await page.textContent("#wrong"),
      "Cannot log in: this is not the token of this service.",
    );
    await give(watched, TOKEN);
    await page.waitForURL(`${service.url}/cpus?cpu=1`);
    await watched.until(`${STATE} === "live"`);
    assertEquals(await watched.evaluate("document.cookie"), "");
    const [cookie, ...others] = await page.context().cookies();
    assertEquals(others, []);
    assertEquals([cookie!.httpOnly, cookie!.sameSite, cookie!.path], [true, "Strict", "/"]);
    assert(!cookie!.value.includes(TOKEN));
    await logOut(watched, service);
    assertEquals(await page.context().cookies(), []);
    await page.goto(service.url);
    assertEquals(new URL(page.url()).pathname, "/login");
    assertEquals(complaintsOf(watched), []);
    await watched.close();
  },
);

browserTest(
  "an open page whose login ended leads to the login by itself, and back",
  async (browser) => {
    await using service = await BusyService.start(MACHINE);
    const watched = await logIn(browser, service);
    await watched.until(`${STATE} === "live"`);
    const other = await watched.page.context().newPage();
    await other.goto(`${service.url}/doctor`);
    await other.click("text=Log out");
    await watched.page.waitForURL(`${service.url}/login`);
    await give(watched, TOKEN);
    await watched.until(`${STATE} === "live"`);
    assertEquals(new URL(watched.page.url()).pathname, "/");
    assertEquals(complaintsOf(watched), []);
    await logOut(watched, service);
    await watched.close();
  },
);

browserTest(
  "another site's link leads to the page of who is logged in, without asking again",
  async (browser) => {
    await using service = await BusyService.start(MACHINE);
    const watched = await logIn(browser, service);
    const elsewhere = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      () =>
        new Response(`<a href="${service.url}/doctor">there</a>`, {
          headers: {
            "content-type": "text/html",
            "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'",
          },
        }),
    );
    // Another name is another site, whatever the address behind it.
    await watched.page.goto(`http://localhost:${elsewhere.addr.port}/`);
    watched.takeComplaints();
    await watched.page.click("a");
    await watched.page.waitForURL(`${service.url}/doctor`);
    assertEquals(complaintsOf(watched), []);
    await logOut(watched, service);
    await watched.close();
    await elsewhere.shutdown();
  },
);

const address = Deno.networkInterfaces()
  .find(({ family, address }) => family === "IPv4" && !address.startsWith("127."))?.address;

/** Over plain HTTP beyond loopback a browser says no Sec-Fetch-Site: only Origin tells who asks. */
for (const scripts of [true, false]) {
  const name = `forms work over plain HTTP beyond loopback, ${
    scripts ? "with" : "without"
  } scripts`;
  if (address === undefined) {
    Deno.test({ name: `${name} (needs a network interface)`, ignore: true, fn: () => {} });
    continue;
  }
  browserTest(name, async (browser) => {
    await using service = await BusyService.start({ ...MACHINE, address });
    const watched = await logIn(browser, service, { javaScriptEnabled: scripts });
    const { page } = watched;
    await page.selectOption("#interval", "500ms");
    if (!scripts) {
      await page.click("text=Set");
      await page.waitForURL(`${service.url}/`);
    }
    while (service.host.sampler.intervalMs !== 500) await page.waitForTimeout(20);
    await logOut(watched, service);
    // Chromium tells that it takes the header that keeps windows apart for nothing there.
    const complaints = complaintsOf(watched).filter((said) =>
      !/Cross-Origin-Opener-Policy/.test(said)
    );
    assertEquals(complaints, []);
    await watched.close();
  });
}

/**
 * Debian's Chromium, driven by playwright-core. Collects what a page must never do: log an error, or
 * run into its own content security policy.
 *
 * @module
 */
import "./no_wsl.ts";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** What a busy machine may take for anything that a test waits for. */
export const PATIENCE_MS = 120_000;
const POLL_MS = 50;
/** What every answer says first of its policy. */
export const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'";

/** Path of the browser; null where there is none, and tests say what they need. */
export const CHROMIUM: string | null = CANDIDATES.find(exists) ?? null;

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

export async function launch(): Promise<Browser> {
  if (CHROMIUM === null) {
    throw new Error(`Cannot launch Chromium: none of ${CANDIDATES.join(", ")}`);
  }
  return await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page whose complaints are kept. */
export class WatchedPage {
  readonly page: Page;
  /** Console errors, uncaught exceptions, policy violations and answers without a strict policy. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`exception: ${error.message}`));
    page.on("response", (response) => {
      const policy = response.headers()["content-security-policy"] ?? "none";
      if (policy.startsWith(POLICY) && !/unsafe/.test(policy)) return;
      this.complaints.push(`policy: ${response.url()} came with ${policy}`);
    });
  }

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const watched = new WatchedPage(page);
    if (options.javaScriptEnabled !== false) {
      await page.exposeFunction("ringsideViolation", (what: string) => {
        watched.complaints.push(`policy: ${what}`);
      });
      await page.addInitScript(`
        document.addEventListener("securitypolicyviolation", (event) => {
          globalThis.ringsideViolation(event.violatedDirective + " " + event.blockedURI);
        });
        globalThis.layoutShift = 0;
        globalThis.shifted = [];
        new PerformanceObserver((list) => {
          for (const { value, sources } of list.getEntries()) {
            globalThis.layoutShift += value;
            for (const { node, previousRect: from, currentRect: to } of sources) {
              const place = (node?.parentElement ?? node)?.closest?.("[id]")?.id;
              const what = (node?.textContent ?? "").slice(0, 40);
              globalThis.shifted.push(
                place + " " + JSON.stringify(what) + " from " + [from.x, from.y, from.width] +
                  " to " + [to.x, to.y, to.width],
              );
            }
          }
        }).observe({ type: "layout-shift", buffered: true });
      `);
    }
    return watched;
  }

  /** The value of an expression in the page. */
  async evaluate<T>(expression: string): Promise<T> {
    return await this.page.evaluate(expression) as T;
  }

  /**
   * Asks again and again until the expression is true. `Page.waitForFunction` would call `eval` from
   * inside the page, which its policy forbids.
   */
  async until(expression: string): Promise<void> {
    const begunMs = performance.now();
    while (!await this.evaluate<boolean>(`Boolean(${expression})`)) {
      if (performance.now() - begunMs > PATIENCE_MS) {
        throw new Error(`Cannot wait any longer: not true after ${PATIENCE_MS} ms: ${expression}`);
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** What was complained of since the last call. */
  takeComplaints(): readonly string[] {
    return this.complaints.splice(0);
  }

  /** Cumulative layout shift so far, input or not. */
  async layoutShift(): Promise<number> {
    return await this.evaluate<number>("globalThis.layoutShift");
  }

  /** What moved so far, from where to where. */
  async shifted(): Promise<readonly string[]> {
    return await this.evaluate<string[]>("globalThis.shifted");
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

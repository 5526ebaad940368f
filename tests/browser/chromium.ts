/**
 * Debian's Chromium, driven by playwright-core. Collects what a page must never do: log an error, or
 * run into its own content security policy.
 *
 * @module
 */
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

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
  /** Console errors, uncaught exceptions and policy violations, in their order. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`exception: ${error.message}`));
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
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) globalThis.layoutShift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
      `);
    }
    return watched;
  }

  /** Cumulative layout shift so far, input or not. */
  async layoutShift(): Promise<number> {
    return await this.page.evaluate("globalThis.layoutShift") as number;
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

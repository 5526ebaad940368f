/** What the main thread tells its workers, message by message. @module */
import { assert, assertEquals, assertThrows } from "@std/assert";
import { readHandedFiles } from "../../collectors/sampling/handed_files.ts";
import { startSampler } from "../../collectors/sampling/sampler.ts";

interface Made {
  readonly url: string;
  readonly permissions: unknown;
  readonly messages: unknown[];
}

/** Runs with a Worker that writes down what it is told. */
async function recorded(body: () => Promise<void>): Promise<readonly Made[]> {
  const made: Made[] = [];
  const Original = globalThis.Worker;
  globalThis.Worker = class extends Original {
    readonly #made: Made;

    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      const messages: unknown[] = [];
      this.#made = { url: String(url), permissions: options?.deno?.permissions, messages };
      made.push(this.#made);
    }

    override postMessage(message: unknown, transfer?: unknown): void {
      this.#made.messages.push(message);
      super.postMessage(message, transfer as Transferable[]);
    }
  };
  try {
    await body();
  } finally {
    globalThis.Worker = Original;
  }
  return made;
}

const FFI_ALONE = {
  ffi: true,
  env: false,
  import: false,
  net: false,
  read: false,
  run: false,
  sys: false,
  write: false,
};

Deno.test("the worker that samples is told its options before the first tick, and then never a message", async () => {
  const options = { intervalMs: 50, procfs: "/proc", sysfs: "/sys" };
  const made = await recorded(async () => {
    const sampler = await startSampler(options);
    // Whatever HTTP can ask of it.
    sampler.watch();
    sampler.setIntervalMs(20);
    for (const strange of [NaN, Infinity, -1, 0, 9.99, 60_001, "1; rm" as unknown as number]) {
      assertThrows(() => sampler.setIntervalMs(strange), RangeError);
    }
    assertEquals(sampler.intervalMs, 20);
    await sampler.wait(sampler.feed.sequence() + 2, AbortSignal.timeout(20_000));
    sampler.feed.latest();
    sampler.health();
    await sampler.stop();
  });
  assertEquals(made.length, 1);
  const [{ url, permissions, messages }] = made as [Made];
  assert(url.endsWith("/collectors/sampling/sampler_worker.ts"));
  assertEquals(permissions, FFI_ALONE);
  assertEquals(messages.length, 1);
  const { control, ...told } = messages[0] as { control: SharedArrayBuffer };
  assertEquals<unknown>(told, options);
  assert(control instanceof SharedArrayBuffer && control.byteLength < 128);
});

Deno.test("the worker that reads handed files is told their paths, and is gone then", async () => {
  const made = await recorded(async () => {
    await readHandedFiles(["/proc/version"]);
  });
  assertEquals(made.map(({ permissions, messages }) => ({ permissions, messages })), [
    { permissions: FFI_ALONE, messages: [["/proc/version"]] },
  ]);
});

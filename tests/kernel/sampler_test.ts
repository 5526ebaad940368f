import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Sampler, startSampler, WORKER_RIGHTS } from "../../collectors/sampling/sampler.ts";
import { isMeasured } from "../../collectors/trust.ts";

const HOST = { procfs: "/proc", sysfs: "/sys" };

async function withSampler(
  intervalMs: number,
  body: (sampler: Sampler) => Promise<void>,
): Promise<void> {
  const sampler = await startSampler({ intervalMs, ...HOST });
  try {
    await body(sampler);
  } finally {
    await sampler.stop();
  }
}

/** The next tick, or a failure after a time in which any machine has ticked. */
async function nextTick(sampler: Sampler, after = sampler.feed.sequence()): Promise<number> {
  await sampler.wait(after, AbortSignal.timeout(20_000));
  assert(sampler.feed.sequence() > after, "no tick came in 20 s");
  return sampler.feed.sequence();
}

Deno.test("startSampler() reads this host on a thread of its own", async () => {
  await withSampler(50, async (sampler) => {
    assert(sampler.feed.profile.onlineCpus.length > 0);
    await nextTick(sampler, 2);
    const snapshot = sampler.feed.latest()!;
    const memory = snapshot.read("memory_total_bytes");
    assert(isMeasured(memory) && memory.value > 2 ** 20);
    const ticks = snapshot.read("tick_total");
    assert(isMeasured(ticks) && ticks.value > 0);
    assertEquals(snapshot.instances("cpu").length, sampler.feed.profile.onlineCpus.length);
    assertEquals(sampler.health().ticking, true);
    // Between two ticks nothing is read; on a busy machine this thread may look in the middle of one.
    while (sampler.health().reading !== null) await nextTick(sampler);
  });
});

Deno.test("Sampler.setIntervalMs() takes effect while a long interval is waited for", async () => {
  await withSampler(60_000, async (sampler) => {
    // The second tick comes early by design; the third would be a minute away.
    await nextTick(sampler, 1);
    sampler.setIntervalMs(20);
    await nextTick(sampler, 4);
    assertEquals(sampler.feed.latest()!.intervalMs, 20);
    assertThrows(() => sampler.setIntervalMs(9), RangeError, "needs 10 ms to 60000 ms");
    assertEquals(sampler.intervalMs, 20);
  });
});

Deno.test("Sampler.wait() ends with its signal", async () => {
  await withSampler(60_000, async (sampler) => {
    const abort = new AbortController();
    const waiting = sampler.wait(1e9, abort.signal);
    abort.abort();
    await waiting;
    assert(sampler.feed.sequence() < 1e9);
  });
});

Deno.test("Sampler.watch() has processes read, and only then", async () => {
  await withSampler(50, async (sampler) => {
    await nextTick(sampler);
    assertEquals(sampler.feed.latest()!.instances("process").length, 0);
    sampler.watch();
    let tries = 0;
    while (sampler.feed.latest()!.instances("process").length === 0 && tries++ < 400) {
      await nextTick(sampler);
    }
    assert(sampler.feed.latest()!.instances("process").length > 0);
    // Nobody looks any more: some seconds later they are read no more, and are gone.
    while (sampler.feed.latest()!.instances("process").length > 0) await nextTick(sampler);
  });
});

Deno.test("Sampler.stop() ends the worker in the middle of a wait", async () => {
  const sampler = await startSampler({ intervalMs: 60_000, ...HOST });
  await sampler.stop();
  assertEquals(await sampler.ended, "The sampler was stopped");
});

Deno.test("startSampler() says in one sentence that there is no procfs", async () => {
  const error = await assertRejects(() =>
    startSampler({ intervalMs: 1000, procfs: "/nowhere", sysfs: "/sys" })
  );
  assertEquals(
    error.message,
    'Cannot use --procfs "/nowhere": cannot open "/nowhere/stat": ENOENT, no such file, directory or ' +
      "event, needs the folder where the host's procfs is mounted, such as /proc",
  );
});

Deno.test("the worker's rights let it call libc and do nothing else", async () => {
  const worker = new Worker(new URL("./rights_worker.ts", import.meta.url).href, {
    type: "module",
    deno: { permissions: WORKER_RIGHTS },
  });
  const granted = await new Promise((resolve) => {
    worker.onmessage = (event) => resolve(event.data);
  });
  worker.terminate();
  assertEquals(granted, ["ffi"]);
});

Deno.test("startSampler() refuses CPUs that this machine does not have", async () => {
  await assertRejects(
    () => startSampler({ intervalMs: 1000, ...HOST, narrowing: { cpus: [0, 8191] } }),
    Error,
    "Cannot use --cpus 0,8191: this machine has CPU",
  );
});

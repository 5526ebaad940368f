/**
 * A reading that never comes back: a file of procfs that is a FIFO without a writer, which blocks who
 * opens it, as a dead network mount or a driver in trouble does.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SseReader } from "../sse_reader.ts";
import { Victim } from "./victim.ts";

const COPIED = ["stat", "loadavg", "meminfo", "vmstat", "uptime"];

/** A procfs of a few files of this machine, one of them a FIFO. */
async function procfsWith(fifo: string): Promise<string> {
  const root = await Deno.makeTempDir({ prefix: "ringside-procfs-" });
  for (const name of COPIED) {
    await Deno.writeTextFile(`${root}/${name}`, await Deno.readTextFile(`/proc/${name}`));
  }
  await Deno.mkdir(`${root}/4242`);
  await Deno.remove(`${root}/${fifo}`).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const { success } = await new Deno.Command("mkfifo", { args: [`${root}/${fifo}`] }).output();
  assert(success, "cannot make a FIFO");
  return root;
}

async function hangsBeforeTheFirstTick(): Promise<void> {
  const root = await procfsWith("loadavg");
  const { code, said } = await Victim.refused({ args: ["--procfs", root] });
  assertEquals([code, said], [
    1,
    'The sampler hangs: no tick for 30 s, reading collector "load"\n',
  ]);
  await Deno.remove(root, { recursive: true });
}

async function hangsLater(): Promise<void> {
  // Processes are read when somebody looks, so that it ticks until then.
  const root = await procfsWith("4242/stat");
  await using victim = await Victim.start({ args: ["--procfs", root, "--interval", "100ms"] });
  const last = await victim.until("/readyz", ({ text }) => text === "ready\n");
  assertEquals(last.status, 200);
  const page = await fetch(`${victim.url}/stream?page=overview`);
  const ticks = await fetch(`${victim.url}/api/v1/stream?metric=load_1m`);
  const says = /^no tick for \d+ s, collector "processes" hangs\n$/;

  const found = await victim.until("/readyz", ({ status }) => status === 503);
  assertMatch(found.text, says);
  assertEquals((await victim.get("/healthz")).text, "ok\n");
  assertMatch(
    (await victim.get("/")).text,
    /: no tick for \d+ s, collector &quot;processes&quot; hangs/,
  );
  const snapshot = JSON.parse((await victim.get("/api/v1/snapshot")).text);
  assertEquals(snapshot.stale.reading, "processes");
  assert(snapshot.stale.age_seconds >= 2, `${snapshot.stale.age_seconds}`);
  const scrape = await victim.get("/metrics");
  assertEquals(scrape.status, 503);
  assertStringIncludes(scrape.text, "processes");
  // What was read before is still told.
  const { text } = await victim.get("/api/v1/series?metric=tick_total&span=1m");
  assert(JSON.parse(text).series[0].values.length > 0, "the ring is empty");

  const pageReader = new SseReader(page);
  let html = "";
  while (!html.includes("no tick for")) html = (await pageReader.message()).data;
  assertMatch(html, /hx-target="#tick".*no tick for \d+ s, collector &quot;processes&quot; hangs/s);
  const tickReader = new SseReader(ticks);
  let message = await tickReader.message();
  while (message.event === "message") message = await tickReader.message();
  assertEquals([message.event, message.id], ["stale", undefined]);
  assertEquals(JSON.parse(message.data).reading, "processes");

  assertEquals((await victim.process.status).code, 1);
  assertEquals(
    await victim.errors.all(),
    'The sampler hangs: no tick for 30 s, reading collector "processes"\n',
  );
  await Promise.allSettled([pageReader.cancel(), tickReader.cancel()]);
  await Deno.remove(root, { recursive: true });
}

async function endsWhenToldTo(): Promise<void> {
  const root = await procfsWith("loadavg");
  const process = Victim.spawn({ args: ["--procfs", root] });
  // The worker waits in open(2) for a writer of the FIFO.
  while (!await isOpening(process.pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill("SIGTERM");
  assertEquals((await process.status).code, 0);
  await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
  await Deno.remove(root, { recursive: true });
}

/** The thread that hangs never answers: who is told to end does not wait for it. */
async function endsWhileItHangs(): Promise<void> {
  const root = await procfsWith("4242/stat");
  await using victim = await Victim.start({ args: ["--procfs", root, "--interval", "100ms"] });
  await victim.until("/readyz", ({ text }) => text === "ready\n");
  await victim.get("/");
  await victim.until("/readyz", ({ status }) => status === 503);
  victim.process.kill("SIGTERM");
  // 1 is how the service ends by itself, after 30 s.
  assertEquals((await victim.process.status).code, 0);
  assertEquals(await victim.errors.all(), "");
  await Deno.remove(root, { recursive: true });
}

/** A token, or an engine's headers, on a network mount that is gone: nothing listens yet, and nobody waits. */
async function endsBeforeAFileIsRead(args: readonly string[]): Promise<void> {
  const root = await procfsWith("loadavg");
  const process = Victim.spawn({ args: [...args, `${root}/loadavg`] });
  while (!await isOpening(process.pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  process.kill("SIGTERM");
  const giveUp = setTimeout(() => process.kill("SIGKILL"), 10_000);
  assertEquals((await process.status).code, 0);
  clearTimeout(giveUp);
  await Promise.all([process.stdout.cancel(), process.stderr.cancel()]);
  await Deno.remove(root, { recursive: true });
}

/** A thread waits for the other end of a FIFO. */
async function isOpening(pid: number): Promise<boolean> {
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const at = await Deno.readTextFile(`/proc/${pid}/task/${name}/wchan`).catch(() => "");
    if (/fifo|partner/.test(at)) return true;
  }
  return false;
}

Deno.test("a file of a secret that hangs keeps nobody from ending the service", async () => {
  const engine = ["--prometheus-url", "http://127.0.0.1:1", "--prometheus-header-file"];
  await Promise.all([endsBeforeAFileIsRead(["--token-file"]), endsBeforeAFileIsRead(engine)]);
});

Deno.test("a reading that hangs is named everywhere, and ends the service after 30 seconds", async () => {
  await Promise.all([
    hangsBeforeTheFirstTick(),
    hangsLater(),
    endsWhenToldTo(),
    endsWhileItHangs(),
  ]);
});

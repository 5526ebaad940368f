import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { CHANNELS_MOST, cpusStreams } from "../../routes/cpus.ts";
import { listen, nextTick, startHost } from "./host.ts";

Deno.test("/cpus is made once for a tick and a choice", async () => {
  const host = startHost();
  host.tick(0.25);
  const response = await host.app.request("/cpus?sort=ipc&by=busy");
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(
    await response.text(),
    "<!DOCTYPE html>stageboot-1 0 1000 by=busy&sort=ipc",
  );
  assertEquals(host.sampler.watched, 1);
});

Deno.test("/cpus of a CPU that is not there is a page, and not found", async () => {
  const { app, tick } = startHost();
  tick(0.25);
  assertEquals((await app.request("/cpus?cpu=0")).status, 200);
  const missing = await app.request("/cpus?cpu=1", { headers: { "accept-encoding": "gzip" } });
  assertEquals(missing.status, 404);
  assertEquals(missing.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(await missing.text(), "<!DOCTYPE html>stageboot-1 0 1000 cpu=1");
});

Deno.test("/cpus and its stream refuse what they do not know, in a line", async () => {
  const { app, tick } = startHost();
  tick(0.25);
  const cases = [
    ["by=heat", 'Cannot show by="heat": needs one of ipc, busy, clock, llc'],
    ["sort=l1i", 'Cannot show sort="l1i": needs one of cpu, socket, core, type, busy'],
    ["order=up", 'Cannot show order="up": needs asc or desc'],
    ["rows=99", 'Cannot show rows="99": needs all'],
    ["cpu=-1", 'Cannot show cpu="-1": needs the number of a CPU, such as 0'],
    ["cpu=007", 'Cannot show cpu="007": needs the number of a CPU, such as 0'],
    ["cpu=100000", 'Cannot show cpu="100000": needs the number of a CPU, such as 0'],
    ["socket=1", 'Cannot take parameter "socket": it is unknown here, known: '],
    ["by=ipc&by=busy", 'Cannot take parameter "by" twice: needs it once'],
  ] as const;
  for (const [query, message] of cases) {
    for (const path of [`/cpus?${query}`, `/stream?page=cpus&${query}`]) {
      const response = await app.request(path);
      assertEquals(response.status, 400, path);
      const told: string = (await response.json()).error.message;
      assertStringIncludes(told, message);
      assert(!told.includes("\n"));
    }
  }
  // What is of the CPUs is not of the overview.
  const other = await app.request("/stream?page=overview&by=ipc");
  assertEquals(other.status, 400);
  await other.body!.cancel();
});

Deno.test("streams of the same choice are one channel, those of another are apart", async () => {
  const host = startHost();
  host.tick(0.25);
  const busy = await listen(host, "/stream?page=cpus&by=busy&sort=ipc");
  const same = await listen(host, "/stream?sort=ipc&page=cpus&by=busy");
  const other = await listen(host, "/stream?page=cpus");
  const text = (query: string, tick: number): string => `cpus=<b id="cpus">${query} ${tick}</b>`;
  assertEquals((await busy.message()).data, text("by=busy&sort=ipc", 1));
  assertEquals((await same.message()).data, text("by=busy&sort=ipc", 1));
  assertEquals((await other.message()).data, text("", 1));
  for (const reader of [busy, same, other]) await reader.message();
  await nextTick(host, 0.5);
  assertEquals((await busy.message()).data, text("by=busy&sort=ipc", 2));
  assertEquals((await other.message()).data, text("", 2));
  for (const reader of [busy, same, other]) await reader.cancel();
});

Deno.test("channels are kept for who comes next, and only so many", () => {
  const { rendering, sampler, hub, marks } = startHost();
  const channelOf = cpusStreams({
    rendering,
    sampler,
    marks,
    hub,
    files: undefined as never,
    version: "",
    address: { hostname: "127.0.0.1", port: 1 },
    allowedHosts: [],
  });
  const open = (query: string): unknown => channelOf(new URLSearchParams(`page=cpus&${query}`));
  const first = open("cpu=0");
  // How the others are sorted makes no other channel of one CPU.
  assert(open("cpu=0&sort=ipc") === first);
  // Nor does it where they stopped reading.
  assert(open("cpu=0&after=stageboot-1") === first);
  for (let cpu = 1; cpu < CHANNELS_MOST; cpu++) open(`cpu=${cpu}`);
  assert(open("cpu=0") === first, "it was forgotten too early");
  for (let cpu = 1; cpu < CHANNELS_MOST; cpu++) open(`cpu=${100 + cpu}`);
  assert(open("cpu=0") === first, "who was asked for lately is forgotten");
  for (let cpu = 1; cpu <= CHANNELS_MOST; cpu++) open(`cpu=${300 + cpu}`);
  assert(open("cpu=0") !== first, "none is ever forgotten");
  assert(open("sort=ipc&after=stageboot-1") === open("sort=ipc"));
});

Deno.test("a reader is shown what is, whoever listened before and however many looked elsewhere", async () => {
  const host = startHost();
  const live = host.rendering.cpus.live;
  Object.assign(host.rendering.cpus, {
    live: (choice: Parameters<typeof live>[0]) => ({
      ...live(choice),
      fragments: (snapshot: Snapshot) => {
        const reading = snapshot.read("load_1m");
        return new Map([["load", `<b id="load">${isMeasured(reading) && reading.value}</b>`]]);
      },
    }),
  });
  host.tick(0.25);
  const first = await listen(host, "/stream?page=cpus&cpu=0");
  await first.message();
  await first.message();
  for (let cpu = 1; cpu <= CHANNELS_MOST; cpu++) {
    await (await listen(host, `/stream?page=cpus&cpu=${cpu}`)).cancel();
  }
  await nextTick(host, 0.25);
  const second = await listen(host, "/stream?page=cpus&cpu=0");
  const told = async (reader = second): Promise<string> => {
    for (;;) {
      const { event, data } = await reader.message();
      if (event === "message") return data;
    }
  };
  assertEquals(await told(), 'load=<b id="load">0.25</b>');
  await nextTick(host, 0.5);
  assertEquals(await told(first), 'load=<b id="load">0.5</b>');
  assertEquals(await told(), 'load=<b id="load">0.5</b>');
  await first.cancel();
  // As it was when the second one came.
  await nextTick(host, 0.25);
  await nextTick(host, 0.75);
  assertEquals(await told(), 'load=<b id="load">0.25</b>');
  await second.cancel();
});

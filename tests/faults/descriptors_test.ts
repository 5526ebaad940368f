/**
 * Descriptors run out: clients take them all, or there were few from the beginning.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SPARE_DESCRIPTORS } from "../../routes/spare_descriptors.ts";
import { checkGaps, TickFollower } from "./ticks.ts";
import { Victim } from "./victim.ts";

const HALF = new TextEncoder().encode("GET /readyz HTTP/1.1\r\nHost: loc");

/** Connections that never become requests; those that are refused or reset do not count. */
class Idle implements Disposable {
  readonly held: Deno.Conn[] = [];

  static async take(victim: Victim, count: number): Promise<Idle> {
    const idle = new Idle();
    for (let i = 0; i < count; i++) {
      const connection = await victim.hold(i % 2 === 0 ? HALF : undefined);
      if (connection !== null) idle.held.push(connection);
    }
    return idle;
  }

  [Symbol.dispose](): void {
    for (const connection of this.held) connection.close();
  }
}

for (const [descriptors, connections] of [[1024, 1500], [9000, 10_000]] as const) {
  Deno.test(`with ${descriptors} descriptors the service outlives ${connections} idle connections`, async () => {
    await using victim = await Victim.start({
      args: ["--interval", "100ms"],
      before: `ulimit -n ${descriptors};`,
    });
    await victim.ticks(2);
    const before = await victim.descriptors();
    const ticks = await TickFollower.of(victim);
    await ticks.follow(1);

    {
      using idle = await Idle.take(victim, connections);
      assert(idle.held.length > descriptors - 200, `${idle.held.length} connections came through`);
      assertMatch(
        await victim.errors.until("\n"),
        /^Cannot go on listening on .*no descriptor left.*; who comes is turned away/,
      );
      // Who comes in between is told so, and how soon to come again.
      const told = await victim.until("/readyz", ({ status }) => status === 503);
      assertStringIncludes(told.text, "this process has no descriptor left");
      // A client that is there already is served every tick, and none is lost.
      await ticks.follow(10);
    }

    await victim.until("/readyz", ({ status, text }) => status === 200 && text === "ready\n");
    await ticks.cancel();
    await checkGaps(victim);
    // Given back, but for what this test's own client holds open.
    while (await victim.descriptors() > before + 4) await victim.ticks(1);
    assertEquals(victim.errors.text.trimEnd().split("\n").length, 1);
    await victim.end();
  });
}

Deno.test("streams leave descriptors for everybody else, and one too many is told so", async () => {
  await using victim = await Victim.start({
    args: ["--interval", "100ms"],
    before: "ulimit -n 320;",
  });
  await victim.ticks(2);
  const streams: ReadableStream<Uint8Array>[] = [];
  let refused: Response | undefined;
  while (refused === undefined) {
    const response = await fetch(`${victim.url}/api/v1/stream?metric=load_1m`);
    if (response.status === 200) streams.push(response.body!);
    else refused = response;
  }
  assertEquals([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  assertEquals((await refused.json()).error, {
    status: 503,
    message: `Cannot open a stream: ${streams.length} are open, needs one of them to end`,
  });
  assert(streams.length > 50, `${streams.length} streams`);
  assertEquals((await victim.get("/readyz")).text, "ready\n");
  assertEquals((await victim.get("/")).status, 200);
  for (const stream of streams) await stream.cancel();
  await victim.end();
  assertEquals(victim.errors.text, "");
});

Deno.test("with too few descriptors to begin the service ends with one line", async () => {
  // With less than 28 it is Deno that cannot begin, and panics.
  const { code, said } = await Victim.refused({ before: "ulimit -n 36;" });
  assertEquals(code, 1);
  assertMatch(
    said,
    /^Cannot listen on .*: no descriptor left \(EMFILE\), needs others to end, or a larger LimitNOFILE\n$/,
  );
});

Deno.test("a service with hardly any descriptors turns clients away, and serves when they have gone", async () => {
  await using victim = await Victim.start({
    args: ["--interval", "100ms"],
    before: "ulimit -n 72;",
  });
  {
    using _ = await Idle.take(victim, 80);
    await victim.errors.until("\n");
  }
  const found = await victim.until("/readyz", ({ status }) => status === 200);
  assertEquals(found.text, "ready\n");
  await victim.ticks(2);
  await victim.end();
});

Deno.test("spare descriptors are a few sockets, and nothing listens for them", async () => {
  await using victim = await Victim.start();
  await victim.ticks(1);
  const links = [];
  for await (const { name } of Deno.readDir(`/proc/${victim.pid}/fd`)) {
    links.push(await Deno.readLink(`/proc/${victim.pid}/fd/${name}`).catch(() => ""));
  }
  const sockets = links.filter((link) => link.startsWith("socket:"));
  assert(sockets.length > SPARE_DESCRIPTORS, `${sockets.length} sockets`);
  const inodes = new Set(sockets.map((link) => link.slice(8, -1)));
  const table = await Deno.readTextFile("/proc/net/tcp");
  const listening = table.split("\n").map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && inodes.has(fields[9]!));
  assertEquals(listening.map((fields) => parseInt(fields[1]!.split(":")[1]!, 16)), [victim.port]);
});

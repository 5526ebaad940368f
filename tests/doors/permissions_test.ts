/**
 * What code could do that ran in the main thread of the service, where the network's bytes arrive: a
 * module that is loaded with it tries, after the start, by the very words of the task.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { Outcome } from "./break_out.ts";
import { Process } from "./process.ts";

const BREAK_OUT = new URL("./break_out.ts", import.meta.url);
const LISTEN_AGAIN = new URL("./listen_again.ts", import.meta.url);
const NEXT_TURN = new URL("./next_turn.ts", import.meta.url);
const TOKEN = "Tk0123456789abcdef0123456789abcdef";

Deno.test("code in the main thread can do nothing but serve", () => assertConfined("start"));

Deno.test("no more where it sends metrics: a worker of its own has that right", () =>
  assertConfined("start:otlp", {
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://192.0.2.1",
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=secret",
  }));

async function assertConfined(
  task: "start" | "start:otlp",
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  await using service = await Process.start({
    task,
    preload: BREAK_OUT,
    env: { RINGSIDE_TOKEN: TOKEN, ...env },
  });
  const said = await service.until(/BROKE OUT .*\n/);
  const outcomes: Outcome[] = JSON.parse(/BROKE OUT (.*)\n/.exec(said)![1]!);
  assert(outcomes.length > 35);
  // A right that is missing, and nothing else that happened to go wrong.
  const others = outcomes.filter(({ refused, message }) =>
    refused !== "NotCapable" && !/^(NotCapable|Requires|.*run again with the --allow)/.test(message)
  );
  assertEquals(others, []);
  const headers = { authorization: `Bearer ${TOKEN}` };
  for (const path of ["/", "/metrics", "/api/v1/snapshot", "/metrics-guide", "/doctor"]) {
    const response = await fetch(service.url + path, { headers });
    assertEquals(response.status, 200, path);
    await response.body?.cancel();
  }
  await assertNothingWritten();
}

Deno.test("code in the main thread can ask an engine no more than the page does", async () => {
  // Nobody listens there: a connection that may be tried is refused by the kernel, and not by Deno.
  await using service = await Process.start({
    preload: BREAK_OUT,
    env: { RINGSIDE_TOKEN: TOKEN },
    task: "start:fleet",
    args: ["--prometheus-url", "http://127.0.0.3:9090"],
    engine: "127.0.0.3:9090",
  });
  const said = await service.until(/BROKE OUT .*\n/);
  const outcomes: Outcome[] = JSON.parse(/BROKE OUT (.*)\n/.exec(said)![1]!);
  const engine = outcomes.find(({ attempt }) => attempt === "fetch from an engine");
  assertEquals(engine?.refused, "NotCapable");
  assertEquals(outcomes.filter(({ refused }) => refused === null), []);
  const page = await fetch(`${service.url}/fleet`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  assert((await page.text()).includes("Cannot ask http://127.0.0.3:9090: "));
  await assertNothingWritten();
});

Deno.test("an engine on the own address takes away no right to listen there again", async () => {
  for (const task of ["start", "start:fleet"] as const) {
    await using service = await Process.start({
      task,
      preload: LISTEN_AGAIN,
      args: ["--prometheus-url", "http://127.0.0.1:9"],
      engine: "127.0.0.1:9",
    });
    assertEquals(/LISTEN AGAIN (.*)\n/.exec(await service.until(/LISTEN AGAIN .*\n/))![1], "MAY");
  }
});

Deno.test("no request is answered while there are rights to more", async () => {
  for (
    const options of [
      { task: "start" },
      {
        task: "start:fleet",
        args: ["--prometheus-url", "http://127.0.0.3:9"],
        engine: "127.0.0.3:9",
      },
      { task: "start:otlp", env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://192.0.2.1" } },
    ] as const
  ) {
    await using service = await Process.start({ ...options, preload: NEXT_TURN });
    const said = await service.until(/RIGHTS LEFT .*\n/);
    assertEquals(/RIGHTS LEFT (.*)\n/.exec(said)![1], "[]", options.task);
  }
});

async function assertNothingWritten(): Promise<void> {
  let found = true;
  try {
    // One failure is no other's.
    await Deno.remove("/tmp/ringside-broke-out");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    found = false;
  }
  assert(!found, "a file was written");
}

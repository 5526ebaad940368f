/**
 * The service as a process on this machine's own kernel: what only a real listener, a real worker and
 * real signals can show.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Output } from "./output.ts";
import { SseReader } from "./sse_reader.ts";

const ROOT = new URL("../", import.meta.url);
const MAIN = new URL("main.ts", ROOT).pathname;

interface Service {
  readonly url: string;
  readonly process: Deno.ChildProcess;
  readonly errors: Output;
}

function command(args: readonly string[], before = ""): Deno.Command {
  const rights = [
    "--no-prompt",
    "--allow-ffi",
    "--allow-net=127.0.0.1,[::1],0.0.0.0,[::]",
    "--allow-read=.",
    "--allow-env=RINGSIDE_*",
  ];
  // Quiet: what Deno tells of its downloads, on a machine that has just got it, is not Ringside's word.
  const run = ["run", "--quiet", ...rights, MAIN, ...args];
  return new Deno.Command("sh", {
    args: ["-c", `${before} exec "$@"`, "sh", Deno.execPath(), ...run],
    cwd: ROOT,
    stdout: "piped",
    stderr: "piped",
  });
}

async function start(args: readonly string[], before = ""): Promise<Service> {
  const process = command(["--listen", "127.0.0.1:0", "--interval", "100ms", ...args], before)
    .spawn();
  const errors = new Output(process.stderr);
  const line = await new Output(process.stdout).until("\n");
  const url = /http:\/\/[^ ]+/.exec(line)?.[0];
  if (url === undefined) throw new Error(`Cannot start: ${line} ${await errors.all()}`);
  return { url, process, errors };
}

async function end(service: Service, signal: Deno.Signal = "SIGTERM"): Promise<number> {
  service.process.kill(signal);
  const { code } = await service.process.status;
  return code;
}

async function failed(
  args: readonly string[],
  before = "",
): Promise<{ code: number; lines: string[] }> {
  const { code, stdout, stderr } = await command(args, before).output();
  assertEquals(new TextDecoder().decode(stdout), "");
  return { code, lines: new TextDecoder().decode(stderr).trimEnd().split("\n") };
}

Deno.test("the service describes itself, once it may read no file any more", async () => {
  const service = await start(["--allow-origin", "https://wall.example.net"]);
  const response = await fetch(`${service.url}/api/v1/openapi.json`, {
    headers: { origin: "https://wall.example.net" },
  });
  assertEquals(response.headers.get("access-control-allow-origin"), "https://wall.example.net");
  assertEquals((await response.json()).openapi, "3.1.1");
  assertEquals(await end(service), 0);
});

Deno.test("once prints Prometheus text and CSV, whole", async () => {
  for (
    const [format, begins, ends] of [["prom", "# HELP ", "\n"], [
      "csv",
      "time,metric,",
      "\r\n",
    ]] as const
  ) {
    const { code, stdout } = await command(["once", "--interval", "100ms", "--format", format])
      .output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(code, 0);
    assert(text.startsWith(begins), text.slice(0, 80));
    assert(text.endsWith(ends) && !text.endsWith("\n\n"), JSON.stringify(text.slice(-80)));
  }
});

Deno.test("once has waited for what is read every few seconds too", async () => {
  const { stdout } = await command(["once", "--interval", "100ms", "--format", "csv"]).output();
  const lines = new TextDecoder().decode(stdout).split("\r\n");
  // A process may have begun after the first of two readings.
  const rest = lines.filter((line) => !line.includes(",process_cpu_ratio,"));
  assertEquals(rest.filter((line) => line.includes("not_yet")), []);
  assert(lines.some((line) => line.includes(",self_cpu_seconds,")), lines[0]);
});

Deno.test("the service shows this host, streams it, and ends when it is told to", async () => {
  const service = await start([]);
  const { url } = service;

  const snapshot = await (await fetch(`${url}/api/v1/snapshot`)).json();
  assert(snapshot.sequence > 0 && snapshot.host.cpus > 0);
  const page = await fetch(url);
  assertEquals(page.status, 200);
  assertStringIncludes(await page.text(), snapshot.host.hostname);
  assertStringIncludes(await (await fetch(`${url}/metrics`)).text(), "# TYPE ringside_ticks_total");
  assertEquals(await (await fetch(`${url}/readyz`)).text(), "ready\n");

  const gzip = await fetch(`${url}/stream?page=overview`);
  const identity = { headers: { "accept-encoding": "identity" } };
  const plain = await fetch(`${url}/stream?page=overview`, identity);
  assertEquals(plain.headers.get("content-encoding"), null);
  for (const response of [gzip, plain]) {
    const reader = new SseReader(response);
    assertStringIncludes((await reader.message()).data, "<hx-partial");
    assertEquals((await reader.message()).event, "sample");
    const second = await reader.message();
    assertEquals([second.event, second.retry], ["message", undefined]);
    assertStringIncludes(second.data, "<hx-partial");
    await reader.cancel();
  }

  // A gzip stream that ends has no trailer, which fetch, unlike browsers, takes for an error.
  const open = new SseReader(await fetch(`${url}/api/v1/stream`, identity));
  const before = await open.named("message");
  const after = await open.named("message");
  assertEquals(after.id!.split("-")[0], before.id!.split("-")[0]);
  assert(Number(after.id!.split("-")[1]) > Number(before.id!.split("-")[1]));

  assertEquals(await end(service), 0);
  while (await open.next() !== null);
  assertEquals(await service.errors.all(), "");
});

Deno.test("to HEAD an answer has the length that it has to GET, and a stream none", async () => {
  const service = await start([]);
  for (const path of ["/stream", "/api/v1/stream", "/healthz"]) {
    const { status, headers, body } = await fetch(service.url + path, { method: "HEAD" });
    const length = path === "/healthz" ? "3" : null;
    assertEquals([status, headers.get("content-length"), body], [200, length, null], path);
  }
  assertEquals(await end(service), 0);
});

Deno.test("the service leaves out of /metrics what it is told to, and adds what it is told to", async () => {
  const service = await start(["--no-node-metrics", "--compat=node_perf"]);
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  assert(names.includes("ringside_ticks_total"), text);
  assertEquals(names.filter((name) => /^node_(?!perf_)/.test(name)), []);
  // Where the kernel counts for perf at all.
  assertEquals(
    names.includes("node_perf_page_faults_total"),
    /ringside_pmu_events_total\{.*event="page-faults"/.test(text),
  );
  assertEquals(await end(service), 0);
});

Deno.test("the service ends as well on SIGINT, and when its terminal is closed", async () => {
  for (const signal of ["SIGINT", "SIGHUP"] as const) {
    assertEquals(await end(await start([]), signal), 0, signal);
  }
});

Deno.test("a port that is taken is one line that says what to do", async () => {
  const service = await start([]);
  const { port } = new URL(service.url);
  const { code, lines } = await failed(["--listen", `127.0.0.1:${port}`]);
  assertEquals([code, lines.length], [1, 1]);
  assertStringIncludes(
    lines[0]!,
    `Cannot listen on 127.0.0.1:${port}: another process has this port (EADDRINUSE), ` +
      `needs another one, such as --listen 127.0.0.1:${Number(port) + 1}`,
  );
  await end(service);
  // The last port of all has no next one. Where somebody else has it, that does as well.
  using _last = taken(65_535);
  const { lines: [line] } = await failed(["--listen", "127.0.0.1:65535"]);
  assertStringIncludes(line!, "such as --listen 127.0.0.1:65534, or");
});

function taken(port: number): Disposable {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return { [Symbol.dispose]: () => {} };
  }
}

Deno.test("what it cannot begin with is one line that says what to do", async () => {
  for (
    const [option, value, found] of [
      ["--procfs", "/nowhere", 'cannot open "/nowhere/stat": ENOENT'],
      ["--procfs", "/etc/passwd", 'cannot open "/etc/passwd/stat": ENOTDIR'],
      // Without it this host would be taken for one whose hypervisor keeps the counters back.
      ["--sysfs", "/nowhere", 'cannot list "/nowhere/devices": ENOENT'],
      ["--cpus", "8000", "this machine has CPU"],
    ] as const
  ) {
    const { code, lines } = await failed(["--listen", "127.0.0.1:0", option, value]);
    assertEquals([code, lines.length], [2, 1], lines.join("\n"));
    assertStringIncludes(lines[0]!, `Cannot use ${option} `);
    assertStringIncludes(lines[0]!, found);
    // Who set the variable is not told of a flag.
    const set = `RINGSIDE_${option.slice(2).toUpperCase()}`;
    const { lines: [line] } = await failed(["--listen", "127.0.0.1:0"], `${set}=${value}`);
    assertEquals(line, lines[0]!.replace(option, set));
  }
  const foreign = await failed(["--listen", "192.0.2.1:0", "--insecure-no-auth"]);
  assertEquals(foreign, {
    code: 2,
    lines: [
      "Cannot listen on 192.0.2.1:0: Deno may not use this address, " +
      "needs --allow-net=192.0.2.1:0",
    ],
  });
});

Deno.test("a wrong option is one line, and exit code 2", async () => {
  const { code, lines } = await failed(["--interval", "never"]);
  assertEquals([code, lines], [2, [
    'Cannot use --interval "never": needs a span of time from 10ms to 60s, such as 250ms, 1s or 1.5s',
  ]]);
});

Deno.test("once prints a table or JSON of this host, and ends", async () => {
  for (const format of ["table", "json"]) {
    const { code, stdout } = await command(["once", "--interval", "100ms", "--format", format])
      .output();
    const text = new TextDecoder().decode(stdout);
    assertEquals(code, 0);
    if (format === "json") assert(JSON.parse(text).sequence > 0);
    else assertMatch(text, /^\S+, Linux \d/);
  }
});

Deno.test("doctor prints what it finds here, and its exit code says whether anything would help", async () => {
  const args = ["doctor", "--json", "--interval", "100ms"];
  const { code, stdout } = await command(args).output();
  const found = JSON.parse(new TextDecoder().decode(stdout));
  assertEquals(code, found.exit_code);
  assert(found.quantities.length > 0);
  const missing = found.quantities.filter(({ state }: { state: string }) => state !== "measured");
  if (missing.length === 0) assertEquals([code, found.causes], [0, []]);
  for (const { causes } of missing) {
    for (const id of causes) assert(found.causes.some((cause: { id: string }) => cause.id === id));
  }
});

Deno.test("doctor ends with 2 when it cannot look", async () => {
  const { code, lines } = await failed(["doctor", "--procfs", "/nowhere"]);
  assertEquals([code, lines.length], [2, 1]);
  assertStringIncludes(lines[0]!, "/nowhere");
});

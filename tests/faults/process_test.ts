/**
 * What is done to the process from outside: it is stopped and goes on, nobody reads what it says, and
 * there is nothing that it may write to.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { SseReader } from "../sse_reader.ts";
import { Victim } from "./victim.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("a service that was stopped and goes on draws a gap, and counts over it rightly", async () => {
  await using victim = await Victim.start({ args: ["--interval", "100ms"] });
  await victim.ticks(5);
  const identity = { headers: { "accept-encoding": "identity" } };
  const stream = new SseReader(
    await fetch(`${victim.url}/api/v1/stream?metric=tick_total`, identity),
  );
  const before = Number((await stream.message()).id!.split("-")[1]);

  victim.process.kill("SIGSTOP");
  const begunMs = performance.now();
  // Long enough that the newest tick counts as late: what is looked for is the way back.
  await new Promise((resolve) => setTimeout(resolve, 4000));
  const stoppedMs = performance.now() - begunMs;
  victim.process.kill("SIGCONT");

  await victim.until("/readyz", ({ status }) => status === 200);
  await victim.ticks(3);
  // The stream goes on where it was.
  let after = before;
  while (after <= before + 3) {
    const { id } = await stream.message();
    if (id !== undefined) after = Number(id.split("-")[1]);
  }
  await stream.cancel();
  const { text } = await victim.get("/api/v1/series?metric=tick_total&span=1m");
  const { time_seconds: seconds, series } = JSON.parse(text);
  const steps: number[] = seconds.slice(1).map((at: number, i: number) => at - seconds[i]);
  const longest = Math.max(...steps);
  assert(longest * 1000 > stoppedMs - 500, `the longest step is ${longest} s`);
  // A void where nothing was read, and no zero and no peak behind it.
  assertEquals(series[0].values[steps.indexOf(longest) + 1], null);
  const known = series[0].values.filter((value: number | null) => value !== null);
  assert(known.every((value: number) => value > 0 && value < 20), `${known}`);
  assertEquals(victim.errors.text, "");
  await victim.end();
});

Deno.test("what it says may be read by nobody: closed, broken off, or a full device", async () => {
  for (const before of ["exec 2>&-", "exec 2>/dev/full", "exec 2> >(:)"]) {
    await using victim = await Victim.start({
      args: ["--interval", "100ms"],
      before: `${before}\nulimit -n 256`,
      shell: "bash",
    });
    await victim.ticks(2);
    // It has something to say: there is no descriptor left.
    const held = [];
    for (let i = 0; i < 300; i++) {
      held.push(await victim.hold());
    }
    await victim.until("/readyz", ({ status }) => status === 503);
    for (const connection of held) connection?.close();
    await victim.until("/readyz", ({ text }) => text === "ready\n");
    await victim.ticks(2);
    await victim.end();
  }
});

Deno.test("an output that is full or closed from the beginning does not keep it from serving", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  for (const output of ["/dev/full", "&-"]) {
    const process = Victim.spawn({
      args: ["--interval", "100ms", "--listen", `127.0.0.1:${port}`],
      before: `exec >${output}`,
    });
    const errors = new Response(process.stderr).text();
    let word = "";
    // Where somebody else took the port meanwhile, it ends, and says why.
    const ended = process.status.then(({ code }) => code);
    while (word !== "ready\n") {
      const code = await Promise.race([ended, Promise.resolve(null)]);
      if (code !== null) throw new Error(`It ended with ${code}: ${await errors}`);
      word = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { connection: "close" } })
        .then((response) => response.text())
        .catch((error) => {
          if (!(error instanceof TypeError)) throw error;
          return "";
        });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    process.kill("SIGTERM");
    assertEquals((await process.status).code, 0);
    await process.stdout.cancel();
    assertMatch(await errors, /^$/);
  }
});

Deno.test("what was asked for and cannot be printed is told in one line", async () => {
  for (
    const [command, status] of [
      ["once", 1],
      ["doctor", 2],
      ["start --help", 1],
      ["start --version", 1],
    ] as const
  ) {
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", `exec "$0" task --quiet ${command} >/dev/full`, Deno.execPath()],
      cwd: ROOT.pathname,
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [
      status,
      "Cannot print to standard output: No space left on device (os error 28), needs one that takes it\n",
    ]);
  }
});

/** Where Deno keeps what it has loaded. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

Deno.test("it writes nothing: no file system that it could write to is needed", async () => {
  // This tree itself may lie in /tmp, and so may what Deno keeps of packages.
  const copy = await Deno.makeTempDir({ dir: "/var/tmp", prefix: "ringside-read-only-" });
  // Everything read-only in a mount namespace of its own, and the disk of /tmp full.
  const before = [
    `exec unshare --map-root-user --mount sh -c 'mount --bind ${await denoDir()} ${copy}/cache || exit 6`,
    "mount -t tmpfs -o size=4k tmpfs /tmp || exit 7",
    "head -c 8192 /dev/zero > /tmp/full 2>/dev/null",
    `mount -o remount,bind,ro ${copy}/cache || exit 8`,
    "mount -o remount,bind,ro / || exit 8",
    "! touch /var/tmp/written 2>/dev/null || exit 9",
    `export DENO_DIR=${copy}/cache`,
    'exec "$@"\' sh "$@"',
  ].join("; ");
  try {
    await Deno.mkdir(`${copy}/cache`);
    const made = await new Deno.Command("cp", {
      args: [
        "-a",
        "main.ts",
        "deno.json",
        "deno.lock",
        "collectors",
        "routes",
        "views",
        "static",
        copy,
      ],
      cwd: ROOT,
    }).output();
    assert(made.success, new TextDecoder().decode(made.stderr));
    await using victim = await Victim.start({
      args: ["--interval", "100ms"],
      before,
      root: new URL(`file://${copy}/`),
    });
    await victim.ticks(5);
    assertEquals((await victim.get("/")).status, 200);
    assertEquals((await victim.get("/metrics")).status, 200);
    assertEquals(victim.errors.text, "");
    await victim.end();
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
});

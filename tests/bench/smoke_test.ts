/**
 * Every benchmark runs at its smallest size, so that none rots. Its figures mean nothing here. Each has
 * a process of its own, since some call libc and these tests may not.
 */
import { assert, assertEquals } from "@std/assert";

const PROGRAM = new URL("./mod.ts", import.meta.url).pathname;
const PEERS = new URL("./peers/mod.ts", import.meta.url).pathname;

for (
  const name of [
    "tick",
    "counters",
    "uncore",
    "large-host",
    "heap",
    "page",
    "cpus",
    "latency",
    "memory",
    "charts",
    "clients",
    "scrape",
    "interval",
    "wakeups",
    "page_thread",
  ]
) {
  Deno.test(`bench ${name} runs and measures, or says what it needs`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--v8-flags=--expose-gc", PROGRAM, "--smoke", name],
      stdout: "piped",
      stderr: "piped",
    }).output();
    const decoder = new TextDecoder();
    assertEquals(code, 0, decoder.decode(stderr));
    const lines = decoder.decode(stdout).trim().split("\n");
    assert(lines.length > 0);
    for (const line of lines) {
      assert(
        / {2}-?\d[\d.e+-]* (us|ms|x|B|bytes|kB|MiB|ticks|%)|not measured, needs \S/
          .test(line),
        line,
      );
    }
  });
}

Deno.test("bench:peers runs with what is installed, and says what is not", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", PEERS, "--smoke"],
  }).output();
  const decoder = new TextDecoder();
  assertEquals(code, 0, decoder.decode(stderr));
  const said = decoder.decode(stdout);
  for (const label of ["Ringside, page", "netdata, proc + perf", "node_exporter", "collectd"]) {
    const found = said.split("\n").find((line) => line.includes(label)) ?? "";
    assert(/\d\.\d+ \[|not measured, needs \S/.test(found), `${label}: ${found}\n${said}`);
  }
});

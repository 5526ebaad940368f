/**
 * The command `check-perf` as a person starts it, with the rights of its task: on a machine with a PMU
 * it compares that, on every other the kernel's own events.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";

const ROOT = new URL("../", import.meta.url).pathname;
const { tasks } = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));

interface Ran {
  readonly code: number;
  readonly out: readonly string[];
  readonly err: string;
}

async function checkPerf(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const words: string[] = tasks["check-perf"].match(/'[^']*'|\S+/g)
    .map((word: string) => word.replaceAll("'", ""));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [words[1]!, "--quiet", ...words.slice(2), ...args],
    cwd: ROOT,
    env,
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    out: decoder.decode(stdout).trimEnd().split("\n"),
    err: decoder.decode(stderr).trim(),
  };
}

async function hasPerf(): Promise<boolean> {
  try {
    // Counting a whole CPU takes rights that not everybody has.
    const { success } = await new Deno.Command("perf", {
      args: ["stat", "-a", "-e", "cpu-clock", "true"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

Deno.test({
  name: "check-perf finds Ringside and perf stat to agree on this machine (needs perf)",
  ignore: !await hasPerf(),
  fn: async () => {
    const { code, out, err } = await checkPerf(["2", "--interval", "500ms"]);
    assertEquals(code, 0, `${out.join("\n")}\n${err}`);
    const events = out.map((line) => line.trim().split(/ {2,}/)[1]);
    for (const event of ["cpu-clock", "context-switches", "page-faults"]) {
      assert(events.includes(event), `${event} in ${out.join("\n")}`);
    }
    assert(out.at(-1)!.startsWith("Ringside agrees with perf stat: "), out.at(-1));
  },
});

Deno.test("check-perf says which package it needs where there is no perf", async () => {
  const nowhere = await Deno.makeTempDir();
  try {
    const { code, out, err } = await checkPerf(["1"], { PATH: nowhere });
    assertEquals([code, out], [2, [""]]);
    const said = err.split("\n").at(-1)!;
    // Where nobody may count, that is what it says first.
    assert(
      /^Cannot (run perf: .*, needs the package \S+|compare with perf stat: .*)$/.test(said),
      said,
    );
  } finally {
    await Deno.remove(nowhere);
  }
});

Deno.test("check-perf refuses what this machine does not have in the service's words", async () => {
  const cpus = await checkPerf(["1", "--cpus", "8000"]);
  assertEquals([cpus.code, cpus.out], [2, [""]]);
  assertMatch(cpus.err, /^Cannot use --cpus 8000: this machine has CPUs? [\d,-]+$/);
  const procfs = await checkPerf(["1", "--procfs", "/nowhere"]);
  assertEquals([procfs.code, procfs.out], [2, [""]]);
  assertMatch(procfs.err, /^Cannot use --procfs "\/nowhere": .*, needs the folder where /);
  const variable = await checkPerf(["1"], { RINGSIDE_CPUS: "8000" });
  assertEquals(variable.code, 2);
  assertMatch(variable.err, /^Cannot use RINGSIDE_CPUS 8000: this machine has CPUs? [\d,-]+$/);
});

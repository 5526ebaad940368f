/**
 * `deno task lab [--all] [--list] [machine...]`: boots machines whose counters have known answers, runs
 * checks in them and sums up. Exit codes: 0 when all hold, 1 when some do not, 2 when it cannot begin.
 *
 * @module
 */
import { boot, type Machine } from "./machine.ts";
import { MACHINES } from "./machines.ts";
import { missing, widenPath } from "./needs.ts";

const FOLDER = new URL("./", import.meta.url).pathname;
/** A guest of two CPUs on a machine of two: more would only make each slower. */
const AT_ONCE = 2;
/** An emulated CPU may lose an interrupt of another. Twice in a run is somebody's fault. */
const STUCK_MOST = 1;

/** What to boot; a string says what was wrong with the words. */
function choose(args: readonly string[]): readonly Machine[] | string {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const flag = args.find((arg) => arg.startsWith("--") && arg !== "--all");
  if (flag !== undefined) return `Cannot use "${flag}": needs --all, --list or names of machines`;
  const unknown = names.find((name) => !MACHINES.some((machine) => machine.name === name));
  if (unknown !== undefined) {
    return `Cannot boot "${unknown}": needs one of ${MACHINES.map(({ name }) => name).join(", ")}`;
  }
  if (names.length > 0) return MACHINES.filter(({ name }) => names.includes(name));
  return MACHINES.filter(({ extra }) => args.includes("--all") || !extra);
}

/** Before the first boot: two that ran it at once would build over each other. */
export async function build(arm: boolean): Promise<string | null> {
  const version = `DENO_VERSION=${Deno.version.deno}`;
  const args = ["-s", "-C", FOLDER, "all", ...(arm ? ["arm64", version] : [])];
  const { code, stdout, stderr } = await new Deno.Command("make", { args }).output();
  const said = new TextDecoder();
  return code === 0 ? null : `${said.decode(stdout)}${said.decode(stderr)}`.trim();
}

/** Transpiles every script once, here, where it takes a moment: guests find it in the cache. Says what failed. */
export async function prepare(machines: readonly Machine[]): Promise<string | null> {
  const scripts = new Set(machines.map(({ script }) => `${FOLDER}checks/${script}.ts`));
  const args = ["cache", "--quiet", ...scripts, `${FOLDER}../../main.ts`];
  const failed = await said(args);
  if (failed !== null) return failed;
  const installed = ["unit", "least_privilege", "podman"].map((name) =>
    `${FOLDER}checks/${name}.ts`
  );
  if (!installed.some((script) => scripts.has(script))) return null;
  // What is installed comes with its packages, which no guest can fetch.
  const assemble = ["run", "--allow-all", `${FOLDER}../../deploy/assemble.ts`];
  const folder = `${FOLDER}build/ringside`;
  return await said([...assemble, folder]);
}

/** What Deno complains of where it fails; else null. */
async function said(args: readonly string[]): Promise<string | null> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args: [...args] }).output();
  if (code === 0) return null;
  return `Cannot run deno ${args.slice(0, 3).join(" ")}: ${
    new TextDecoder().decode(stderr).trim()
  }`;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--list")) {
    for (const { name, what, extra } of MACHINES) {
      console.log(`${name.padEnd(18)} ${what}${extra ? " (only with --all, or by name)" : ""}`);
    }
    return 0;
  }
  const machines = choose(args);
  if (typeof machines === "string") {
    console.error(machines);
    return 2;
  }
  widenPath();
  const arm = machines.some((machine) => machine.arm);
  const lacking = missing(arm) ?? await build(arm) ?? await prepare(machines);
  if (lacking !== null) {
    console.error(lacking);
    return 2;
  }
  const begun = performance.now();
  const waiting = [...machines];
  const sum = { passed: 0, failed: 0, skipped: 0 };
  let again = STUCK_MOST;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let machine = waiting.shift(); machine !== undefined; machine = waiting.shift()) {
      const from = performance.now();
      let outcome = await boot(machine);
      if (outcome.stuck && again > 0) {
        again--;
        console.log(`     ${machine.name}: its kernel stood still in QEMU, it is booted once more`);
        outcome = await boot(machine);
      }
      sum.passed += outcome.passed;
      sum.failed += outcome.failed;
      sum.skipped += outcome.skipped;
      console.log(`     ${machine.name}: ${Math.round((performance.now() - from) / 1000)} s`);
    }
  }));
  // In the form of the last line of `deno test`.
  const { passed, failed, skipped } = sum;
  const seconds = Math.round((performance.now() - begun) / 1000);
  const time = `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  const verdict = failed === 0 ? "ok" : "FAILED";
  console.log(`${verdict} | ${passed} passed | ${failed} failed | ${skipped} ignored (${time})`);
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

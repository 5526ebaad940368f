/**
 * deploy/least_privilege.ts on a machine with counters: what a user that has nothing counts at each level
 * of perf_event_paranoid without and with CAP_PERFMON, and that what the doctor advises makes it work.
 */
import type { Tried } from "../../../deploy/least_privilege.ts";
import { DENO, install } from "../inside/installed.ts";
import { check, finish, part } from "../inside/report.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const PARANOID = "/proc/sys/kernel/perf_event_paranoid";
/** Of this kernel, Debian's: above it CAP_PERFMON does not do. */
const LEVEL_MOST = 2;
const BEFORE = "3";

await install();
await Deno.writeTextFile(PARANOID, BEFORE);

await part("least privilege", async () => {
  const script = `${ROOT}deploy/least_privilege.ts`;
  const { code, stdout, stderr } = await new Deno.Command(DENO, {
    args: ["run", "--quiet", "--allow-all", script, "--levels", "--json"],
  }).output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (said === "") throw new Error(`${code} ${complained}`);
  const { cases, faults }: { cases: readonly Tried[]; faults: readonly string[] } = JSON.parse(
    said!,
  );
  const most = Math.max(...cases.map(({ counted }) => counted));
  check(cases.length === 12 && most > 5, `${cases.length} cases, of which the best count ${most}`);
  for (const { level, capability, counted, quantities, advice } of cases) {
    const may = level <= 0 || (capability && level <= LEVEL_MOST);
    check(
      may ? counted === most : counted === 0,
      `level ${level} ${
        capability ? "with" : "without"
      } CAP_PERFMON: ${counted} of ${quantities} ` +
        `are counted; ${advice[0] ?? "no advice"}`,
    );
  }
  check(code === 0 && faults.length === 0, `the advice holds: ${faults.join("; ") || "no fault"}`);
  const after = (await Deno.readTextFile(PARANOID)).trim();
  check(after === BEFORE, `the level is set back: ${after}`);
});
finish();

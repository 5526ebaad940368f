/**
 * `sudo deno run -A deploy/least_privilege.ts [--levels] [--json] [FOLDER]`: as a user that has nothing,
 * without and with CAP_PERFMON, asks the doctor of the Ringside in FOLDER (`/opt/ringside`) what is
 * counted and what would help, and whether the right that it names is the one that makes it work. With
 * `--levels` at each level of kernel.perf_event_paranoid, which is then set back. Exit codes: 0 when the
 * advice holds, 1 when it does not, 2 when it could not be tried.
 *
 * @module
 */

const PARANOID = "/proc/sys/kernel/perf_event_paranoid";
/** Debian adds 3 to the kernel's own, Ubuntu 4. */
const LEVELS = [4, 3, 2, 1, 0, -1];
/** Nobody's on any distribution: systemd hands out lower ones, packages far lower ones. */
const UID = 65532;
const RIGHTS = "--allow-ffi --allow-read=. --allow-env=RINGSIDE_*".split(" ");

/** What was counted in one case, and the doctor's first step. */
export interface Tried {
  readonly level: number;
  readonly capability: boolean;
  readonly counted: number;
  readonly quantities: number;
  /** The first step's ways in words; the first asks for the least. None: nothing helps here. */
  readonly advice: readonly string[];
}

/** What is read of `doctor --json`. */
interface Doctor {
  readonly quantities: readonly { readonly state: string }[];
  readonly plan: {
    readonly steps: readonly {
      readonly outside: boolean;
      readonly ways: readonly { readonly do: string }[];
    }[];
  };
}

export function triedOf(doctor: Doctor, level: number, capability: boolean): Tried {
  const step = doctor.plan.steps.find(({ outside }) => !outside);
  return {
    level,
    capability,
    counted: doctor.quantities.filter(({ state }) => state !== "missing").length,
    quantities: doctor.quantities.length,
    advice: step?.ways.map((way) => way.do) ?? [],
  };
}

/** Where a piece of advice leads: the same case with the level and the right that it names. */
export function followed({ level, capability }: Tried, advice: string): Pick<
  Tried,
  "level" | "capability"
> {
  const named = /perf_event_paranoid=(-?\d)/.exec(advice)?.[1];
  return {
    level: named === undefined ? level : Number(named),
    capability: capability || /CAP_PERFMON|PERFMON|ambient-caps/i.test(advice),
  };
}

/** Advice that leads to fewer quantities than can be had, and cases that lack some without any. */
export function faultsOf(cases: readonly Tried[]): readonly string[] {
  const most = Math.max(...cases.map(({ counted }) => counted));
  const faults: string[] = [];
  for (const one of cases) {
    if (one.counted === most) continue;
    if (one.advice.length === 0) faults.push(`${nameOf(one)}: there is no advice`);
    for (const advice of one.advice) {
      const { level, capability } = followed(one, advice);
      const there = cases.find((other) => other.level === level && other.capability === capability);
      // A level that was not tried tells nothing.
      if (there === undefined || there.counted === most) continue;
      faults.push(`${nameOf(one)}: ${advice} leads to ${there.counted} of ${most}`);
    }
  }
  return faults;
}

function nameOf({ level, capability }: Tried): string {
  return `level ${level}, ${capability ? "CAP_PERFMON" : "no capability"}`;
}

export function table(cases: readonly Tried[]): string {
  const lines = cases.map((one) => {
    const counted = `${one.counted} of ${one.quantities} counted`;
    return `${nameOf(one).padEnd(26)} ${counted.padEnd(20)} ${one.advice[0] ?? ""}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** Throws a sentence where no Ringside stands in the folder. */
export async function checkInstalled(folder: string): Promise<void> {
  try {
    await Deno.stat(`${folder}/app/main.ts`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(
      `Cannot ask the doctor of "${folder}": there is no app/main.ts in it, ` +
        `needs what deploy/assemble.ts lays out there`,
    );
  }
}

async function doctorAs(capability: boolean, folder: string): Promise<Doctor> {
  const caps = capability
    ? ["--inh-caps=-all,+perfmon", "--ambient-caps=-all,+perfmon", "--bounding-set=-all,+perfmon"]
    : ["--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"];
  const user = [`--reuid=${UID}`, `--regid=${UID}`, "--clear-groups", "--no-new-privs"];
  const { stdout, stderr } = await new Deno.Command("setpriv", {
    args: [
      ...[...user, ...caps, Deno.execPath(), "run", "--cached-only", "--no-prompt", ...RIGHTS],
      ...["main.ts", "doctor", "--json"],
    ],
    cwd: `${folder}/app`,
    env: { PATH: "/usr/bin:/bin", DENO_DIR: `${folder}/cache` },
    clearEnv: true,
  }).output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  try {
    return JSON.parse(said!);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new Error(`Cannot ask the doctor of ${folder}: it said ${complained}`);
  }
}

/** At the level that is set. Both at once: they only read. */
async function tryLevel(folder: string): Promise<readonly Tried[]> {
  const level = Number(await Deno.readTextFile(PARANOID));
  return await Promise.all(
    [false, true].map(async (has) => triedOf(await doctorAs(has, folder), level, has)),
  );
}

async function tryLevels(folder: string): Promise<readonly Tried[]> {
  const before = await Deno.readTextFile(PARANOID);
  const cases: Tried[] = [];
  try {
    for (const level of LEVELS) {
      await Deno.writeTextFile(PARANOID, String(level));
      cases.push(...await tryLevel(folder));
    }
  } finally {
    await Deno.writeTextFile(PARANOID, before);
  }
  return cases;
}

async function main(args: readonly string[]): Promise<number> {
  const [folder = "/opt/ringside"] = args.filter((arg) => !arg.startsWith("--"));
  if (Deno.uid() !== 0) throw new Error("Cannot become another user: this is not root, needs sudo");
  await checkInstalled(folder);
  const cases = args.includes("--levels") ? await tryLevels(folder) : await tryLevel(folder);
  const faults = faultsOf(cases);
  if (args.includes("--json")) console.log(JSON.stringify({ cases, faults }));
  else console.log([table(cases), ...faults].join("\n").trimEnd());
  return faults.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(2);
  }
}

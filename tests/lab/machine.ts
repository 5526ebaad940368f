/** A guest: what is in it, and which checks run there. @module */

export interface Machine {
  /** snake_case: `deno task lab crowded`. */
  readonly name: string;
  /** What is there to see, as `--list` shows it. */
  readonly what: string;
  /** File of `checks/`, without its ending. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Of the module vpmu; see README.md. */
  readonly parameters?: string;
  /** No virtual PMU at all. */
  readonly bare?: true;
  /** The Arm guest, whose packages are downloaded the first time. */
  readonly arm?: true;
  /** Default 2. */
  readonly cpus?: number;
  /** Default 1. */
  readonly sockets?: number;
  /** QEMU's name of the CPU model. */
  readonly model?: string;
  /** Only with `--all`, or by name. */
  readonly extra?: true;
  /** Stopped after this long; default 600. */
  readonly secondsMost?: number;
}

const FOLDER = new URL("./", import.meta.url).pathname;

/** What a boot came to. */
export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The guest's kernel stood still in QEMU before a check failed: nothing is known of what is tested. */
  readonly stuck: boolean;
}

/** `run`'s word for a guest that did not finish, and what a kernel says whose CPUs wait for each other. */
const UNFINISHED = 125;
const STUCK = /soft lockup|self-detected stall|detected stalls on CPUs|Kernel panic/;

/** The words of `run` for a machine. */
export function wordsOf(machine: Machine): readonly string[] {
  const { parameters, bare, arm, cpus = 2, sockets = 1, model, secondsMost = 600 } = machine;
  const script = `${FOLDER}checks/${machine.script}.ts`;
  return [
    ...(parameters === undefined ? [] : ["-m", parameters]),
    ...(bare ? ["-n"] : []),
    ...(arm ? ["-a"] : []),
    ...["-c", String(cpus), "-s", String(sockets), "-t", String(secondsMost)],
    ...(model === undefined ? [] : ["-C", model]),
    ...environment(arm ?? false),
    ...["--", arm ? "deno" : Deno.execPath(), "run", "--allow-all", script],
    ...machine.args ?? [],
  ];
}

/** Where the guest's Deno finds what this one has cached; the Arm guest has no cache. */
function environment(arm: boolean): readonly string[] {
  const cache = Deno.env.get("DENO_DIR");
  return ["-e", "NO_COLOR=1", ...(cache === undefined || arm ? [] : ["-e", "DENO_DIR"])];
}

/** Boots it, and prints each check as it comes, under the machine's name. */
export async function boot(machine: Machine): Promise<Outcome> {
  const child = new Deno.Command(`${FOLDER}run`, {
    args: [...wordsOf(machine)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const complaints = new Response(child.stderr).text();
  const counts = { ok: 0, BAD: 0, skip: 0 };
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const kind = /^(ok|BAD|skip) /.exec(line)?.[1] as keyof typeof counts | undefined;
      if (kind !== undefined) counts[kind]++;
      const said = kind === undefined ? line : line.slice(kind.length).trimStart();
      console.log(`${(kind ?? "").padEnd(4)} ${machine.name}: ${said}`);
    }
  }
  const { code } = await child.status;
  const finished = code === 0 || code === 1 && counts.BAD > 0;
  const stuck = code === UNFINISHED && counts.BAD === 0 && STUCK.test(await complaints);
  if (!finished || counts.ok + counts.BAD === 0) {
    counts.BAD++;
    console.log(`BAD  ${machine.name}: it ended with status ${code} before its checks did`);
  }
  if (counts.BAD > 0) {
    for (const line of (await complaints).split("\n")) {
      // What QEMU emulates of a CPU model is enough for its counters.
      if (line !== "" && !/TCG doesn't support/.test(line)) {
        console.log(`     ${machine.name}: ${line}`);
      }
    }
  }
  return { passed: counts.ok, failed: counts.BAD, skipped: counts.skip, stuck };
}

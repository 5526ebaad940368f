/** What a run is kept as: every window, and all that says on what it was measured. @module */
import type { Peer } from "./peer.ts";
import type { Phase, Plan } from "./rounds.ts";

const RESULTS = new URL("../results/", import.meta.url);

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly kernel: string;
  readonly distribution: string;
  readonly deno: string;
}

export interface Record {
  readonly date: string;
  /** Of the source that was measured, as git names it; null outside of a repository. */
  readonly revision: string | null;
  readonly machine: Machine;
  readonly plan: Plan;
  readonly versions: Readonly<{ [peer: string]: string }>;
  readonly phases: readonly Phase[];
}

export async function recordOf(
  peers: readonly Peer[],
  plan: Plan,
  phases: readonly Phase[],
): Promise<Record> {
  const versions: { [peer: string]: string } = {};
  for (const peer of peers) versions[peer.name] = await peer.version();
  return {
    date: new Date().toISOString(),
    revision: await revision(),
    machine: await machine(),
    plan,
    versions,
    phases,
  };
}

/** Writes it, and tells where. */
export async function keep(record: Record): Promise<string> {
  await Deno.mkdir(RESULTS, { recursive: true });
  const minute = record.date.slice(0, 16).replace("T", "_").replace(":", "");
  const file = new URL(`peers_${minute}_${shortName(record.machine)}.json`, RESULTS);
  await Deno.writeTextFile(file, JSON.stringify(record, null, 1) + "\n");
  return file.pathname;
}

/** `amd-epyc-2cpu`. */
export function shortName({ cpu, cpus }: Pick<Machine, "cpu" | "cpus">): string {
  const words = cpu.toLowerCase().replace(/\((r|tm)\)|@.*|\bcpu\b|\bprocessor\b/g, " ");
  const short = words.match(/[a-z0-9.]+/g)?.slice(0, 3).join("-") ?? "unknown";
  return `${short}-${cpus}cpu`;
}

async function machine(): Promise<Machine> {
  const read = (path: string): Promise<string> => Deno.readTextFile(path);
  const field = (text: string, pattern: RegExp): string => text.match(pattern)?.[1] ?? "unknown";
  const cpuinfo = await read("/proc/cpuinfo");
  return {
    // Arm's kernels name no model.
    cpu: field(cpuinfo, /^(?:model name|CPU part)\s*:\s*(.*)$/m),
    cpus: navigator.hardwareConcurrency,
    memoryMib: Math.round(Number(field(await read("/proc/meminfo"), /^MemTotal:\s+(\d+)/)) / 1024),
    kernel: Deno.osRelease(),
    distribution: field(await read("/etc/os-release"), /^PRETTY_NAME="?(.*?)"?$/m),
    deno: Deno.version.deno,
  };
}

async function revision(): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args: ["describe", "--always", "--dirty"],
      cwd: RESULTS,
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/**
 * Machines of text that nobody wrote down: the server of two sockets with other CPUs in it, as many as
 * a test wants, and their files as the kernel would write them.
 *
 * @module
 */
import { TextTree } from "./text_tree.ts";

const BELOW = "/sys/devices/system/cpu";
const DEVICES = "/sys/bus/event_source/devices";

export interface MadeCpu {
  readonly socket: number;
  /** Number of its core in the machine. */
  readonly core: number;
  /** PMU of its type of core; absent: `cpu`. */
  readonly pmu?: "cpu_core" | "cpu_atom";
  /** Highest clock; absent: 3.5 GHz. */
  readonly mostKhz?: number;
  readonly offline?: true;
}

/** `sockets` of `cores` with `threads` each; the first threads of all cores come first, as on x86. */
export function evenCpus(sockets: number, cores: number, threads: number): readonly MadeCpu[] {
  const all = sockets * cores;
  return Array.from({ length: all * threads }, (_, cpu) => ({
    socket: Math.floor((cpu % all) / cores),
    core: cpu % all,
  }));
}

/** Performance cores with two threads, which are neighbours, then efficiency cores with one. */
export function hybridCpus(performance: number, efficiency: number): readonly MadeCpu[] {
  return [
    ...Array.from({ length: 2 * performance }, (_, cpu): MadeCpu => ({
      socket: 0,
      core: cpu >> 1,
      pmu: "cpu_core",
      mostKhz: 5_200_000,
    })),
    ...Array.from({ length: efficiency }, (_, cpu): MadeCpu => ({
      socket: 0,
      core: performance + cpu,
      pmu: "cpu_atom",
      mostKhz: 3_900_000,
    })),
  ];
}

export async function madeMachine(cpus: readonly MadeCpu[]): Promise<TextTree> {
  const tree = await TextTree.load("server-2socket");
  for (const path of tree.paths()) if (/\/cpu\/cpu\d+\//.test(path)) tree.remove(path);
  const numbers = cpus.keys().toArray();
  const online = numbers.filter((cpu) => !cpus[cpu]!.offline);
  const listOf = (alike: (other: MadeCpu) => boolean): string =>
    online.filter((cpu) => alike(cpus[cpu]!)).join(",");
  tree.set(`${BELOW}/possible`, `0-${cpus.length - 1}\n`);
  tree.set(`${BELOW}/present`, `0-${cpus.length - 1}\n`);
  tree.set(`${BELOW}/online`, `${online.join(",")}\n`);
  for (const cpu of online) {
    const { socket, core, mostKhz = 3_500_000 } = cpus[cpu]!;
    const files = {
      "topology/physical_package_id": socket,
      "topology/core_id": core,
      "topology/core_cpus_list": listOf((other) => other.core === core),
      "cache/index3/id": socket,
      "cpufreq/scaling_cur_freq": 2_000_000,
      "cpufreq/cpuinfo_min_freq": 800_000,
      "cpufreq/cpuinfo_max_freq": mostKhz,
    };
    for (const [path, value] of Object.entries(files)) {
      tree.set(`${BELOW}/cpu${cpu}/${path}`, `${value}\n`);
    }
  }
  setProc(tree, online);
  setPmus(tree, cpus, online);
  return tree;
}

function setProc(tree: TextTree, online: readonly number[]): void {
  const row = (head: string, values: readonly number[]): string => `${head} ${values.join(" ")}\n`;
  const lines = online.map((cpu) => row(`cpu${cpu}`, [9000, 10, 900, 80_000, 90, 0, 30, 0, 0, 0]));
  tree.edit("/proc/stat", (text) => text.replace(/^(cpu\d+ .*\n)+/m, lines.join("")));
  tree.edit("/proc/cpuinfo", (text) => {
    const record = text.split("\n\n")[0]!;
    return online.map((cpu) => record.replace(/^(processor\s*: )\d+/, `$1${cpu}`)).join("\n\n") +
      "\n";
  });
  const heading = `     ${online.map((cpu) => `CPU${cpu}`).join(" ")}\n`;
  tree.set(
    "/proc/interrupts",
    heading +
      ["LOC:", "RES:", "CAL:"].map((name) =>
        row(name, online.map((cpu) => 100_000 + cpu)).trimEnd() + "  made\n"
      ).join(""),
  );
  tree.set("/proc/softirqs", heading + row("TIMER:", online.map((cpu) => 50_000 + cpu)));
}

/** PMUs `cpu_core` and `cpu_atom` in the place of `cpu`, each with its CPUs. */
function setPmus(tree: TextTree, cpus: readonly MadeCpu[], online: readonly number[]): void {
  if (cpus.every(({ pmu }) => pmu === undefined)) return;
  const files = tree.paths().filter((path) => path.startsWith(`${DEVICES}/cpu/`));
  for (const [name, type] of [["cpu_core", 4], ["cpu_atom", 10]] as const) {
    for (const path of files) {
      tree.set(path.replace("/cpu/", `/${name}/`), `${tree.text(path)}\n`);
    }
    tree.set(`${DEVICES}/${name}/type`, `${type}\n`);
    tree.set(
      `${DEVICES}/${name}/cpus`,
      `${online.filter((cpu) => cpus[cpu]!.pmu === name).join(",")}\n`,
    );
  }
  tree.remove(`${DEVICES}/cpu`);
}

/** CPUs with values that a test says: for the page that shows them side by side. @module */
import { CPU_MODES } from "../../collectors/catalogue/cpu_time.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { type Cells, HandFilled, type HandFilledOptions } from "./hand_filled.ts";

export interface SomeCpu {
  /** Share of time, 0 to 1. */
  readonly busy?: number;
  /** Instructions per cycle; absent: not counted on this CPU. */
  readonly ipc?: number;
  /** Share of time in which its counters counted. */
  readonly coverage?: number;
  readonly groups?: Readonly<Record<string, string>>;
}

const CYCLES = 1e9;

/** By their numbers, after two windows that were alike: what cannot be is known for it. */
export function someCpus(
  cpus: Readonly<Record<string, SomeCpu>>,
  options: HandFilledOptions = {},
): Snapshot {
  const groups = Object.fromEntries(
    Object.entries(cpus).map(([name, cpu]) => [name, cpu.groups ?? {}]),
  );
  const ticks = [0, 1, 2].map((second) => cellsAt(second, cpus));
  return new HandFilled(ticks, { groups, ...options }).snapshot;
}

function cellsAt(second: number, cpus: Readonly<Record<string, SomeCpu>>): Cells {
  const cells: Record<string, number> = {};
  for (const [name, { busy = 0.5, ipc, coverage = 1 }] of Object.entries(cpus)) {
    for (const { metric } of CPU_MODES) cells[`${metric}{${name}}`] = 0;
    cells[`cpu_user_seconds{${name}}`] = busy * second;
    cells[`cpu_idle_seconds{${name}}`] = (1 - busy) * second;
    if (ipc === undefined) continue;
    cells[`cpu_cycles{${name}}`] = CYCLES * second;
    cells[`instructions{${name}}`] = ipc * CYCLES * second;
    for (const metric of ["cpu_cycles", "instructions"]) {
      cells[`${metric}_time_enabled_seconds{${name}}`] = second;
      cells[`${metric}_time_running_seconds{${name}}`] = coverage * second;
    }
  }
  return cells;
}

/** The text of some HTML, a line an element, without blanks that only fill. */
export function linesOf(html: string): readonly string[] {
  return html.replace(/<[^>]*>/g, "\n").replace(/[\u2007\u2008]/g, "").replace(/\u00a0/g, " ")
    .split("\n").map((line) => line.trim()).filter((line) => line !== "");
}

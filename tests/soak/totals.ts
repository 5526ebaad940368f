/**
 * What was counted over a span: by the service that was disturbed, by one beside it that was not, and
 * by the kernel itself. All three look at the same machine, so they must agree.
 *
 * @module
 */

/** Totals by what is counted. */
export type Totals = ReadonlyMap<string, number>;

/** Each as the sum of all samples whose name begins so. */
const SAMPLES: Readonly<Record<string, RegExp>> = {
  "context switches": /^node_context_switches_total /,
  "forks": /^node_forks_total /,
  "interrupts": /^node_intr_total /,
  "page faults": /^node_vmstat_pgfault /,
  "CPU seconds, all modes": /^node_cpu_seconds_total\{/,
  "CPU seconds, system": /^node_cpu_seconds_total\{.*mode="system"/,
};

/** Looks at two moments a second or so apart differ by what happened in between. */
const APART_SECONDS = 2.5;
const SHARE_MOST = 0.02;

/** From the text of `/metrics`. */
export function totalsOf(exposition: string): Totals {
  const lines = exposition.split("\n");
  return new Map(
    Object.entries(SAMPLES).map(([name, pattern]) => {
      const found = lines.filter((line) => pattern.test(line));
      if (found.length === 0) throw new Error(`Cannot find ${name} in /metrics`);
      return [name, found.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0)];
    }),
  );
}

/** From `/proc/stat` and `/proc/vmstat`; `hertz`: of the ticks that the kernel counts CPU time in. */
export function kernelTotals(stat: string, vmstat: string, hertz: number): Totals {
  const field = (name: string): number => {
    const line = new RegExp(`^${name} +(.*)$`, "m").exec(`${stat}\n${vmstat}`);
    if (line === null) throw new Error(`Cannot find ${name} in /proc/stat or /proc/vmstat`);
    return Number(line[1]!.split(" ")[0]);
  };
  const cpu = /^cpu +(.*)$/m.exec(stat)![1]!.split(" ").map(Number);
  // Time of guests is in user time already.
  const all = cpu.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
  return new Map([
    ["context switches", field("ctxt")],
    ["forks", field("processes")],
    ["interrupts", field("intr")],
    ["page faults", field("pgfault")],
    ["CPU seconds, all modes", all / hertz],
    ["CPU seconds, system", cpu[2]! / hertz],
  ]);
}

export interface Compared {
  readonly name: string;
  readonly kernel: number;
  readonly undisturbed: number;
  readonly disturbed: number;
  /** The largest difference from the kernel, as a share. */
  readonly off: number;
  readonly agrees: boolean;
}

/** Increases over a span, each from its own two looks. */
export function compare(
  seconds: number,
  [kernel, undisturbed, disturbed]: readonly (readonly [Totals, Totals])[],
): readonly Compared[] {
  const most = SHARE_MOST + APART_SECONDS / seconds;
  return [...kernel![0].keys()].map((name) => {
    const [of, u, d] = [kernel!, undisturbed!, disturbed!]
      .map(([first, last]) => last.get(name)! - first.get(name)!) as [number, number, number];
    const off = Math.max(Math.abs(u - of), Math.abs(d - of), Math.abs(d - u)) / of;
    // Nothing counted, or NaN, is no agreement.
    return { name, kernel: of, undisturbed: u, disturbed: d, off, agrees: off <= most };
  });
}

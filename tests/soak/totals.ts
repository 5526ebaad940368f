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

/** Of what the kernel counted: times are rounded, and by each CPU for itself. */
const OFF_MOST = 0.005;

/** Totals of the kernel before and after those of the services were read. */
export interface Look {
  readonly kernel: readonly [before: Totals, after: Totals];
  readonly services: readonly Totals[];
}

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
  /** What it counted at least, and at most: between the two looks. */
  readonly kernel: readonly [least: number, most: number];
  readonly services: readonly number[];
  /** How far a service is below the least or above the most, as a share of it; the furthest of them. */
  readonly off: number;
  readonly agrees: boolean;
}

/** Increases from one look to another. What happens while one looks is no difference. */
export function compare(first: Look, last: Look): readonly Compared[] {
  return [...first.kernel[0].keys()].map((name) => {
    const of = (totals: Totals): number => totals.get(name)!;
    const least = of(last.kernel[0]) - of(first.kernel[1]);
    const most = of(last.kernel[1]) - of(first.kernel[0]);
    const services = last.services.map((totals, index) => of(totals) - of(first.services[index]!));
    const off = Math.max(...services.map((rise) => Math.max(0, least - rise, rise - most))) / least;
    // Nothing counted, or NaN, is no agreement.
    return { name, kernel: [least, most], services, off, agrees: least > 0 && off <= OFF_MOST };
  });
}

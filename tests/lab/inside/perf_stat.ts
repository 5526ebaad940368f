/** `perf stat`, which counts beside Ringside on the same kernel. @module */

export interface PerfCount {
  readonly event: string;
  /** Scaled to the whole time; NaN where perf says that it did not count. */
  readonly count: number;
  /** Of all CPUs together. */
  readonly enabledSeconds: number;
}

/** Needs no counter, so that the time for which it was counted is the time for which all were asked for. */
const CLOCK = "cpu-clock";

/** Runs it for the whole host; resolves with its counts, in the order of the events. */
export async function perfStat(
  events: readonly string[],
  seconds: number,
): Promise<readonly PerfCount[]> {
  const list = [...events, CLOCK].join(",");
  // A list of events has commas of its own.
  const args = ["stat", "-a", "-x", ";", "-e", list, "sleep", String(seconds)];
  const { stderr, code } = await new Deno.Command("perf", { args }).output();
  const said = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`Cannot run perf ${args.join(" ")}: ${said.trim()}`);
  // `count;unit;event;time running in ns;share of the time in whole percent;...`
  const rows = said.split("\n").map((line) => line.split(";")).filter(([, , event]) => event);
  const secondsOf = (row: readonly string[]): number => Number(row[3]) / 1e9;
  const clock = rows.find(([, , event]) => event === CLOCK);
  if (clock === undefined) throw new Error(`Cannot find ${CLOCK} in what perf said: ${said}`);
  return rows.map((row) => ({
    event: row[2]!,
    count: /^\d/.test(row[0]!) ? Number(row[0]) : NaN,
    enabledSeconds: row[4] === "100.00" ? secondsOf(row) : secondsOf(clock),
  }));
}

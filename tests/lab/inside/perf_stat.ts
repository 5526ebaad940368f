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
  // `count;unit;event;time running in ns;share of the time in whole percent;...`
  const { rows, said } = await run(["-a"], events, seconds, 2);
  const secondsOf = (row: readonly string[]): number => Number(row[3]) / 1e9;
  const clock = rows.find(([, , event]) => event === CLOCK);
  if (clock === undefined) throw new Error(`Cannot find ${CLOCK} in what perf said: ${said}`);
  return rows.map((row) => ({
    event: row[2]!,
    count: /^\d/.test(row[0]!) ? Number(row[0]) : NaN,
    enabledSeconds: row[4] === "100.00" ? secondsOf(row) : secondsOf(clock),
  }));
}

/** What perf says of one package. */
export interface PackageRate {
  readonly socket: string;
  readonly event: string;
  /** In `unit`, which may be none, of all boxes together; NaN where perf says that it did not count. */
  readonly perSecond: number;
  /** `MiB`, `Joules`. */
  readonly unit: string;
  /** Whether it had a counter all the time. */
  readonly whole: boolean;
}

/** The same for events outside of the cores, package by package. */
export async function perfStatPerSocket(
  events: readonly string[],
  seconds: number,
): Promise<readonly PackageRate[]> {
  // `S0;CPUs;count;unit;event;time running in ns of all boxes;whole percent of the time;...`
  const { rows } = await run(["-a", "--per-socket"], events, seconds, 4);
  const clocks = new Map(
    rows.filter((row) => row[4] === CLOCK).map((row) =>
      [row[0]!, Number(row[5]) / 1e9 / Number(row[1])] as const
    ),
  );
  return rows.filter((row) => row[4] !== CLOCK).map((row) => {
    const [socket = "", , count = "", unit = "", event = ""] = row;
    const whole = row[6] === "100.00";
    const clock = clocks.get(socket) ?? NaN;
    // Of several boxes, perf adds up counts and times.
    const boxes = Math.round(Number(row[5]) / 1e9 / clock);
    const enabled = whole ? Number(row[5]) / 1e9 / boxes : clock;
    const perSecond = /^\d/.test(count) ? Number(count) / enabled : NaN;
    return { socket: socket.slice(1), event, perSecond, unit, whole };
  });
}

/** What a person sees who pastes a line of `perf stat`: a line for each event, `<not counted>` among them. */
export async function paste(command: string): Promise<readonly string[]> {
  const { stderr, code } = await new Deno.Command("sh", { args: ["-c", command] }).output();
  const said = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`Cannot run ${command}: ${said.trim()}`);
  return said.split("\n").map((line) => line.trim())
    .filter((line) => /^([\d.,]+|<not)\s/.test(line) && !line.includes("time elapsed"));
}

/** Its rows, as columns; those that have an event in column `at`. */
async function run(
  flags: readonly string[],
  events: readonly string[],
  seconds: number,
  at: number,
): Promise<{ readonly rows: readonly (readonly string[])[]; readonly said: string }> {
  const list = [...events, CLOCK].join(",");
  // A list of events has commas of its own.
  const args = ["stat", ...flags, "-x", ";", "-e", list, "sleep", String(seconds)];
  const { stderr, code } = await new Deno.Command("perf", { args }).output();
  const said = new TextDecoder().decode(stderr);
  if (code !== 0) throw new Error(`Cannot run perf ${args.join(" ")}: ${said.trim()}`);
  const rows = said.split("\n").map((line) => line.split(";")).filter((row) => row[at]);
  return { rows, said };
}

/** For how much of the time figures were counted: now, over the last minutes, and why not for all. @module */
import { metric as metricOf } from "../../collectors/catalogue.ts";
import { countsOf, groupsBeside, narrowerFor, type Proof } from "../../collectors/mod.ts";
import type { Series } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Source } from "../../collectors/source.ts";
import { isMeasured, type Measurement } from "../../collectors/trust.ts";
import { countedShare, duration } from "../format.ts";
import type { Html } from "../html.ts";
import { Remedy } from "../problems.tsx";
import { Glyph } from "../ring.tsx";
import { countOfThem, nameOfCount } from "./names.ts";
import type { Told } from "./told.ts";

const WIDTH = 200;
const HEIGHT = 36;
const NO_BREAK = "\u00a0";
/** Sums of times are rounded. */
const WHOLE = 1 - 1e-9;

export interface CoverageProps {
  readonly proof: Proof;
  /** Figures of which perf counts something. */
  readonly counted: readonly Told[];
  /** Of all of them, that which was counted for the least of the time. */
  readonly least: Measurement;
  /** The lines of `coverageKeys`. */
  readonly series: Series;
  readonly spanSeconds: number;
  readonly snapshot: Snapshot;
}

export function Coverage(props: CoverageProps): Html {
  const { proof: { sources }, counted, least, series, spanSeconds, snapshot } = props;
  const { grade, coverage } = least;
  const shares = worstShares(series);
  const notes = new Set(sources.flatMap(({ note }) => note ?? []));
  const mixed = counted.filter(({ reading }) => isMeasured(reading) && reading.mixed)
    .map(({ name }) => name);
  return (
    <div>
      <h3>
        {"Coverage: "}
        <Glyph grade={grade === "implausible" ? "exact" : grade} share={coverage} />
        {` ${coverageWords(coverage)}`}
      </h3>
      {shares.some((share) => share !== null && share < 1)
        ? <CoverageChart shares={shares} seconds={series.seconds} spanSeconds={spanSeconds} />
        : null}
      {turnsOf(sources, snapshot).map((text) => <p>{text}</p>)}
      {mixed.length === 0
        ? null
        : <p>{`${mixed.join(", ")}: the terms were counted at different times, so it is mixed.`}
        </p>}
      {lackingPlaces(sources, snapshot).map((text) => <p>{text}</p>)}
      {[...notes].map((note) => <p>{note}</p>)}
    </div>
  );
}

/** `62 % of the time counted`. */
function coverageWords(coverage: number): string {
  return coverage < WHOLE
    ? `${countedShare(coverage)} of the time counted`
    : "counted all of the time";
}

/** By point of time the least share of all lines; null where none has a value. */
export function worstShares({ seconds, values, shares }: Series): readonly (number | null)[] {
  return seconds.map((_, at) => {
    let worst: number | null = null;
    values.forEach((column, line) => {
      if ((column[at] ?? null) === null) return;
      const share = shares[line]?.[at] ?? 1;
      if (worst === null || share < worst) worst = share;
    });
    return worst;
  });
}

interface CoverageChartProps {
  readonly shares: readonly (number | null)[];
  readonly seconds: readonly number[];
  readonly spanSeconds: number;
}

/** Dashed, as what is estimated is. */
function CoverageChart({ shares, seconds, spanSeconds }: CoverageChartProps): Html {
  const known = shares.filter((share) => share !== null);
  const [least, most] = [Math.min(...known), Math.max(...known)];
  const label = `Share of the time counted, from ${countedShare(least)} to ` +
    `${countedShare(most)} in the last ${duration(spanSeconds)}`;
  return (
    <figure class="coverage">
      <div>
        <span aria-hidden="true">{`100${NO_BREAK}%`}</span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={label}
        >
          <path class="area" d={stepsOf(shares, seconds, spanSeconds, true)} />
          <path d={stepsOf(shares, seconds, spanSeconds, false)} />
        </svg>
      </div>
      <figcaption aria-hidden="true">
        <span>{`−${duration(spanSeconds)}`}</span>
        <span>now</span>
      </figcaption>
    </figure>
  );
}

/** From point to point, broken at each gap; `filled`: down to nothing. */
export function stepsOf(
  shares: readonly (number | null)[],
  seconds: readonly number[],
  spanSeconds: number,
  filled: boolean,
): string {
  const last = seconds.at(-1);
  if (last === undefined) return "";
  let path = "";
  let open = false;
  shares.forEach((share, at) => {
    if (share === null) {
      if (open && filled) path += `V${HEIGHT}Z`;
      open = false;
      return;
    }
    const x = Math.round(WIDTH * (1 - (last - seconds[at]!) / spanSeconds));
    const y = Math.round(HEIGHT * (1 - share));
    path += open ? `L${x} ${y}` : filled ? `M${x} ${HEIGHT}V${y}` : `M${x} ${y}`;
    open = true;
  });
  return open && filled ? `${path}V${HEIGHT}Z` : path;
}

/** Who has the counters in the rest of the time, by PMU. */
function turnsOf(sources: readonly Source[], snapshot: Snapshot): readonly string[] {
  const short = shortOf(sources, snapshot);
  return [...new Map(short.map((source) => [source.pmu, source]))].map(([pmu, source]) => {
    const groups = groupsBeside(snapshot, source);
    return groups > 1
      ? `${groups} groups of events take turns on the counters of ${pmu}.`
      : `Something else holds counters of ${pmu} for a part of the time.`;
  });
}

/** Those that were counted for a part of the time only. */
function shortOf(sources: readonly Source[], snapshot: Snapshot): readonly Source[] {
  return countsOf(snapshot, sources)
    .filter(({ counting }) =>
      counting !== null && counting.runningSeconds < WHOLE * counting.enabledSeconds
    )
    .map(({ source }) => source);
}

/** What is counted, and not everywhere: on one kind of core, or on some CPUs. */
function lackingPlaces(sources: readonly Source[], snapshot: Snapshot): readonly string[] {
  const names = new Map<string, Set<string>>();
  for (const [id, own] of Map.groupBy(sources, ({ metric }) => metric)) {
    const entry = metricOf(id);
    const counted = new Set(own.flatMap(({ instances }) => instances));
    const where = whereNot(entry.scope, counted, snapshot);
    if (where === null) continue;
    names.set(where, (names.get(where) ?? new Set()).add(nameOfCount(entry)));
  }
  return [...names].map(([where, those]) => `${[...those].join(", ")}: ${where}.`);
}

function whereNot(
  scope: string,
  counted: ReadonlySet<string>,
  snapshot: Snapshot,
): string | null {
  if (scope === "host") return null;
  const all = snapshot.instances(scope);
  const lacking = all.filter(({ name }) => !counted.has(name));
  if (lacking.length === 0) return null;
  const types = new Set(lacking.map(({ groups }) => groups.core_type));
  const whole = all.every(({ name, groups }) => counted.has(name) !== types.has(groups.core_type));
  if (whole && !types.has(undefined)) return `not on ${[...types].join(", ")}`;
  return `on ${all.length - lacking.length} of ${countOfThem(all.length, scope)}`;
}

/** What would have them counted all of the time, as far as anybody knows. */
export function MakeExact({ proof: { sources }, snapshot }: CoverageProps): Html | null {
  const short = shortOf(sources, snapshot);
  if (short.length === 0) return null;
  const narrower = narrowerFor(snapshot, short);
  const { nmiWatchdog = false } = snapshot.profile.perfAccess ?? {};
  const events = `\`--events ${narrower?.bundles.join(",")}\``;
  const text = narrower === null
    ? `To count all of the time, stop what else holds counters: another profiler${
      nmiWatchdog ? ", or the NMI watchdog: `sudo sysctl -w kernel.nmi_watchdog=0`" : ""
    }`
    : narrower.exact
    ? `To count all of the time, ask for no more events than fit: ${events}`
    : `To count for more of the time, ask for fewer events: ${events}`;
  return (
    <div class="wide">
      <Remedy text={text} />
      <p>
        <a href="doctor">What is in the way</a>
      </p>
    </div>
  );
}

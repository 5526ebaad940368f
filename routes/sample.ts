/** Chart columns as a page's script gets them, over its stream or asked for by themselves. @module */
import {
  type Feed,
  type HostProfile,
  type Mark,
  type Series,
  type SeriesKey,
  seriesName,
  type Snapshot,
} from "../collectors/mod.ts";
import { wholePercent } from "../views/format.ts";

export interface Sample {
  /** Cursor of the tick. */
  readonly id: string;
  /** Names the columns, the host and the service: a page made for another key asks for itself anew. */
  readonly key: string;
  /** Forget the points that you have. */
  readonly reset: boolean;
  /** Points are missing between those that you have and these. */
  readonly gap: boolean;
  /** Seconds since 1970. */
  readonly x: readonly number[];
  /** A column for each line, in the order of the page's series; null where there is no value. */
  readonly y: readonly (readonly (number | null)[])[];
  /** For each line the shares of `Series.shares`, or null; absent where all values are exact. */
  readonly z?: Series["shares"];
  /** All marks, in the place of those that you have; absent where they are the same. */
  readonly marks?: readonly (readonly [seconds: number, text: string])[];
}

/** What a sample is to tell. */
export interface SampleParts {
  readonly keys: readonly SeriesKey[];
  readonly key: string;
  readonly snapshot: Snapshot;
  /** Sequence of the newest point that is known already, -1 for none. */
  readonly after: number;
  readonly spanMs: number;
  readonly reset: boolean;
  readonly gap: boolean;
  /** Absent: the same as before. */
  readonly marks?: readonly Mark[] | undefined;
}

/** A chart is some hundred pixels high: more digits cannot be seen, and are half of the bytes. */
const DIGITS = 5;

const COLUMNS_KEYS = new WeakMap<readonly SeriesKey[], { told: string; key: string }>();

/** A few letters that are others where the columns are others, or the host or the service is. */
export function columnsKey(
  version: string,
  keys: readonly SeriesKey[],
  { profile }: Pick<Snapshot, "profile">,
): string {
  const told = `${version} ${hostKey(profile)}`;
  let known = COLUMNS_KEYS.get(keys);
  if (known?.told !== told) {
    COLUMNS_KEYS.set(keys, known = { told, key: hashOf([told, ...keys.map(seriesName)]) });
  }
  return known.key;
}

const HOST_KEYS = new WeakMap<HostProfile, string>();

/** What headers of pages tell: another host may be at the same address by now, or another kernel. */
function hostKey(profile: HostProfile): string {
  let key = HOST_KEYS.get(profile);
  if (key === undefined) {
    const { hostname, kernelRelease, cpuModel, sockets, cores, onlineCpus } = profile;
    const { hypervisor, distribution } = profile;
    const told = [hostname, kernelRelease, cpuModel, sockets, cores, hypervisor, distribution];
    HOST_KEYS.set(profile, key = hashOf([...told, onlineCpus].map(String)));
  }
  return key;
}

function hashOf(words: readonly string[]): string {
  // FNV-1a, 32 bits.
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(words.join("\n\n"))) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

/** Points as fine as they are, up to the snapshot's tick. */
export function sampleOf(feed: Feed, parts: SampleParts): Sample {
  const { keys, key, snapshot, after, spanMs, reset, gap, marks } = parts;
  const until = snapshot.sequence;
  const series = feed.series.read(keys, after, spanMs, { fine: true, until });
  return {
    id: snapshot.cursor,
    key,
    reset,
    gap,
    x: series.seconds,
    y: series.values.map((column) => column.map(rounded)),
    ...(series.shares.every((column) => column === null)
      ? {}
      : { z: series.shares.map((column) => column?.map(shortened) ?? null) }),
    ...(marks === undefined
      ? {}
      : { marks: marks.map(({ seconds, text }) => [seconds, text] as const) }),
  };
}

/** Two digits of a share, never more than it was; of less than a hundredth one. */
function shortened(share: number): number {
  if (share < 0.01) return Number(share.toPrecision(1));
  return wholePercent(share) / 100;
}

function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}

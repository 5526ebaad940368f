/**
 * What each endpoint may be asked, in one place: names, forms and bounds of all query parameters and
 * form fields. Unknown ones are refused, so that a slip of the pen is not taken for a default.
 *
 * @module
 */
import * as v from "valibot";
import {
  COARSE_SPAN_MS,
  COLLECT,
  GROUPINGS,
  INTERVAL_MS_MOST,
  METRICS,
} from "../collectors/mod.ts";
import { SPAN_USUAL, SPANS } from "../views/chart/span.ts";
import { HEAT_KEYS, SORT_KEYS } from "../views/cpus/choice.ts";
import { parseDuration, printDuration } from "./duration.ts";
import { quote } from "./refusal.ts";
import { MESSAGE_GAP_MS_LEAST } from "./stream/hub.ts";

/** A chart of a page has five; a program that wants more asks twice. */
export const SERIES_METRICS_MOST = 32;
export const SPAN_MS_LEAST = 1000;
/** Without a login clients get, and can ask for, nothing finer than this. */
export const CLIENT_INTERVAL_MS_LEAST = MESSAGE_GAP_MS_LEAST;
/** Longer than any name that a kernel gives: paths of mounts are the longest. */
const INSTANCE_LENGTH_MOST = 256;
/** A boot id and a sequence have less than half of that. */
const CURSOR_LENGTH_MOST = 128;
/** Of a card. */
const ID_LENGTH_MOST = 64;

/** The pages whose charts can be asked for by themselves: of the CPUs one, by its number. */
const CHARTED_PAGES = ["overview", "cpus"] as const;
/** No kernel is built for more CPUs than have five digits. */
const CPU_NUMBER = /^(0|[1-9]\d{0,4})$/;

/** A span of time in a range, as whole milliseconds. */
function duration(
  what: string,
  leastMs: number,
  mostMs: number,
  example: string,
): v.GenericSchema<string, number> {
  const least = printDuration(leastMs);
  const most = printDuration(mostMs);
  return v.pipe(
    v.string(),
    v.description(`A span of time from ${least} to ${most}, such as ${example}.`),
    v.check(
      (text) => {
        const ms = parseDuration(text);
        return ms !== undefined && ms >= leastMs && ms <= mostMs;
      },
      (issue) =>
        `Cannot take ${what} ${
          quote(issue.input)
        }: needs a span of time from ${least} to ${most}, ` +
        `such as ${example}`,
    ),
    v.transform((text) => parseDuration(text)!),
  );
}

/** No more characters than so many. */
function atMost(most: number, what: string): v.GenericPipeAction<string> {
  return v.maxLength(
    most,
    (issue) => `Cannot take ${what} of ${issue.received} characters: needs ${most} or fewer`,
  );
}

const metrics = v.pipe(
  v.string(),
  v.description(`Ids of the catalogue, separated by commas: at most ${SERIES_METRICS_MOST}.`),
  v.transform((text) => text.split(",")),
  v.maxLength(
    SERIES_METRICS_MOST,
    (issue) =>
      `Cannot read ${issue.received} metrics at once: needs ${SERIES_METRICS_MOST} or fewer`,
  ),
  v.everyItem(
    (id: string) => METRICS.has(id),
    (issue) => {
      const unknown = issue.input.find((id) => !METRICS.has(id)) ?? "";
      return `Cannot read metric ${quote(unknown)}: it is not in the catalogue, ` +
        `needs an id that /api/v1/catalogue lists`;
    },
  ),
);

const instance = v.pipe(
  v.string(),
  v.description("Name of one instance of the metrics' scope; absent: the host's value."),
  atMost(INSTANCE_LENGTH_MOST, "an instance"),
);

export const NOTHING = v.strictObject({});

/** How far back charts show. */
const chartSpan = v.picklist(
  SPANS,
  (issue) => `Cannot show span=${quote(String(issue.input))}: needs ${SPANS.join(", ")}`,
);

/** Number of a CPU. */
const cpu = v.pipe(
  v.string(),
  v.regex(
    CPU_NUMBER,
    (issue) => `Cannot show cpu=${quote(issue.input)}: needs the number of a CPU, such as 0`,
  ),
);

/** `cpu`: of its page, and not of the overview. */
export const CHART_TABLE = v.strictObject({
  span: v.optional(chartSpan, SPAN_USUAL),
  cpu: v.optional(cpu),
});

export const OVERVIEW = v.strictObject({ span: v.optional(chartSpan, SPAN_USUAL) });

const card = v.pipe(
  v.string(),
  atMost(ID_LENGTH_MOST, "a card"),
);

/** The place of something among others of a card. */
function place(what: string): v.GenericSchema<string, number> {
  return v.pipe(
    v.string(),
    v.regex(
      /^\d{1,3}$/,
      (issue) => `Cannot take ${what} ${quote(issue.input)}: needs a whole number`,
    ),
    v.transform(Number),
  );
}

/** A card, and one of its rows that have rings; the view knows which there are. */
export const PROOF = v.strictObject({ card, row: v.optional(place("row")) });

/** What of a card is closed at first. */
export const FOLD = v.strictObject({ card, fold: place("fold") });

const group = v.pipe(
  v.string(),
  v.description("One group of the metrics' instances: a grouping, a colon, its name."),
  atMost(INSTANCE_LENGTH_MOST, "a group"),
  v.check(
    (text) => GROUPINGS.some(({ id }) => text.startsWith(`${id}:`)),
    (issue) =>
      `Cannot take group ${quote(issue.input)}: needs one of ` +
      `${GROUPINGS.map(({ id }) => id).join(", ")}, a colon and a name, such as socket:0`,
  ),
  v.transform((text) => {
    const colon = text.indexOf(":");
    return { grouping: text.slice(0, colon), name: text.slice(colon + 1) };
  }),
);

export const SERIES_FORMATS = ["json", "csv"] as const;

function chartedPage(what: string): v.GenericSchema<string, (typeof CHARTED_PAGES)[number]> {
  return v.picklist(
    CHARTED_PAGES,
    (issue) =>
      `Cannot ${what} page ${quote(String(issue.input))}: needs ${CHARTED_PAGES.join(" or ")}`,
  );
}

/** One of some words. */
function word(name: string, words: readonly string[]): v.GenericSchema<string, string> {
  return v.picklist(
    words,
    (issue) =>
      `Cannot show ${name}=${quote(String(issue.input))}: needs one of ${words.join(", ")}`,
  );
}

/** What of the CPUs is looked at, and how. */
const CPUS_CHOICE = {
  by: v.optional(word("by", HEAT_KEYS)),
  sort: v.optional(word("sort", SORT_KEYS)),
  order: v.optional(
    v.picklist(
      ["asc", "desc"],
      (issue) => `Cannot show order=${quote(String(issue.input))}: needs asc or desc`,
    ),
  ),
  rows: v.optional(
    v.literal("all", (issue) => `Cannot show rows=${quote(String(issue.input))}: needs all`),
  ),
  cpu: v.optional(cpu),
};

export const CPUS = v.strictObject({ ...CPUS_CHOICE, span: v.optional(chartSpan) });

export const SERIES = v.strictObject({
  metric: v.optional(metrics),
  page: v.optional(chartedPage("read the series of")),
  cpu: v.optional(cpu),
  instance: v.optional(instance),
  group: v.optional(group),
  span: v.optional(duration("span", SPAN_MS_LEAST, COARSE_SPAN_MS, "5m or 300s"), "5m"),
  format: v.optional(
    v.picklist(
      SERIES_FORMATS,
      (issue) => `Cannot write format ${quote(String(issue.input))}: needs json or csv`,
    ),
    "json",
  ),
});

export const TICKS = v.strictObject({ metric: v.optional(metrics) });

/** Where a stream is taken up, from who cannot send `Last-Event-ID`; empty: nowhere, it is a new one. */
const after = v.optional(v.pipe(
  v.string(),
  atMost(CURSOR_LENGTH_MOST, "a cursor"),
));

export const LIVE_PAGE = v.strictObject({
  // That of the CPUs takes more.
  page: v.optional(
    v.literal(
      "overview",
      (issue) => `Cannot stream page ${quote(String(issue.input))}: needs overview or cpus`,
    ),
    "overview",
  ),
  after,
});

/** What charts go back to, ms; `all` is whatever is remembered. */
export const SAMPLE_SPANS_MS = {
  "1m": 60_000,
  "5m": 5 * 60_000,
  "15m": 15 * 60_000,
  "all": Infinity,
} as const;
const SAMPLE_SPANS = Object.keys(SAMPLE_SPANS_MS) as (keyof typeof SAMPLE_SPANS_MS)[];

export const SAMPLE = v.strictObject({
  page: v.optional(chartedPage("sample"), "overview"),
  cpu: v.optional(cpu),
  span: v.optional(
    v.picklist(
      SAMPLE_SPANS,
      (issue) =>
        `Cannot take span ${quote(String(issue.input))}: needs one of ${SAMPLE_SPANS.join(", ")}`,
    ),
    "5m",
  ),
});

/** The stream of the CPUs. */
export const LIVE_CPUS = v.strictObject({ page: v.literal("cpus"), after, ...CPUS_CHOICE });

export const INTERVAL = v.strictObject({
  interval: duration(
    "interval",
    CLIENT_INTERVAL_MS_LEAST,
    INTERVAL_MS_MOST,
    "250ms, 1s or 1.5s",
  ),
  /** Where a browser without scripts goes back to: a page of this service and of no other. */
  back: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^\/[a-z-]{0,32}$/,
        (issue) => `Cannot go back to ${quote(issue.input)}: needs the path of a page, such as /`,
      ),
    ),
    "/",
  ),
});

/** A chart has room for some words. */
export const MARK_LENGTH_MOST = 80;
/**
 * Control characters, separators of lines, halves of characters, what turns the direction of text, and
 * what bytes become that are no UTF-8: nobody could read what they were meant to say.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\ufffd\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const markText = v.pipe(
  v.string((issue) => `Cannot take text ${issue.received}: needs a string`),
  v.description(`1 to ${MARK_LENGTH_MOST} characters that can be printed.`),
  v.trim(),
  v.check(
    (text) => text !== "" && [...text].length <= MARK_LENGTH_MOST,
    (issue) =>
      `Cannot take a text of ${[...issue.input].length} characters: needs 1 to ${MARK_LENGTH_MOST}`,
  ),
  v.check(
    (text) => !UNPRINTABLE.test(text),
    (issue) =>
      `Cannot take text ${quote(issue.input)}: needs characters of UTF-8 that can be printed`,
  ),
);

const TIME_DESCRIPTION = "Seconds since 1970, from 15 minutes ago to a minute ahead; absent: now.";
/** Far beyond any clock, and still a date. */
const SECONDS_MOST = 1e12;

function noSeconds(input: unknown): string {
  return `Cannot take time ${quote(String(input))}: needs seconds since 1970, such as 1770000000.5`;
}

export const MARK_FORM = v.strictObject({
  text: markText,
  time: v.optional(v.pipe(
    v.string(),
    v.description(TIME_DESCRIPTION),
    v.regex(/^\d{1,12}(\.\d{1,9})?$/, (issue) => noSeconds(issue.input)),
    v.transform(Number),
  )),
});

export const MARK_JSON = v.strictObject({
  text: markText,
  time_seconds: v.optional(v.pipe(
    v.number((issue) => noSeconds(issue.input)),
    v.description(TIME_DESCRIPTION),
    v.minValue(0, (issue) => noSeconds(issue.input)),
    v.maxValue(SECONDS_MOST, (issue) => noSeconds(issue.input)),
  )),
});

/** As node_exporter has it, so that a scrape says which parts it wants. */
export const SCRAPE = v.strictObject({
  "collect[]": v.optional(v.pipe(
    v.array(v.pipe(
      v.string(),
      v.check(
        (name) => COLLECT.has(name),
        (issue) =>
          `Cannot collect ${quote(issue.input)}: there is no such part, ` +
          `needs some of ${[...COLLECT.keys()].toSorted().join(", ")}`,
      ),
    )),
    v.description("Names of collectors or of groups of counters; absent: everything."),
    // The same parts in another order are the same answer.
    v.transform((names) => [...new Set(names)].toSorted()),
  )),
});

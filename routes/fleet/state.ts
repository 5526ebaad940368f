/** Answers of an engine put together: hosts with their terms, and points to trends. @module */
import { printable } from "../../collectors/printable.ts";
import {
  type Fleet,
  type FleetHost,
  type HostTrends,
  type Term,
  TERMS,
  TRENDS,
} from "../../views/fleet/quantities.ts";
import { PMU_ABSENCES, PMU_INEXACT, type PmuInexact } from "../../views/pmu_absence.ts";
import { checkSeconds, type Labels, type Line, type Sample } from "./promql_answer.ts";
import type { Range } from "./promql_client.ts";
import {
  graphUrl,
  HOST_LABELS,
  hostQuery,
  type Question,
  TREND_POINTS,
  TREND_STEP_SECONDS,
} from "./queries.ts";

/** A page of more rows is no page. */
export const HOSTS_MOST = 5000;
/** Of a host, and of each label's value; what is longer is cut. */
const LABELS_MOST = 24;
const TEXT_LENGTH_MOST = 128;
/** Names of hosts, with a port or none: of these alone an address is made. */
const ADDRESS = /^(\[[0-9a-f:.]+\]|[a-z0-9]([a-z0-9._-]*[a-z0-9])?)(:\d{1,5})?$/i;
/** A label that says where the host's own page is, where `instance` does not. */
const PAGE_LABEL = "ringside_url";
/** What is no label of the host's but of the program, or has a column. */
const OWN_LABELS = new Set(["__name__", "job", "instance", PAGE_LABEL]);
const TERM_NAMES: ReadonlySet<string> = new Set(TERMS);
const KNOWN_REASONS: ReadonlySet<string> = new Set(PMU_ABSENCES);

export type Answers = Readonly<Record<Question, readonly Sample[]>>;

/** What names a host, as the engine has it. */
export function hostKey(labels: Labels): string {
  return JSON.stringify(HOST_LABELS.map((label) => labels[label] ?? ""));
}

/** The instance of a host's key. */
export function instanceOf(key: string): string {
  return JSON.parse(key)[HOST_LABELS.indexOf("instance")];
}

/** Hosts by what was answered of them. `engine`: its address. Throws `AnswerError`. */
export function fleetOf(answers: Answers, lacks: readonly string[], engine: string): Fleet {
  const newest = new Map<string, Sample>();
  for (const sample of answers.hosts) {
    // Its value is a time too.
    checkSeconds(sample.value);
    const key = hostKey(sample.labels);
    const known = newest.get(key);
    // One that was started as another version has two series for a while.
    if (known === undefined || sample.value > known.value) newest.set(key, sample);
  }
  const names = lastOf(answers.names, ({ nodename }) => nodename);
  const cores = listsOf(answers.cores, ({ pmu }) => pmu);
  const terms = termsOf(answers);
  const absences = absencesOf(answers.absences);
  const inexact = inexactOf(answers.absences);
  const shown = [...newest].slice(0, HOSTS_MOST);
  const atSeconds = answers.hosts[0]?.seconds ?? NaN;
  return {
    hosts: shown.map(([key, { labels, value }]): FleetHost => {
      const { job = "", instance = "" } = labels;
      const own = terms.get(key);
      return {
        key,
        job: shownText(job),
        instance: shownText(instance),
        name: names.get(key),
        page: pageOf(labels),
        query: graphUrl(engine, hostQuery(labels), "table"),
        labels: shownLabels(labels),
        cores: (cores.get(key) ?? []).toSorted(),
        silentSeconds: Math.max(0, atSeconds - value),
        terms: own?.terms ?? {},
        waits: own?.waits,
        absences: absences.get(key) ?? {},
        inexact: inexact.get(key) ?? {},
      };
    }),
    atMs: 1000 * atSeconds,
    lacks,
    left: newest.size - shown.length,
  };
}

function pageOf(labels: Labels): string | undefined {
  const { instance = "", [PAGE_LABEL]: page } = labels;
  if (page !== undefined) {
    const url = URL.canParse(page) ? new URL(page) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) ? url.href : undefined;
  }
  return ADDRESS.test(instance) ? `http://${instance}/` : undefined;
}

function shownLabels(labels: Labels): Labels {
  const own = Object.entries(labels).filter(([name]) => !OWN_LABELS.has(name));
  const cut = own.slice(0, LABELS_MOST).map(([name, value]) => [name, shownText(value)] as const);
  return Object.fromEntries(cut);
}

function shownText(text: string): string {
  return printable(text.length > TEXT_LENGTH_MOST ? `${text.slice(0, TEXT_LENGTH_MOST)}…` : text);
}

function lastOf(
  samples: readonly Sample[],
  of: (labels: Labels) => string | undefined,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { labels } of samples) {
    const text = of(labels);
    if (text !== undefined && text !== "") {
      found.set(hostKey(labels), shownText(text));
    }
  }
  return found;
}

function listsOf(
  samples: readonly Sample[],
  of: (labels: Labels) => string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { labels } of samples) {
    const text = of(labels);
    if (text === undefined) continue;
    const key = hostKey(labels);
    const list = found.get(key);
    const shown = shownText(text);
    if (list === undefined) found.set(key, [shown]);
    else if (list.length < LABELS_MOST && !list.includes(shown)) list.push(shown);
  }
  return found;
}

interface HostTerms {
  readonly terms: Partial<Record<Term, number>>;
  waits?: string;
}

function termsOf({ counted, used }: Answers): ReadonlyMap<string, HostTerms> {
  const found = new Map<string, HostTerms>();
  for (const { labels, value } of [...counted, ...used]) {
    const { term = "", of } = labels;
    if (!TERM_NAMES.has(term) || value < 0) continue;
    const key = hostKey(labels);
    let host = found.get(key);
    if (host === undefined) found.set(key, host = { terms: {} });
    const { terms } = host;
    if (term === "waited") {
      // The most of what its tasks wait for.
      if (terms.waited !== undefined && terms.waited >= value) continue;
      if (of !== undefined) host.waits = shownText(of);
    }
    terms[term as Term] = value;
  }
  return found;
}

function absencesOf(
  samples: readonly Sample[],
): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const found = new Map<string, Record<string, string>>();
  for (const { labels } of samples) {
    const { group, reason = "" } = labels;
    if (group === undefined || !KNOWN_REASONS.has(reason)) continue;
    const key = hostKey(labels);
    const host = found.get(key);
    if (host === undefined) found.set(key, Object.fromEntries([[group, reason]]));
    else host[group] = reason;
  }
  return found;
}

function inexactOf(samples: readonly Sample[]): ReadonlyMap<string, FleetHost["inexact"]> {
  const found = new Map<string, Record<string, Partial<Record<PmuInexact, number>>>>();
  for (const { labels, value } of samples) {
    const why = PMU_INEXACT.find((each) => each === labels.why);
    const { group } = labels;
    if (why === undefined || group === undefined || !(value > 0 && value <= 1)) continue;
    const key = hostKey(labels);
    const host = found.get(key) ?? {};
    found.set(key, { ...host, [group]: { ...host[group], [why]: value } });
  }
  return found;
}

/** The span that trends go back to. Its ends are whole steps, so that points stay what they are. */
export function trendRange(atMs: number): Range {
  const endSeconds = Math.floor(atMs / 1000 / TREND_STEP_SECONDS) * TREND_STEP_SECONDS;
  return {
    startSeconds: endSeconds - (TREND_POINTS - 1) * TREND_STEP_SECONDS,
    endSeconds,
    stepSeconds: TREND_STEP_SECONDS,
  };
}

/** By `hostKey`. Series of what was not asked for are left out. */
export function trendsBy(lines: readonly Line[], range: Range): ReadonlyMap<string, HostTrends> {
  const found = new Map<string, (HostTrends[number])[]>();
  for (const { labels, points } of lines) {
    const place = TRENDS.findIndex(({ key }) => key === labels.quantity);
    if (place < 0) continue;
    const trend = new Array<number | null>(TREND_POINTS).fill(null);
    for (const [seconds, value] of points) {
      const index = Math.round((seconds - range.startSeconds) / range.stepSeconds);
      if (index >= 0 && index < TREND_POINTS && Number.isFinite(value)) trend[index] = value;
    }
    const key = hostKey(labels);
    let host = found.get(key);
    if (host === undefined) found.set(key, host = new Array(TRENDS.length).fill(undefined));
    host[place] = trend;
  }
  return found;
}

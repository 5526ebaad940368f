/**
 * What an engine is asked, in PromQL that Prometheus, VictoriaMetrics, Thanos and Mimir read alike. Each
 * question is about all hosts at once, or about those of one screen; nothing of a request is ever part
 * of one.
 *
 * @module
 */
import { type FleetQuantity, type Term, TRENDS } from "../../views/fleet/quantities.ts";
import type { Labels } from "./promql_answer.ts";

/** Two samples must be in it, and scrapes are as much as a minute apart. */
const WINDOW = "2m";
/** Hosts that fell silent are listed for so long. */
const REMEMBERED = "1h";
/**
 * What together names a host. An engine of several clusters has the same job and the same address of a
 * pod in more than one, told apart by `cluster`, as Kubernetes' rules and Mimir's call it.
 */
export const HOST_LABELS = ["job", "instance", "cluster"] as const;
/** The same in PromQL, between the brackets of `by` and `on`. */
export const HOST = HOST_LABELS.join(", ");
const BY = `by (${HOST})`;

/** Trends: so many points, so far apart. */
export const TREND_POINTS = 31;
export const TREND_STEP_SECONDS = 30;
/** Trends are asked for so many hosts at once: a point costs an engine as much as a whole page of figures. */
export const TRENDS_MOST = 120;

/** What hosts a question is about: what stands between the braces of its selectors. */
type Matcher = string;
const ALL: Matcher = "";

const EVENTS = "ringside_pmu_events_total";
const ENABLED = "ringside_pmu_time_enabled_seconds_total";
const RUNNING = "ringside_pmu_time_running_seconds_total";
/** Of CPU cores: of a CPU, and not of the clocks that it has beside its counters. */
const OF_CORES = 'cpu!="",pmu!="msr"';
/**
 * What events are called, whoever counts them: a test holds it against what recipes have. Where cores
 * differ, older kernels of Arm take events by number, and they have the maker's names.
 */
export const FLEET_EVENTS = {
  cycles: ["CPU_CYCLES", "cycles"],
  retired: ["INST_RETIRED", "instructions"],
  /** Of the last-level cache. */
  coreMisses: ["L3D_CACHE_REFILL", "LLC-load-misses", "LL_CACHE_MISS_RD"],
  /** On AMD these are the L2's, and there the L3 has a PMU of its own or none. */
  ambiguousMisses: ["cache-misses"],
  l3Misses: ["event=0x04,umask=0x01"],
} satisfies Readonly<Record<string, readonly string[]>>;

const CYCLES = eventMatcher(FLEET_EVENTS.cycles);
const RETIRED = eventMatcher(FLEET_EVENTS.retired);
/** Best first: a host has one of them. */
const MISSES = [
  `pmu="amd_l3",${eventMatcher(FLEET_EVENTS.l3Misses)}`,
  eventMatcher(FLEET_EVENTS.coreMisses),
  eventMatcher(FLEET_EVENTS.ambiguousMisses),
] as const;
const MISS_EVENTS = [
  ...FLEET_EVENTS.coreMisses,
  ...FLEET_EVENTS.ambiguousMisses,
  ...FLEET_EVENTS.l3Misses,
];
/** Whose share of time is shown. */
const SHOWN = eventMatcher([...FLEET_EVENTS.cycles, ...FLEET_EVENTS.retired, ...MISS_EVENTS]);

/** What tasks wait for, and how it is called. */
const WAITS = [["cpu", "CPU"], ["memory", "memory"], ["io", "I/O"]] as const;

function eventMatcher(events: readonly string[]): Matcher {
  return events.length === 1 ? `event="${events[0]}"` : `event=~"${events.join("|")}"`;
}

function selector(name: string, ...matchers: readonly Matcher[]): string {
  const all = matchers.filter((matcher) => matcher !== ALL);
  return all.length === 0 ? name : `${name}{${all.join(",")}}`;
}

function rateOf(name: string, ...matchers: readonly Matcher[]): string {
  return `sum ${BY} (rate(${selector(name, ...matchers)}[${WINDOW}]))`;
}

/** A label that an expression's series do not have. */
function tagged(expression: string, name: string, value: string): string {
  return `label_replace(${expression}, "${name}", "${value}", "", "")`;
}

/** Of the best that a host has: its counts and their times are those of one event. */
function missesOf(family: string, hosts: Matcher): string {
  return MISSES.map((misses) => rateOf(family, misses, hosts)).join(" or ");
}

/** The expression of a term. */
function termOf(term: Exclude<Term, "waited">, hosts: Matcher): string {
  switch (term) {
    case "cycles":
      return rateOf(EVENTS, CYCLES, OF_CORES, hosts);
    case "retired":
      return rateOf(EVENTS, RETIRED, OF_CORES, hosts);
    case "misses":
      return missesOf(EVENTS, hosts);
    case "moved":
      return rateOf("ringside_memory_bandwidth_bytes_total", hosts);
    case "peak":
      return `max ${BY} (${selector("ringside_memory_host_peak_bytes_per_second", hosts)})`;
    case "busy":
      return rateOf("node_cpu_seconds_total", 'mode!~"idle|iowait"', hosts);
    case "passed":
      return rateOf("node_cpu_seconds_total", hosts);
    case "joules":
      return rateOf("ringside_energy_joules_total", 'zone="package"', hosts);
    case "asked":
      return rateOf(ENABLED, SHOWN, OF_CORES, hosts);
    case "counted":
      return rateOf(RUNNING, SHOWN, OF_CORES, hosts);
    case "asked_misses":
      return missesOf(ENABLED, hosts);
    case "counted_misses":
      return missesOf(RUNNING, hosts);
    case "asked_uncore":
      return rateOf("ringside_memory_bandwidth_time_enabled_seconds_total", hosts);
    case "counted_uncore":
      return rateOf("ringside_memory_bandwidth_time_running_seconds_total", hosts);
  }
}

/** One series for each thing that tasks wait for, named by label `of`. */
function waits(hosts: Matcher): string {
  return WAITS.map(([resource, name]) =>
    tagged(rateOf(`node_pressure_${resource}_waiting_seconds_total`, hosts), "of", name)
  ).join(" or ");
}

/** In their label `term`. */
function terms(...names: readonly Exclude<Term, "waited">[]): string {
  return names.map((term) => tagged(`(${termOf(term, ALL)})`, "term", term)).join(" or ");
}

/** What is asked of all hosts. The page is nothing without the first. */
export const QUESTIONS = {
  /** Each series of a host's that answers or did lately, to the time of its last sample. */
  hosts: `timestamp(ringside_build_info) or ` +
    `max_over_time(timestamp(ringside_build_info)[${REMEMBERED}:1m])`,
  names: `last_over_time(node_uname_info[${REMEMBERED}])`,
  /** Where a quantity of the hardware is not counted, or is not exact, and why. */
  absences: "ringside_pmu_available == 0 or ringside_pmu_inexact",
  cores: `count by (${HOST}, pmu) (${selector(EVENTS, CYCLES, OF_CORES)})`,
  counted: terms(
    "cycles",
    "retired",
    "misses",
    "asked",
    "counted",
    "asked_misses",
    "counted_misses",
    "asked_uncore",
    "counted_uncore",
  ),
  used: `${terms("moved", "peak", "busy", "passed", "joules")} or ${
    tagged(`(${waits(ALL)})`, "term", "waited")
  }`,
} as const;
export type Question = keyof typeof QUESTIONS;

/** One quantity as one expression. */
export function quantityOf(quantity: FleetQuantity, hosts: Matcher = ALL): string {
  const { by, per, times } = quantity;
  const upper = by === "waited" ? `max ${BY} (${waits(hosts)})` : termOf(by, hosts);
  if (per === undefined || per === "waited") return upper;
  const quotient = `(${upper}) / (${termOf(per, hosts)})`;
  return times === undefined ? quotient : `${times} * ${quotient}`;
}

/** For the trends of some hosts: each series has its quantity in label `quantity`. */
export function trendsOf(instances: readonly string[]): string {
  const matcher = matcherOf(instances.slice(0, TRENDS_MOST));
  return TRENDS.map((quantity) =>
    tagged(`(${quantityOf(quantity, matcher)})`, "quantity", quantity.key)
  ).join(" or ");
}

/** `instance=~"a|b"`: names as they stand, whatever is in them. */
export function matcherOf(instances: readonly string[]): Matcher {
  return `instance=~${quoted(instances.map(literal).join("|"))}`;
}

/** A string of PromQL. */
export function quoted(text: string): string {
  return `"${
    text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\r", "\\r")
      .replace(
        // deno-lint-ignore no-control-regex -- they are what must not stand there
        /[\u0000-\u001f\u007f]/g,
        (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0")}`,
      )
  }"`;
}

/** What of RE2's syntax means something; the others are themselves. */
function literal(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

/** All that a host's row is made of, for the engine's own page. */
export function hostQuery(labels: Labels): string {
  // A label that is not there is one with no text.
  const name = HOST_LABELS.map((label) => `${label}=${quoted(labels[label] ?? "")}`);
  return `{${name.join(",")},__name__=~"ringside_.+"}`;
}

/** Where Prometheus, and those who took its page over, show an expression. `base`: of the engine. */
export function graphUrl(base: string, expression: string, shown: "table" | "graph"): string {
  const fields = { "g0.expr": expression, "g0.tab": shown === "table" ? "1" : "0" };
  return `${base}/graph?${new URLSearchParams(fields)}`;
}

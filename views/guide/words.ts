/** A metric of the catalogue in words, for its guide. @module */
import { type Metric, metric as metricOf, SCOPES, shownUnit } from "../../collectors/catalogue.ts";
import { type Formula, inputs, print } from "../../collectors/formula.ts";
import { GUIDE_SECTIONS } from "../../collectors/catalogue/guide.ts";

const UNITS: Readonly<Record<string, string>> = {
  "1": "a share, in %",
  "s": "seconds",
  "By": "bytes",
  "By/s": "bytes a second",
  "Hz": "hertz",
  "Cel": "°C",
  "J": "joules",
  "W": "watts",
  "J/{gigainstruction}": "joules for 10⁹ instructions",
  "J/GBy": "joules for 10⁹ bytes",
  "{miss}/{kiloinstruction}": "misses for 1,000 instructions",
  "{instruction}/{cycle}": "instructions for a cycle",
  "{cycle}/{instruction}": "cycles for an instruction",
  "{flag}": "0 or 1",
};

/** The unit of what a person is shown: `misses a second`. */
export function unitText(entry: Metric): string {
  const unit = shownUnit(entry);
  const known = UNITS[unit];
  if (known !== undefined) return known;
  const [, thing, per] = /^\{([^}]*)\}(\/s)?$/.exec(unit) ?? [];
  if (thing === undefined) return unit;
  return `${plural(thing)}${per === undefined ? "" : " a second"}`;
}

function plural(thing: string): string {
  return /(s|x|ch|sh)$/.test(thing) ? `${thing}es` : `${thing}s`;
}

/** What it has one value for: `each CPU`. */
export function scopeText(entry: Metric): string {
  const { scope } = entry;
  if (scope === "host") return "the host";
  const name = SCOPES.get(scope)!.name;
  // Names that begin with an abbreviation keep it.
  const together = entry.kind !== "gauge" || entry.across !== undefined ? ", and together" : "";
  return `each ${
    /^[A-Z][a-z]/.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
  }${together}`;
}

/** With the names of its terms: `Δ Instructions ÷ Δ Cycles`. */
export function formulaText(formula: Formula): string {
  return print(formula, termText);
}

function termText(term: Formula): string {
  switch (term.op) {
    case "number":
      return String(term.value);
    case "delta":
      return `Δ ${metricOf(term.metric).name}`;
    case "rate":
      return `${metricOf(term.metric).name} per second`;
    case "last":
      return metricOf(term.metric).name;
    default:
      return "seconds that passed";
  }
}

const LISTED: ReadonlySet<string> = new Set(GUIDE_SECTIONS.flatMap(({ metrics }) => metrics));

/**
 * The terms of a metric that stand in the guide; in place of one that is counted again for a ratio its
 * twin. Times of counters have no place of their own.
 */
export function termsOf(entry: Metric): readonly Metric[] {
  if (entry.kind !== "derived") return [];
  const terms = inputs(entry.formula).map(metricOf).map((term) =>
    term.kind !== "derived" && term.twin !== undefined ? metricOf(term.twin) : term
  );
  return [...new Set(terms)].filter(({ id }) => LISTED.has(id));
}

/** In `/metrics`: `node_cpu_seconds_total{mode="user"}`; undefined where it is not. */
export function exposedText({ exposition }: Metric): string | undefined {
  if (exposition === undefined) return undefined;
  const { name, labels } = exposition;
  // Of several series that are the same number, one stands for all.
  const [first] = labels === undefined ? [] : Array.isArray(labels) ? labels : [labels];
  if (first === undefined) return name;
  const pairs = Object.entries(first).map(([label, value]) => `${label}="${value}"`);
  return `${name}{${pairs.join(",")}}`;
}

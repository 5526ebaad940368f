/** Heads, labels and numbers as both formats of `/metrics` write them. @module */

export type ExpositionFormat = "prometheus" | "openmetrics";

export type ExpositionType = "counter" | "gauge" | "untyped";

/** What stands above the samples of a family. */
export type Heads = Readonly<Record<ExpositionFormat, string>>;

/** Base units as OpenMetrics names them: a family's name must end with its unit. */
const UNITS: Readonly<Record<string, string>> = {
  "s": "seconds",
  "By": "bytes",
  "Hz": "hertz",
  "Cel": "celsius",
  "J": "joules",
  "W": "watts",
  "1": "ratio",
};

const TOTAL = /_total$/;

/** `unit`: in UCUM; empty: none. */
export function headsOf(name: string, type: ExpositionType, help: string, unit: string): Heads {
  return {
    prometheus: `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`,
    openmetrics: openMetricsHead(name, type, help, unit),
  };
}

/** A counter's family is named without `_total`; a counter that lacks it may not be called one. */
function openMetricsHead(name: string, type: ExpositionType, help: string, unit: string): string {
  const counter = type === "counter" && TOTAL.test(name);
  const family = counter ? name.replace(TOTAL, "") : name;
  const kind = counter ? "counter" : type === "gauge" ? "gauge" : "unknown";
  const word = UNITS[unit];
  const unitLine = word !== undefined && family.endsWith(`_${word}`)
    ? `# UNIT ${family} ${word}\n`
    : "";
  return `# TYPE ${family} ${kind}\n${unitLine}# HELP ${family} ${escape(help)}\n`;
}

/**
 * The name under which OpenMetrics says since when a counter counts. Undefined for a name that no counter
 * of it has.
 */
export function createdName(name: string): string | undefined {
  return TOTAL.test(name) ? name.replace(TOTAL, "_created") : undefined;
}

export function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

export function joined(first: string, second: string): string {
  return first === "" || second === "" ? first + second : `${first},${second}`;
}

export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`).join(",");
}

export function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? "+Inf" : "-Inf";
}

function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

function escape(text: string): string {
  return /[\\"\n]/.test(text) ? escapeHelp(text).replaceAll('"', '\\"') : text;
}

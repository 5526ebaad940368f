/** Ringside's counts beside perf's, for a terminal: a line an event, and a verdict. @module */
import { DIFFERENCE_MOST } from "../collectors/check/comparison.ts";
import type { Check, Compared, Explanation } from "../collectors/mod.ts";
import { countedShare, plural, spellOut, whole } from "./format.ts";
import { printable } from "./table_text.ts";

const HEAD = ["group", "event", "Ringside", "perf stat", "counted", "difference", ""] as const;
/** Columns of words; numbers stand to the right. */
const LEFT: readonly number[] = [1, 6];
const NOTHING = "none";
const CLOCK_DIGITS = 3;

const WORDS: Readonly<Record<Exclude<Explanation, "ends" | "chance">, string>> = {
  not_counted_by_perf: "perf stat did not count it",
  not_counted_here: "Ringside did not count it, and says so",
  changed: "its CPUs went or came meanwhile",
};

export function checkText({ profile, seconds, compared, problems }: Check): string {
  const { hostname, kernelRelease } = profile;
  const lines = [
    `perf stat beside Ringside for ${seconds.toFixed(1)} s on ${hostname}, Linux ${kernelRelease}.`,
    "Each counts for its own time; differences are those of counts by the second.",
    "",
    ...table([HEAD, ...compared.map(cells)]),
    "",
  ];
  for (const { collector, message, remedy } of problems) {
    lines.push(`${collector}: ${printable(message)}`);
    if (remedy !== undefined) lines.push(`  ${printable(remedy)}`);
  }
  if (problems.length > 0) lines.push("");
  return [...lines, verdict(compared)].map((line) => `${line.trimEnd()}\n`).join("");
}

function cells(row: Compared): readonly string[] {
  return [
    String(row.group),
    row.events.map(printed).join(" + "),
    count(row.own.count, row.unit),
    count(row.perf.count, row.unit),
    `${countedShare(row.own.coverage)} / ${countedShare(row.perf.coverage)}`,
    Number.isNaN(row.difference) ? "" : percent(row.difference),
    note(row),
  ];
}

/** As perf prints it: the name that the event was given. */
function printed(event: string): string {
  return /\bname=([^,/]+)/.exec(event)?.[1] ?? event;
}

function count(value: number, unit: string): string {
  if (Number.isNaN(value)) return NOTHING;
  if (unit === "s") return `${value.toFixed(CLOCK_DIGITS)} s`;
  return unit === "Hz" ? spellOut(value, unit) : whole(Math.round(value));
}

function percent(difference: number): string {
  if (!Number.isFinite(difference)) return "";
  const text = (Math.abs(difference) * 100).toFixed(3);
  return `${difference < 0 ? "-" : "+"}${text} %`;
}

function note({ explained, within, own, around, allowed, unit }: Compared): string {
  switch (explained) {
    case null:
      return within ? "" : "DIFFERS";
    case "ends":
      return `at the ends: Ringside counted ${count(own.count, unit)} within perf's time, ` +
        `${count(around, unit)} around it`;
    case "chance":
      return `shared: in whose turn it happens is chance, up to ${(allowed * 100).toFixed(0)} %`;
    default:
      return WORDS[explained];
  }
}

function verdict(compared: readonly Compared[]): string {
  const differ = compared.filter(({ within, explained }) => !within && explained === null);
  const explained = compared.filter((row) => row.explained !== null).length;
  const limits = `${DIFFERENCE_MOST.whole * 100} % (${DIFFERENCE_MOST.shared * 100} % where ` +
    "counters were shared)";
  const within = compared.length - explained - differ.length;
  const counts = `${plural(within, "count")} within ${limits}, ${explained} explained`;
  return differ.length === 0
    ? `Ringside agrees with perf stat: ${counts}`
    : `Ringside differs from perf stat: ${counts}, ${differ.length} beyond`;
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row.map((cell, column) =>
      LEFT.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)
    ).join("  ")
  );
}

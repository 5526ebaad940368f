/** A diagnosis for a terminal of 80 columns: the matrix, what is in the way, and what was tried. @module */
import type { Diagnosis, DiagnosisRow, RowState } from "../collectors/diagnosis.ts";
import type { Cause, CellState } from "../collectors/doctor_layers.ts";
import { plural } from "./format.ts";
import { remedyPieces } from "./remedy_pieces.ts";

const WIDTH = 80;
const NAME_WIDTH = 22;
const STATE_WIDTH = 8;
const FACT_WIDTH = 26;
/** Names of a list, before the number of those that follow. */
const NAMED_MOST = 3;
/** Between two columns. */
const GAP = 1;
const INDENT = 3;

const STATES: Readonly<Record<RowState, string>> = {
  measured: "yes",
  partial: "in part",
  waiting: "soon",
  missing: "no",
};

const CELLS: Readonly<Record<CellState, string>> = {
  ok: "ok",
  blocked: "NO",
  unknown: "?",
  not_needed: "-",
};

/** Ends with a newline. */
export function doctorText(diagnosis: Diagnosis): string {
  const { profile, layers, rows, causes, facts } = diagnosis;
  const head = layers.map((layer) => layer.padEnd(layer.length + GAP)).join("");
  const lines = [
    `${profile.hostname}, Linux ${profile.kernelRelease}`,
    "",
    `${"".padEnd(NAME_WIDTH)}${"counted".padEnd(STATE_WIDTH)}${head}`.trimEnd(),
    ...rows.map((row) => line(row, diagnosis)),
    "",
    "ok: not in the way   NO: in the way   ?: not known   -: not needed",
    "",
  ];
  for (const [index, cause] of causes.entries()) {
    lines.push(...explain(cause, index + 1, rows), "");
  }
  lines.push(...wrap(verdict(diagnosis), "", ""), "", "What was looked at");
  for (const { name, value } of facts) lines.push(...hung(name, printable(value)));
  return `${lines.join("\n")}\n`;
}

function line({ name, state, cells }: DiagnosisRow, { layers }: Diagnosis): string {
  const words = layers.map((layer) => CELLS[cells[layer]].padEnd(layer.length + GAP)).join("");
  return `${name.padEnd(NAME_WIDTH)}${STATES[state].padEnd(STATE_WIDTH)}${words}`.trimEnd();
}

function explain(cause: Cause, number: number, rows: readonly DiagnosisRow[]): readonly string[] {
  const pad = "".padEnd(INDENT);
  return [
    ...wrap(`${number}. ${printable(cause.message)}.`, "", pad),
    ...wrap(`Costs: ${costsOf(cause, rows)}.`, pad, pad),
    ...(cause.remedy === undefined
      ? [`${pad}Nothing unlocks it on this machine.`]
      : remedyPieces(`To unlock: ${cause.remedy}`).flatMap(({ text, isPaste }) =>
        // Broken into lines it could not be pasted.
        isPaste ? [`${pad}  ${printable(text)}`] : wrap(printable(text), pad, pad)
      )),
  ];
}

/** The names of what a cause stands in the way of. */
export function costsOf({ id }: Cause, rows: readonly DiagnosisRow[]): string {
  const names = rows.filter(({ causes }) => causes.includes(id)).map(({ name }) => name);
  return names.length === rows.length ? "everything" : names.join("; ");
}

/** What the exit code says, and how far what is counted can be trusted. */
export function verdict(diagnosis: Diagnosis): string {
  return [standing(diagnosis), ...caveats(diagnosis)].join(" ");
}

function standing({ rows, causes, exitCode }: Diagnosis): string {
  const waiting = rows.filter(({ state }) => state === "waiting").length;
  const missing = rows.filter(({ state }) => state === "partial" || state === "missing").length;
  const all = plural(rows.length, "quantity", "quantities");
  if (missing === 0) {
    return waiting === 0 ? "Everything is counted." : `${waiting} of ${all} not counted yet.`;
  }
  const lacking = `${missing} of ${all} not fully counted`;
  const helped = causes.filter(({ remedy }) => remedy !== undefined);
  const elsewhere = helped.some(({ outside }) => outside);
  if (exitCode === 0) {
    return `${lacking}. Nothing that is missing can be had here${
      elsewhere ? "; whoever runs the host could bring some" : ""
    }.`;
  }
  const changes = plural(helped.filter(({ outside }) => !outside).length, "change");
  return `${lacking}; ${changes} here would help${
    elsewhere ? ", and one by whoever runs the host" : ""
  }.`;
}

function caveats({ caveats: { coverageLeast, implausible, mixed } }: Diagnosis): readonly string[] {
  const share = Math.floor(coverageLeast * 100);
  return [
    ...(coverageLeast < 1 ? [`Counters take turns: as little as ${share} % of the time.`] : []),
    ...(implausible.length > 0 ? [`Implausible: ${some(implausible)}.`] : []),
    ...(mixed.length > 0 ? [`Mixed, of terms counted at different times: ${some(mixed)}.`] : []),
  ];
}

function some(names: readonly string[]): string {
  const more = names.length - NAMED_MOST;
  const named = names.slice(0, NAMED_MOST).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}

/** A name, and its value in a column beside it. */
function hung(name: string, value: string): readonly string[] {
  const pad = "".padEnd(FACT_WIDTH + GAP);
  if (name.length <= FACT_WIDTH) return wrap(value, `${name.padEnd(FACT_WIDTH)} `, pad);
  return wrap(`${name}: ${value}`, "", pad);
}

/** Words that fit lines; a word that is too long for one has a line of its own. */
function wrap(text: string, first: string, others: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(" ")) {
    if (!empty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = others;
      empty = true;
    }
    line += empty ? word : ` ${word}`;
    empty = false;
  }
  return [...lines, line];
}

/** Names come from the machine: control characters would write to the terminal what they like. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

/** A diagnosis for a terminal of 80 columns: the matrix, the plan, and what was tried. @module */
import type { Diagnosis, DiagnosisRow, RowState } from "../../collectors/doctor/diagnosis.ts";
import type { CellState } from "../../collectors/doctor/layers.ts";
import type { Barred, Step, Way } from "../../collectors/doctor/unlock_plan.ts";
import { printable } from "../table_text.ts";
import { remedyPieces } from "./remedy_pieces.ts";
import { caveats, facts, gains, summary } from "./words.ts";

const WIDTH = 80;
const NAME_WIDTH = 22;
const STATE_WIDTH = 8;
const FACT_WIDTH = 26;
/** Between two columns. */
const GAP = 1;
const INDENT = 3;
const PAD = "".padEnd(INDENT);

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
  const { profile, layers, rows, plan, facts: seen } = diagnosis;
  const head = layers.map((layer) => layer.padEnd(layer.length + GAP)).join("");
  const own = plan.steps.filter(({ outside }) => !outside);
  const lines = [
    `${profile.hostname}, Linux ${profile.kernelRelease}`,
    "",
    ...wrap(`${summary(diagnosis)} ${caveats(diagnosis)}`.trimEnd(), "", ""),
    "",
    `${"".padEnd(NAME_WIDTH)}${"counted".padEnd(STATE_WIDTH)}${head}`.trimEnd(),
    ...rows.map((row) => line(row, diagnosis)),
    "",
    "ok: not in the way   NO: in the way   ?: not known   -: not needed",
    "",
    ...section("What to do here", own.flatMap((step) => explain(step, plan.steps))),
    ...section(
      "What whoever runs the host can do",
      plan.steps.filter(({ outside }) => outside).flatMap((step) => explain(step, plan.steps)),
    ),
    ...section("What cannot be had on this machine", plan.barred.flatMap(explainBarred)),
    "What was looked at",
  ];
  for (const { name, value } of seen) lines.push(...hung(name, printable(value)));
  return `${lines.join("\n")}\n`;
}

function line({ name, state, cells }: DiagnosisRow, { layers }: Diagnosis): string {
  const words = layers.map((layer) => CELLS[cells[layer]].padEnd(layer.length + GAP)).join("");
  return `${name.padEnd(NAME_WIDTH)}${STATES[state].padEnd(STATE_WIDTH)}${words}`.trimEnd();
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, "", ...lines];
}

function explain(step: Step, steps: readonly Step[]): readonly string[] {
  const number = (id: string): number => steps.findIndex((other) => other.id === id) + 1;
  return [
    ...wrap(`${number(step.id)}. ${step.title}`, "", PAD),
    ...step.whys.flatMap((why) => wrap(`${printable(why)}.`, PAD, PAD)),
    ...gains(step, number).flatMap((sentence) => wrap(sentence, PAD, PAD)),
    ...step.ways.flatMap((way, index) => explainWay(way, index === 0 ? "" : "or ")),
    ...(step.note === undefined ? [] : wrap(printable(step.note), PAD, PAD)),
    "",
  ];
}

function explainWay(way: Way, or: string): readonly string[] {
  return [
    ...pieces(or + way.text, PAD),
    ...facts(way).flatMap(([name, text]) => pieces(`${name}: ${text}`, `${PAD}  `)),
  ];
}

function explainBarred({ whys, costs }: Barred): readonly string[] {
  return [
    ...wrap(`- ${costs.join("; ")}`, "", "  "),
    ...whys.flatMap((why) => wrap(`${printable(why)}.`, "  ", "  ")),
    "",
  ];
}

/** Words in lines, and on lines of their own what is pasted: broken it could not be. */
function pieces(text: string, pad: string): readonly string[] {
  return remedyPieces(text).flatMap(({ text, isPaste }) =>
    isPaste ? [`${pad}  ${printable(text)}`] : wrap(printable(text), pad, `${pad}`)
  );
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

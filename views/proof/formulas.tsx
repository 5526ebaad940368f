/** How figures were made of others: each formula by its names, and with the numbers of this tick. @module */
import { metric as metricOf, shownUnit } from "../../collectors/catalogue.ts";
import { type Formula, print } from "../../collectors/formula.ts";
import { evaluate, type Working } from "../../collectors/mod.ts";
import { isMeasured, type Measurement, type Reading } from "../../collectors/trust.ts";
import { absentWords, factor, measuredText, spellOut, trustWords } from "../format.ts";
import type { Html } from "../html.ts";
import { countText, nameAt, nameOfCount } from "./names.ts";
import type { Told } from "./told.ts";

/** Sums of so many terms that stand in several formulas are told once, by a name. */
const SHARED_TERMS_LEAST = 4;

interface Made extends Told {
  readonly working: Working;
}

interface Sum {
  readonly name: string;
  readonly formula: Formula;
  readonly working: Working;
  /** Of whom it is a sum: its number is the same for all formulas of theirs. */
  readonly instance: string | undefined;
}

export function Formulas({ told }: { told: readonly Told[] }): Html | null {
  const made = told.filter((each): each is Made =>
    each.working !== null && each.working.formula.op !== "rate"
  );
  if (made.length === 0) return null;
  const sums = sharedSums(made);
  return (
    <>
      {sums.map((sum) => {
        const value = evaluate(sum.formula, sum.working.terms);
        return (
          <p class="eq">
            {`${sum.name} = ${print(sum.formula, (term) => nameOf(term, sum.working))} = `}
            <b>{isMeasured(value) ? spellOut(value.value, unitOf(sum)) : ""}</b>
          </p>
        );
      })}
      {made.map((each) => <Equation made={each} sums={sums} />)}
    </>
  );
}

function Equation({ made, sums }: { made: Made; sums: readonly Sum[] }): Html {
  const { entry, name, instance, reading, working } = made;
  const own = sums.filter((sum) => sum.instance === instance);
  const [formula, named] = withNames(working.formula, own);
  const names = print(formula, (term) => named.get(term)?.name ?? nameOf(term, working));
  const numbers = print(formula, (term) => {
    const sum = named.get(term);
    if (sum === undefined) return numberOf(term, working);
    const value = evaluate(sum.formula, working.terms);
    return isMeasured(value) ? spellOut(value.value, unitOf(sum)) : absentWords(value.absent);
  });
  return (
    <p class="eq">
      {`${nameAt(name, entry.scope, instance)} = ${names} = ${
        numbers === names ? "" : `${numbers} = `
      }`}
      <Result reading={reading} unit={shownUnit(entry)} />
    </p>
  );
}

function Result({ reading, unit }: { reading: Reading; unit: string }): Html {
  if (!isMeasured(reading)) return <>{absentWords(reading.absent)}</>;
  const text = measuredText(reading, unit);
  return (
    <>
      {reading.grade === "implausible" ? <s>{text}</s> : <b>{text}</b>}
      {trustOf(reading)}
    </>
  );
}

function trustOf(reading: Measurement): string {
  const { grade } = reading;
  if (grade === "exact") return "";
  return grade === "estimated"
    ? ` (estimated: ${trustWords(reading)})`
    : ` (${trustWords(reading)})`;
}

function nameOf(term: Formula, { mixed }: Working): string {
  if (!("metric" in term)) {
    return term.op === "number" ? factor(term.value) : "seconds between the readings";
  }
  const entry = metricOf(term.metric);
  return mixed ? nameOfCount(entry) : entry.name;
}

/** A term as it went into the formula: a count, a rate, a gauge. */
function numberOf(term: Formula, { terms, mixed }: Working): string {
  if (term.op === "number") return factor(term.value);
  const reading = evaluate(term, terms);
  if (!isMeasured(reading)) return absentWords(reading.absent);
  const unit = termUnit(term, mixed);
  return term.op === "delta" ? countText(reading.value, unit) : measuredText(reading, unit);
}

function termUnit(term: Formula, mixed: boolean): string {
  if (!("metric" in term)) return "s";
  const entry = metricOf(term.metric);
  return term.op === "rate" || (term.op === "delta" && mixed) ? shownUnit(entry) : entry.unit;
}

function unitOf({ formula, working }: Sum): string {
  return termUnit(leaves(formula)[0]!, working.mixed);
}

/** Long sums that several formulas have, the first one as `Sum`. */
function sharedSums(made: readonly Made[]): readonly Sum[] {
  const seen = new Map<string, { times: number; sum: Omit<Sum, "name"> }>();
  for (const { working, instance } of made) {
    for (const formula of longSums(working.formula)) {
      const key = `${print(formula)} ${instance ?? ""}`;
      const known = seen.get(key);
      if (known === undefined) seen.set(key, { times: 1, sum: { formula, working, instance } });
      else known.times++;
    }
  }
  const shared = [...seen.values()].filter(({ times }) => times > 1);
  return shared.map(({ sum }, index) => ({
    ...sum,
    name: shared.length === 1 ? "Sum" : `Sum ${index + 1}`,
  }));
}

/** The largest additions in a formula. */
function longSums(formula: Formula): readonly Formula[] {
  if ("of" in formula) return longSums(formula.of);
  if (!("left" in formula)) return [];
  if (formula.op === "add" && leaves(formula).length >= SHARED_TERMS_LEAST) return [formula];
  return [...longSums(formula.left), ...longSums(formula.right)];
}

function leaves(formula: Formula): readonly Formula[] {
  if ("of" in formula) return leaves(formula.of);
  return "left" in formula ? [...leaves(formula.left), ...leaves(formula.right)] : [formula];
}

/** The formula with sums that have names taken for terms, and which terms those are. */
function withNames(
  formula: Formula,
  sums: readonly Sum[],
): readonly [Formula, ReadonlyMap<Formula, Sum>] {
  const named = new Map<Formula, Sum>();
  const replace = (node: Formula): Formula => {
    if ("of" in node) return { ...node, of: replace(node.of) };
    if (!("left" in node)) return node;
    const text = node.op === "add" ? print(node) : "";
    const sum = sums.find((each) => print(each.formula) === text);
    if (sum === undefined) return { ...node, left: replace(node.left), right: replace(node.right) };
    const term: Formula = { op: "elapsed" };
    named.set(term, sum);
    return term;
  };
  return [replace(formula), named];
}

/** Why a number cannot be true, in words with the arithmetic in them. @module */
import { metric as metricOf, shownUnit } from "../collectors/catalogue.ts";
import type { Doubt } from "../collectors/doubt.ts";
import { type Formula, inputs, print } from "../collectors/formula.ts";
import { factor, spellOut } from "./format.ts";

/**
 * One line without a full stop: `42.1 GB/s is over 1.05 × 25.6 GB/s, the peak of the memory`. Where the
 * rule is another metric's than `id`, or a part's, it begins with whose it is.
 */
export function doubtText(doubt: Doubt, id: string): string {
  const entry = metricOf(doubt.metric);
  const whose = [
    ...(doubt.metric === id ? [] : [entry.name]),
    ...(doubt.instance === undefined ? [] : [doubt.instance]),
  ].join(" of ");
  return `${whose === "" ? "" : `${whose}: `}${sentence(doubt)}`;
}

function sentence(doubt: Doubt): string {
  const entry = metricOf(doubt.metric);
  const unit = shownUnit(entry);
  switch (doubt.rule) {
    case "least":
    case "most": {
      const side = doubt.rule === "least" ? "under" : "over";
      const bound = spellOut(doubt.bound, unit);
      return `${spellOut(doubt.value, unit)} is ${side} ${bound}, the ${doubt.rule} that it can be`;
    }
    case "limit": {
      const most = `${doubt.factor} × ${spellOut(doubt.of, unit)}`;
      return `${spellOut(doubt.value, unit)} is over ${most}, ${doubt.why}`;
    }
    case "witness": {
      const [first] = inputs(doubt.witness);
      const of = spellOut(doubt.of, first === undefined ? "1" : metricOf(first).unit);
      if (doubt.ever) {
        return `it stands since it was opened, while ${nameOf(doubt.witness)} rose by ${of}`;
      }
      const least = doubt.least < 1 ? String(doubt.least) : spellOut(doubt.least, "{each}");
      const risen = print(doubt.witness, nameOf);
      return `${spellOut(doubt.value, entry.unit)} is under ${least} × ${of}, the rise of ${risen}`;
    }
  }
}

function nameOf(term: Formula): string {
  if ("metric" in term) return metricOf(term.metric).name;
  return term.op === "number" ? factor(term.value) : term.op;
}

/** What of a subject is not measured or cannot be true, with the reason and what would help. @module */
import { metric } from "../../collectors/catalogue.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured, type Reading, type Reason } from "../../collectors/trust.ts";
import { doubtText } from "../doubt_text.ts";
import type { Html } from "../html.ts";
import { Remedy } from "../problems.tsx";
import { nameOf, type Quantity, readingsOf } from "../standing.ts";
import type { ProofSubject } from "./subject.ts";

/** Why there is no value where no cause says more. */
const SENTENCES: Readonly<Record<Reason, string>> = {
  not_supported: "this system does not have it",
  denied: "this process may not read it",
  not_yet: "it shows from its second reading on",
  not_counted: "its counters had no turn in this window",
  no_events: "nothing happened that it could be a share of",
  coarser_only: "it is known of the whole host only",
  finer_only: "each has its own, and no sum of them means anything",
  gone: "it is gone",
  not_watched: "it is read only while somebody looks",
  left_out: "the options leave it out",
  failed: "it could not be read",
};

interface Lack {
  readonly why: string;
  readonly names: readonly string[];
  readonly remedy: string | undefined;
}

export function Lacks(props: { subject: ProofSubject; snapshot: Snapshot }): Html | null {
  const { subject: { quantities }, snapshot } = props;
  const lacks = lacksOf(quantities, snapshot);
  const doubts = doubtsOf(quantities, snapshot);
  if (lacks.length === 0 && doubts.length === 0) return null;
  // Told once, below the last that it helps.
  const byRemedy = Map.groupBy(lacks, ({ remedy, why }) => remedy ?? why);
  return (
    <div class="wide">
      {doubts.map((text) => <p>{text}</p>)}
      {[...byRemedy.values()].map((some) => (
        <>
          {some.map(({ why, names }) => <p>{`${names.join(", ")}: ${why}.`}</p>)}
          {some[0]!.remedy === undefined ? null : <Remedy text={some[0]!.remedy} />}
        </>
      ))}
    </div>
  );
}

/** The readings of a quantity; of a sum that lacks some, those of its parts too. */
function partsOf(quantity: Quantity, snapshot: Snapshot): readonly Reading[] {
  const readings = readingsOf(snapshot, quantity);
  const { metric: id } = quantity.shown;
  // Nobody is there who could have it.
  if (readings.length === 0) {
    const problem = snapshot.cause(id);
    return [{ absent: "not_supported", ...(problem === undefined ? {} : { problem }) }];
  }
  if (!readings.some((reading) => isMeasured(reading) && reading.partial !== undefined)) {
    return readings;
  }
  const { scope } = metric(id);
  return [...readings, ...snapshot.instances(scope).map(({ name }) => snapshot.read(id, name))];
}

/** What is not measured, by its causes. */
function lacksOf(quantities: readonly Quantity[], snapshot: Snapshot): readonly Lack[] {
  const lacks = new Map<string, { names: string[]; remedy: string | undefined }>();
  for (const quantity of quantities) {
    const readings = partsOf(quantity, snapshot);
    const some = readings.some(isMeasured);
    for (const reading of readings) {
      // Where others have it, only a cause is worth a word.
      if (isMeasured(reading) || (some && reading.problem === undefined)) continue;
      const why = reading.problem?.message.replace(/\.$/, "") ?? SENTENCES[reading.absent];
      const lack = lacks.get(why) ?? { names: [], remedy: reading.problem?.remedy };
      const name = nameOf(quantity.shown);
      if (!lack.names.includes(name)) lack.names.push(name);
      lacks.set(why, lack);
    }
  }
  return [...lacks].map(([why, { names, remedy }]) => ({ why, names, remedy }));
}

/** Why figures cannot be true: in full for the first that it is said of. */
function doubtsOf(quantities: readonly Quantity[], snapshot: Snapshot): readonly string[] {
  const found = new Map<string, { first: string; others: number }>();
  for (const quantity of quantities) {
    const { metric: id } = quantity.shown;
    for (const reading of readingsOf(snapshot, quantity)) {
      if (!isMeasured(reading) || reading.doubt === undefined) continue;
      const known = found.get(id);
      if (known !== undefined) known.others++;
      else {
        const first = `${nameOf(quantity.shown)}, implausible: ${doubtText(reading.doubt, id)}`;
        found.set(id, { first, others: 0 });
      }
    }
  }
  return [...found.values()].map(({ first, others }) =>
    others === 0 ? `${first}.` : `${first}, and ${others} more.`
  );
}

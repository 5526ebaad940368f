/**
 * The proof of a card: the events by the groups that count them, who says that they mean this, how
 * figures are made of them, what is missing and where, and the `perf stat` line that counts the same.
 *
 * @module
 */
import type { Card } from "../collectors/card.ts";
import { type Derived, type Metric, metric as metricOf, SCOPES } from "../collectors/catalogue.ts";
import type { Doubt } from "../collectors/doubt.ts";
import { type Formula, inputs, print } from "../collectors/formula.ts";
import { groupOf, hasProof, proofOf } from "../collectors/mod.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import type { Provenance, Source } from "../collectors/source.ts";
import { isHere, isMeasured } from "../collectors/trust.ts";
import { factor, plural } from "./format.ts";
import { doubtText } from "./doubt_text.ts";
import type { Html } from "./html.ts";
import { Command, Remedy } from "./problems.tsx";
import { quantitiesOf, readingsOf } from "./standing.ts";

const SAYS: Readonly<Record<Provenance, readonly [one: string, several: string]>> = {
  kernel: ["the kernel's event", "the kernel's events"],
  vendor: ["an event of the maker's list", "events of the maker's list"],
  third_party: ["an event that one other source names", "events that one other source names"],
  unverified: ["an event that nobody has verified yet", "events that nobody has verified yet"],
};

export interface ProofLinesProps {
  readonly card: Card;
  /** Quantities of the card that are counted here. */
  readonly ids: readonly string[];
  readonly snapshot: Snapshot;
}

export function ProofLines({ card, ids, snapshot }: ProofLinesProps): Html {
  const { sources, command } = proofOf(snapshot, ids);
  const notes = new Set(sources.flatMap(({ note }) => note ?? []));
  return (
    <div>
      {[...Map.groupBy(sources, ({ pmu }) => pmu).values()].map((some) =>
        [...Map.groupBy(some, groupOf).values()].map((group, index, { length }) => (
          <Group sources={group} {...(length > 1 ? { number: index + 1 } : {})} />
        ))
      )}
      {ids.some((id) => isMade(metricOf(id), snapshot)) ? <h3>What is made of them</h3> : null}
      {ids.map((id) => <Made entry={metricOf(id)} snapshot={snapshot} />)}
      {[...doubtsOf(snapshot, card)].map(([id, { first, others }]) => (
        <p class="m">
          {`${metricOf(id).name}, implausible: ${doubtText(first, id)}`}
          {others === 0 ? "." : `, and ${others} more.`}
        </p>
      ))}
      {[...notes].map((note) => <p class="m">{note}</p>)}
      {placesLacking(sources, snapshot).map(([why, names]) => <Lacking why={why} names={names} />)}
      <Lacks lacks={lacksOf(snapshot, card)} />
      {command === null ? null : <Command text={command} />}
    </div>
  );
}

/**
 * `Group 2 on cpu, 8 CPUs: the kernel's events`, and each event once. `number` is the card's own; a PMU
 * with one group of events in the card has none.
 */
function Group(props: { sources: readonly Source[]; number?: number }): Html {
  const { sources, number } = props;
  const { metric, pmu } = sources[0]!;
  const instances = new Set(sources.flatMap((source) => source.instances));
  const group = number === undefined ? "On" : `Group ${number} on`;
  const where = instances.size === 0
    ? ""
    : `, ${countOfThem(instances.size, metricOf(metric).scope)}`;
  const said = new Set(sources.map(({ provenance }) => provenance));
  const [only] = said;
  return (
    <>
      <h3>{`${group} ${pmu}${where}${said.size === 1 ? `: ${SAYS[only!][1]}` : ""}`}</h3>
      {[...Map.groupBy(sources, ({ events }) => events.join(" + "))].map(([events, same]) => (
        <p>
          <code>{events}</code>
          {`: ${[...new Set(same.map(countOf))].join(", ")}`}
          {said.size === 1 ? "" : ` (${SAYS[same[0]!.provenance][0]})`}
        </p>
      ))}
    </>
  );
}

/** `8 memory controllers`, `1 CPU`, `2 cores at rest`: as it stands in the middle of a sentence. */
function countOfThem(count: number, scope: string): string {
  // What begins with two capitals or a number is an abbreviation.
  const one = SCOPES.get(scope)!.name.replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase());
  const many = one.replace(/^.*?(?= (?:at|of|to) |$)/, (noun) => `${noun.replace(/y$/, "ie")}s`);
  return plural(count, one, many);
}

function countOf({ metric }: Source): string {
  return nameOfCount(metricOf(metric));
}

/** What is counted again beside its partners has the name of what it is. */
function nameOfCount(entry: Metric): string {
  const twin = entry.kind === "derived" ? undefined : entry.twin;
  return twin === undefined ? entry.name : metricOf(twin).name;
}

/** Whether a figure is made of others, and no plain count. */
function isMade(entry: Metric, snapshot: Snapshot): entry is Derived {
  return entry.kind === "derived" && taken(entry.formula, snapshot).op !== "rate";
}

function Made(props: { entry: Metric; snapshot: Snapshot }): Html | null {
  const { entry, snapshot } = props;
  if (!isMade(entry, snapshot)) return null;
  const formula = taken(entry.formula, snapshot);
  const reading = snapshot.read(entry.id);
  const mixed = isMeasured(reading) && reading.mixed === true;
  const name = (term: Formula): string => {
    if (!("metric" in term)) return term.op === "number" ? factor(term.value) : term.op;
    const counted = metricOf(term.metric);
    return mixed ? nameOfCount(counted) : counted.name;
  };
  return (
    <p>
      {`${entry.name} = ${print(formula, name)}`}
      {mixed ? ", mixed: counted at different times" : ""}
    </p>
  );
}

/** A formula without the ways that this machine does not go. */
function taken(formula: Formula, snapshot: Snapshot): Formula {
  if ("of" in formula) return { ...formula, of: taken(formula.of, snapshot) };
  if (!("left" in formula)) return formula;
  const left = taken(formula.left, snapshot);
  const right = taken(formula.right, snapshot);
  if (formula.op !== "either") return { ...formula, left, right };
  return inputs(left).every((id) => isCountedHere(id, snapshot)) ? left : right;
}

function isCountedHere(id: string, snapshot: Snapshot): boolean {
  return hasProof(id) ? proofOf(snapshot, [id]).sources.length > 0 : isHere(snapshot.read(id));
}

interface Doubts {
  readonly first: Doubt;
  /** Instances with doubts of their own. */
  others: number;
}

/** Why figures of the card cannot be true: by metric, in full for the first that it is said of. */
export function doubtsOf(snapshot: Snapshot, card: Card): ReadonlyMap<string, Doubts> {
  const found = new Map<string, Doubts>();
  for (const quantity of quantitiesOf(card)) {
    for (const reading of readingsOf(snapshot, quantity)) {
      if (!isMeasured(reading) || reading.doubt === undefined) continue;
      const known = found.get(quantity.shown.metric);
      if (known === undefined) {
        found.set(quantity.shown.metric, { first: reading.doubt, others: 0 });
      } else known.others++;
    }
  }
  return found;
}

type Lack = readonly [why: string, names: readonly string[]];

/** What is counted, and not everywhere: on one kind of core, or on some CPUs. */
function placesLacking(sources: readonly Source[], snapshot: Snapshot): readonly Lack[] {
  const lacks = new Map<string, string[]>();
  for (const [id, own] of Map.groupBy(sources, ({ metric }) => metric)) {
    const why = whereNot(
      metricOf(id).scope,
      new Set(own.flatMap((each) => each.instances)),
      snapshot,
    );
    if (why === null) continue;
    const names = lacks.get(why) ?? [];
    const name = nameOfCount(metricOf(id));
    if (!names.includes(name)) names.push(name);
    lacks.set(why, names);
  }
  return [...lacks];
}

function whereNot(
  scope: string,
  counted: ReadonlySet<string>,
  snapshot: Snapshot,
): string | null {
  if (scope === "host") return null;
  const all = snapshot.instances(scope);
  const lacking = all.filter(({ name }) => !counted.has(name));
  if (lacking.length === 0) return null;
  const types = new Set(lacking.map(({ groups }) => groups.core_type));
  const whole = all.every(({ name, groups }) => counted.has(name) !== types.has(groups.core_type));
  if (whole && !types.has(undefined)) return `not on ${[...types].join(", ")}`;
  return `on ${all.length - lacking.length} of ${countOfThem(all.length, scope)}`;
}

/** A cause, and the quantities of the card that it costs. */
interface CardLack {
  readonly why: string;
  readonly names: readonly string[];
  readonly remedy: string | undefined;
}

/** What the card shows and cannot, by its causes. */
function lacksOf(snapshot: Snapshot, card: Card): readonly CardLack[] {
  const lacks = new Map<string, { names: string[]; remedy: string | undefined }>();
  for (const quantity of quantitiesOf(card)) {
    for (const reading of readingsOf(snapshot, quantity)) {
      if (isMeasured(reading) || reading.problem === undefined) continue;
      const { message, remedy } = reading.problem;
      const lack = lacks.get(message) ?? { names: [], remedy };
      const { name } = metricOf(quantity.shown.metric);
      if (!lack.names.includes(name)) lack.names.push(name);
      lacks.set(message, lack);
    }
  }
  return [...lacks].map(([why, { names, remedy }]) => ({ why, names, remedy }));
}

/** Each with what would help: told once, below the last that it helps. */
function Lacks({ lacks }: { lacks: readonly CardLack[] }): Html {
  const byRemedy = Map.groupBy(lacks, ({ remedy, why }) => remedy ?? why);
  return (
    <>
      {[...byRemedy.values()].map((some) => (
        <>
          {some.map(({ why, names }) => <Lacking why={why} names={names} />)}
          {some[0]!.remedy === undefined ? null : <Remedy text={some[0]!.remedy} />}
        </>
      ))}
    </>
  );
}

function Lacking({ why, names }: { why: string; names: readonly string[] }): Html {
  return <p class="m">{`${names.join(", ")}: ${why}.`}</p>;
}

/**
 * How the readings of a card, and of the whole page, stand: which grade covers them all, how many of
 * them there are of each kind, and whether one cause has taken them all.
 *
 * @module
 */
import type { Block, Card, CardNeeds, Headline, Shown } from "../collectors/card.ts";
import { CARDS, metric, SCOPES } from "../collectors/catalogue.ts";
import { readersOf, Reread } from "../collectors/mod.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import {
  type Grade,
  isMeasured,
  type Measurement,
  type Problem,
  type Reading,
  type Reason,
  weaker,
  worse,
} from "../collectors/trust.ts";

/** Something that a card shows: one figure, or a column with a value for each instance. */
export interface Quantity {
  readonly shown: Shown;
  /** Shown for every instance of this scope. */
  readonly scope?: string;
}

/** Quantities of the page by what they are worth; they add up to `total`. */
export interface Tally {
  readonly total: number;
  readonly measured: number;
  readonly grades: Readonly<Record<Grade, number>>;
  /** Will be there in a moment, or while somebody looks. */
  readonly waiting: number;
  readonly unavailable: number;
}

/** Absent for now: it comes when there is something to count, or somebody looks. */
const WAITING: readonly Reason[] = ["not_yet", "not_counted", "not_watched", "no_events"];

/** Processes are alike in what can be read of them: so many stand for all. */
const VOLATILE_MOST = 32;

const QUANTITIES = new WeakMap<Card, readonly Quantity[]>();

/** What a card shows, each once. */
export function quantitiesOf(card: Card): readonly Quantity[] {
  let found = QUANTITIES.get(card);
  if (found === undefined) {
    const all = new Map<string, Quantity>();
    for (const block of card.blocks) {
      for (const quantity of quantitiesIn(block)) {
        // A legend calls it by what it stands for there; who tells it first, by what it is.
        if (!all.has(keyOf(quantity))) all.set(keyOf(quantity), quantity);
      }
    }
    QUANTITIES.set(card, found = [...all.values()]);
  }
  return found;
}

function quantitiesIn(block: Block): readonly Quantity[] {
  switch (block.block) {
    case "headline":
      return [{ shown: block.shown }];
    case "figures":
      return block.rows.map((shown) => ({ shown }));
    // The groups of a quantity that stands beside them.
    case "parts":
      return [];
    case "fold":
      return block.blocks.flatMap(quantitiesIn);
    case "bar":
      return [...block.parts, { metric: block.whole }].map((shown) => ({ shown }));
    case "table":
      return block.columns.map((shown) => ({ shown, scope: block.scope }));
    case "grid":
      return block.rows.flatMap(({ cells }) => cells.filter((shown) => shown !== null))
        .map((shown) => ({ shown }));
    case "each":
      return block.parts.map((shown) => ({ shown, scope: block.scope }));
    case "chart":
      return block.series.map((shown) => ({ shown }));
  }
}

function keyOf({ shown, scope }: Quantity): string {
  return `${shown.metric}\n${shown.instance ?? ""}\n${scope ?? ""}`;
}

/** All readings of a quantity: one, or one for each instance that is there. */
export function readingsOf(snapshot: Snapshot, quantity: Quantity): readonly Reading[] {
  const { shown, scope } = quantity;
  if (scope === undefined) return [snapshot.read(shown.metric, shown.instance)];
  const all = snapshot.instances(scope);
  const most = SCOPES.get(scope)?.volatile ? Math.min(all.length, VOLATILE_MOST) : all.length;
  const readings: Reading[] = [];
  for (let i = 0; i < most; i++) readings.push(snapshot.read(shown.metric, all[i]!.name));
  return readings;
}

/** The one grade that covers all: the worst of the measured ones, with its coverage. */
export function worst(readings: readonly Reading[]): Measurement | null {
  let found: Measurement | null = null;
  for (let i = 0; i < readings.length; i++) {
    const reading = readings[i]!;
    if (!isMeasured(reading)) continue;
    if (found === null || isWorse(reading, found)) found = reading;
  }
  return found;
}

function isWorse(a: Measurement, b: Measurement): boolean {
  if (a.grade === b.grade) return a.coverage < b.coverage;
  return worse(a.grade, b.grade) === a.grade;
}

/** What stands in a card's header: the worst grade, and what holds of any of its figures. */
export function cardStanding(snapshot: Snapshot, card: Card): Measurement | null {
  return standingOver(quantitiesOf(card).flatMap((quantity) => readingsOf(snapshot, quantity)));
}

/** The one standing of several readings; null where none is measured. */
export function standingOver(readings: readonly Reading[]): Measurement | null {
  const found = worst(readings);
  if (found === null || found.grade === "exact") return found;
  const measured = readings.filter(isMeasured);
  const partials = measured.flatMap(({ partial }) => partial ?? []);
  const least = partials.toSorted((a, b) => a.counted / a.present - b.counted / b.present)[0];
  // Of one figure a bound says nothing of the others.
  const { bound, ...rest } = found;
  const hearsay = measured.map((reading) => reading.hearsay).reduce(weaker);
  const bounded = bound !== undefined && measured.every((reading) => reading.bound === bound);
  return {
    ...rest,
    ...(bounded ? { bound } : {}),
    ...(measured.some(({ mixed }) => mixed) ? { mixed: true } : {}),
    ...(hearsay === undefined ? {} : { hearsay }),
    ...(least === undefined ? {} : { partial: least }),
  };
}

const ABSENCES = new WeakMap<Snapshot, Map<Card, readonly Problem[]>>();

/**
 * The causes that leave a card with nothing to show; empty while it has something, or while its
 * figures may come by themselves.
 */
export function absenceOf(snapshot: Snapshot, card: Card): readonly Problem[] {
  let found = ABSENCES.get(snapshot);
  if (found === undefined) ABSENCES.set(snapshot, found = new Map());
  let causes = found.get(card);
  if (causes === undefined) found.set(card, causes = causesOf(snapshot, card));
  return causes;
}

/** The first card of the page that lacks everything for the very causes for which this one does. */
export function sameAbsence(snapshot: Snapshot, card: Card): Card | undefined {
  const causes = absenceOf(snapshot, card);
  const first = CARDS.find((other) => {
    const others = absenceOf(snapshot, other);
    return others.length === causes.length && others.every((cause) => causes.includes(cause));
  });
  return first === card ? undefined : first;
}

/** The headline of a card; undefined where it has none. */
export function headlineOf(card: Card): Headline | undefined {
  return card.blocks.find((block) => block.block === "headline");
}

/** The card whose figure is the page's: the first whose headline is there, or comes by itself. */
export function heroOf(
  snapshot: Snapshot,
  cards: readonly Card[] = CARDS,
): Card | undefined {
  let heroes = HEROES.get(snapshot);
  if (heroes === undefined) HEROES.set(snapshot, heroes = new Map());
  if (!heroes.has(cards)) heroes.set(cards, findHero(snapshot, cards));
  return heroes.get(cards);
}

/** Kept, since every card asks. */
const HEROES = new WeakMap<Snapshot, Map<readonly Card[], Card | undefined>>();

function findHero(snapshot: Snapshot, cards: readonly Card[]): Card | undefined {
  return cards.find((card) => {
    const headline = headlineOf(card);
    if (headline === undefined) return false;
    const reading = snapshot.read(headline.shown.metric, headline.shown.instance);
    return isMeasured(reading) || WAITING.includes(reading.absent);
  });
}

const NEEDS = new WeakMap<Card, readonly Problem[]>();

/** What is said of a card that has too little to compare: always the same object. */
function needOf(card: Card, message: string): readonly Problem[] {
  let found = NEEDS.get(card);
  if (found === undefined) {
    const problem: Problem = { key: card.id, collector: card.id, reason: "not_supported", message };
    NEEDS.set(card, found = [problem]);
  }
  return found;
}

/** Too few are had, or may come, and somebody said why another is not. */
function lacksNeeds(snapshot: Snapshot, { least, of }: CardNeeds): boolean {
  let had = 0;
  let explained = false;
  for (const id of of) {
    const reading = snapshot.read(id);
    if (!isMeasured(reading) && reading.problem !== undefined) explained = true;
    else if (isMeasured(reading) || WAITING.includes(reading.absent)) had++;
  }
  return explained && had < least;
}

/** What rights would bring, where with them there would be enough. */
function deniedOf(snapshot: Snapshot, { least, of }: CardNeeds): readonly Problem[] {
  const readings = of.map((id) => snapshot.read(id));
  const denied = readings.flatMap((reading) =>
    !isMeasured(reading) && reading.absent === "denied" ? reading.problem ?? [] : []
  );
  const had = readings.filter(isMeasured).length;
  return had + denied.length < least ? [] : [...new Set(denied)];
}

function causesOf(snapshot: Snapshot, card: Card): readonly Problem[] {
  const { needs } = card;
  if (needs !== undefined && lacksNeeds(snapshot, needs)) {
    const denied = deniedOf(snapshot, needs);
    return denied.length > 0 ? denied : needOf(card, needs.message);
  }
  const causes = new Set<Problem>();
  for (const quantity of quantitiesOf(card)) {
    const readings = readingsOf(snapshot, quantity);
    for (const reading of readings) {
      if (isMeasured(reading)) return [];
      if (reading.problem === undefined) return [];
      causes.add(reading.problem);
    }
    if (readings.length > 0) continue;
    const cause = snapshot.cause(quantity.shown.metric);
    if (cause === undefined) return [];
    causes.add(cause);
  }
  return [...causes];
}

type Standing = Grade | "waiting" | "unavailable" | "none";

/** Quantities of one metric: shown of the host, and of each CPU. */
interface Alike {
  readonly quantities: readonly Quantity[];
  readonly readers: readonly number[];
  /** Of the first that the machine has, as of the last snapshot. */
  standing: Standing;
}

interface Tallied {
  readonly alike: readonly Alike[];
  readonly reread: Reread;
}

const TALLIED = new WeakMap<readonly Card[], Tallied>();

function talliedOf(cards: readonly Card[]): Tallied {
  let found = TALLIED.get(cards);
  if (found === undefined) {
    const groups = Map.groupBy(
      cards.flatMap(quantitiesOf),
      ({ shown }) => `${shown.metric}\n${shown.instance ?? ""}`,
    );
    const alike = [...groups.values()].map((quantities): Alike => {
      const { metric } = quantities[0]!.shown;
      return { quantities, readers: readersOf(metric), standing: "none" };
    });
    const reread = new Reread(cards.flatMap(quantitiesOf).map(({ shown }) => shown.metric));
    TALLIED.set(cards, found = { alike, reread });
  }
  return found;
}

/**
 * Counts the quantities of some cards, each once however often it is shown. What nobody has read again
 * stands as it did.
 */
export function tally(snapshot: Snapshot, cards: readonly Card[] = CARDS): Tally {
  const grades: Record<Grade, number> = { exact: 0, estimated: 0, low: 0, implausible: 0 };
  let waiting = 0;
  let unavailable = 0;
  const { alike, reread } = talliedOf(cards);
  reread.update(snapshot);
  for (const each of alike) {
    if (reread.has(each.readers)) {
      each.standing = standingAmong(snapshot, each.quantities);
    }
    const { standing } = each;
    if (standing === "none") continue;
    if (standing === "waiting") waiting++;
    else if (standing === "unavailable") unavailable++;
    else grades[standing]++;
  }
  const measured = grades.exact + grades.estimated + grades.low + grades.implausible;
  return { total: measured + waiting + unavailable, measured, grades, waiting, unavailable };
}

function standingAmong(snapshot: Snapshot, quantities: readonly Quantity[]): Standing {
  for (const quantity of quantities) {
    const standing = standingOf(snapshot, quantity);
    if (standing !== "none") return standing;
  }
  return "none";
}

/** `none`: the machine has no such instance, and nothing stands in the way of finding one. */
function standingOf(snapshot: Snapshot, quantity: Quantity): Standing {
  const { shown, scope } = quantity;
  if (shown.instance === undefined && snapshot.isExact(shown.metric, scope)) return "exact";
  let first: Reading | undefined;
  if (scope === undefined) {
    first = snapshot.read(shown.metric, shown.instance);
    if (isMeasured(first)) return first.grade;
  } else {
    const readings = readingsOf(snapshot, quantity);
    const measured = worst(readings);
    if (measured !== null) return measured.grade;
    first = readings[0];
  }
  if (first === undefined || isMeasured(first)) {
    return snapshot.cause(quantity.shown.metric) === undefined ? "none" : "unavailable";
  }
  switch (first.absent) {
    // Nothing happened that could be measured: that is known, and for certain.
    case "no_events":
      return "exact";
    case "not_supported":
      return first.problem === undefined ? "none" : "unavailable";
    case "not_yet":
    case "not_counted":
    case "not_watched":
      return "waiting";
    default:
      return "unavailable";
  }
}

/** The name of a figure: the card's, or the metric's own. */
export function nameOf(shown: Shown): string {
  return shown.name ?? metric(shown.metric).name;
}

/**
 * What the sources say of the numbers in a row, looked up by slot: which were counted together, and
 * which rest on the word of somebody who is neither the kernel nor the maker.
 *
 * @module
 */
import { type Measured, metric as metricOf } from "../catalogue.ts";
import { type Formula, inputs } from "../formula.ts";
import type { Source } from "../source.ts";
import { HEARSAY } from "../trust.ts";
import type { Members } from "./groups.ts";

/** As much of a layout as tells who has which slot. */
interface Named {
  readonly name: string;
  readonly goneSequence: number | null;
}
type Scopes = Readonly<Record<string, { readonly instances: readonly (Named | null)[] }>>;

/** No source is known. */
const NONE = 0;

/** Where one metric is counted, by slot. */
interface Places {
  /** A number for each group of the kernel, from 1; `NONE`. */
  readonly groups: Int32Array;
  /** 0, or the place of `HEARSAY` from 1 on: what is counted there is never exact. */
  readonly doubted: Uint8Array;
}

/** Stands for the slots of all there are. */
const EVERYBODY: readonly number[] = [];

const UNDECIDED = 0;
const TOGETHER = 1;
const MIXED = 2;

/** One formula: whether its terms were counted together, as far as anybody asked. */
interface Verdicts {
  readonly terms: readonly Measured[];
  readonly bySlot: Uint8Array;
}

export class SourceIndex {
  readonly #scopes: Scopes;
  readonly #sources = new Map<string, Source[]>();
  readonly #places = new Map<string, Places | null>();
  readonly #groups = new Map<string, number>();
  /** When groups last changed under what they count; by collector. */
  readonly #changedMs = new Map<string, number>();
  readonly #verdicts = new Map<Formula, Verdicts>();
  /** By slots; weakly, since a window makes lists of those that have all terms. */
  readonly #sums = new Map<Formula, WeakMap<readonly number[], boolean>>();

  constructor(scopes: Scopes, sources: readonly Source[]) {
    this.#scopes = scopes;
    for (const source of sources) {
      const entry = metricOf(source.metric);
      if (source.sinceMs !== undefined && entry.kind !== "derived") {
        const before = this.#changedMs.get(entry.collector) ?? -Infinity;
        this.#changedMs.set(entry.collector, Math.max(before, source.sinceMs));
      }
      const known = this.#sources.get(source.metric);
      if (known === undefined) this.#sources.set(source.metric, [source]);
      else known.push(source);
    }
  }

  /** Of a measured metric; of a derived one those of all its terms. Times are counted with their counter. */
  sources(id: string): readonly Source[] {
    const entry = metricOf(id);
    if (entry.kind === "derived") {
      return inputs(entry.formula).flatMap((input) => this.sources(input));
    }
    return this.#sources.get(entry.sourced ?? id) ?? [];
  }

  /** By slot: 0, or from 1 on the place in `HEARSAY` of who vouches. Null where nobody needs to. */
  doubted(metric: Measured): Uint8Array | null {
    return this.#placesOf(metric)?.doubted ?? null;
  }

  /** Whether the groups of terms changed after a window began. `beginMs`: by collector. */
  changedInside(formula: Formula, beginMs: (collector: string) => number): boolean {
    if (this.#changedMs.size === 0) return false;
    const { terms } = this.#verdictsOf(formula);
    return terms.length > 1 && terms.some(({ collector }) => {
      const changedMs = this.#changedMs.get(collector);
      return changedMs !== undefined && changedMs > beginMs(collector);
    });
  }

  /**
   * Whether the counted terms of a formula without `either` were counted by different groups, for an
   * instance of `scope`. False where no source says so.
   */
  mixedAt(formula: Formula, scope: string, slot: number): boolean {
    const verdicts = this.#verdictsOf(formula);
    if (verdicts.terms.length < 2) return false;
    if (verdicts.bySlot[slot] === UNDECIDED) {
      verdicts.bySlot[slot] = this.#differ(verdicts.terms, scope, slot) ? MIXED : TOGETHER;
    }
    return verdicts.bySlot[slot] === MIXED;
  }

  /** The same for a sum over the members of a group, `null` for all there are. */
  mixedAcross(formula: Formula, scope: string, members: Members | null): boolean {
    const { terms } = this.#verdictsOf(formula);
    if (terms.length < 2) return false;
    let sums = this.#sums.get(formula);
    if (sums === undefined) this.#sums.set(formula, sums = new WeakMap());
    const known = members?.get(scope) ?? EVERYBODY;
    let mixed = sums.get(known);
    if (mixed === undefined) {
      const slotsOf = (each: string): readonly number[] | null => members?.get(each) ?? null;
      const scopes = [...new Set(terms.map((term) => term.scope))];
      // A group of the kernel counts at one place: where one is known at each of two scopes, they differ.
      mixed = scopes.filter((each) => this.#isSourced(terms, each, slotsOf(each))).length > 1 ||
        scopes.some((each) =>
          this.#present(each, slotsOf(each)).some((slot) => this.#differ(terms, each, slot))
        );
      sums.set(known, mixed);
    }
    return mixed;
  }

  /** Whether terms of one scope are known to be of different groups at a slot. */
  #differ(terms: readonly Measured[], scope: string, slot: number): boolean {
    let first = NONE;
    for (const term of terms) {
      if (term.scope !== scope) continue;
      const group = this.#placesOf(term)?.groups[slot] ?? NONE;
      if (group === NONE) continue;
      if (first !== NONE && group !== first) return true;
      first = group;
    }
    return false;
  }

  #isSourced(
    terms: readonly Measured[],
    scope: string,
    slots: readonly number[] | null,
  ): boolean {
    const own = terms.filter((term) => term.scope === scope);
    return this.#present(scope, slots).some((slot) =>
      own.some((term) => (this.#placesOf(term)?.groups[slot] ?? NONE) !== NONE)
    );
  }

  #present(scope: string, slots: readonly number[] | null): readonly number[] {
    const instances = this.#scopes[scope]?.instances ?? [];
    const all = slots ?? [...instances.keys()];
    return all.filter((slot) => instances[slot]?.goneSequence === null);
  }

  #verdictsOf(formula: Formula): Verdicts {
    let verdicts = this.#verdicts.get(formula);
    if (verdicts === undefined) {
      const terms = inputs(formula).map(metricOf).filter((entry): entry is Measured =>
        entry.kind === "counter" && (entry.counted ?? entry.sourced) !== undefined
      );
      const most = Math.max(
        ...terms.map(({ scope }) => this.#scopes[scope]?.instances.length ?? 1),
        1,
      );
      this.#verdicts.set(formula, verdicts = { terms, bySlot: new Uint8Array(most) });
    }
    return verdicts;
  }

  #placesOf(metric: Measured): Places | null {
    let places = this.#places.get(metric.id);
    if (places === undefined) this.#places.set(metric.id, places = this.#place(metric));
    return places;
  }

  #place(metric: Measured): Places | null {
    const sources = this.#sources.get(metric.sourced ?? metric.id);
    if (sources === undefined) return null;
    const instances = this.#scopes[metric.scope]?.instances ?? [];
    const slotOf = new Map(instances.map((instance, slot) => [instance?.name, slot]));
    const groups = new Int32Array(instances.length);
    const doubted = new Uint8Array(instances.length);
    for (const source of sources) {
      const key = `${metric.collector}/${source.group}`;
      let group = this.#groups.get(key);
      if (group === undefined) this.#groups.set(key, group = this.#groups.size + 1);
      for (const name of source.instances) {
        const slot = slotOf.get(name);
        if (slot === undefined) continue;
        groups[slot] = group;
        doubted[slot] = HEARSAY.findIndex((word) => word === source.provenance) + 1;
      }
    }
    return { groups, doubted };
  }
}

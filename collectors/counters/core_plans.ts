/**
 * How the quantities are counted on one core PMU: which recipe the CPU has events for, and which groups
 * its counters hold. Both are found out by opening, on a few CPUs for all of their kind.
 *
 * @module
 */
import { type Term, TERMS } from "../catalogue/core_counters.ts";
import { isAboutTheEvent } from "../kernel/errno.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Narrowing } from "../narrowing.ts";
import { type CorePmu, genericEvent } from "../pmu/core_pmu.ts";
import { meansEvent } from "../pmu/event_list.ts";
import { type BundleRequest, keyOf, type Plan, planGroups } from "../pmu/plan.ts";
import type { PmuEvent } from "../pmu/pmu_event.ts";
import { type BundleId, BUNDLES, type Recipe } from "../pmu/recipe.ts";
import { isZen } from "../pmu/cpu_model.ts";
import { type CpuModel, recipesFor, whyNoRecipe } from "../pmu/recipes.ts";
import { tryGroup } from "./trial.ts";

export interface CorePlansOptions {
  readonly kernel: Kernel;
  readonly pmu: CorePmu;
  readonly model: CpuModel;
  /** Its CPUs, one or more; on some of them events are tried. */
  readonly cpus: readonly number[];
  readonly narrowing: Narrowing;
  /** The NMI watchdog holds a counter of every CPU for good (kernel/watchdog_perf.c). */
  readonly watchdog: boolean;
}

/** Terms that the PMU has no event for. */
export interface Missing {
  readonly bundle: BundleId;
  readonly metrics: readonly string[];
  readonly why: string;
}

export class CorePlans {
  readonly pmu: CorePmu;
  /** What the CPU has events for, the important bundles first. */
  readonly bundles: readonly BundleRequest[];
  /** Every event that was tried for a bundle that is counted, with what the kernel said; 0: opened. */
  readonly tried: readonly { readonly event: PmuEvent; readonly errno: number }[];
  readonly missing: readonly Missing[];
  /** The terms that nobody asked for. */
  readonly unwanted: readonly string[];
  readonly #options: CorePlansOptions;
  /** One may lack what the others have: a watchdog or a hypervisor holds it there. */
  #trialCpus: readonly number[] = [];
  /** A trial said nothing of the events: its CPU was offline, or descriptors were out. */
  #unsure = false;
  readonly #recipes = new Map<string, Recipe>();
  readonly #errnos = new Map<string, number>();
  readonly #plans = new Map<string, Plan>();

  constructor(options: CorePlansOptions) {
    this.#options = options;
    this.tryOn(options.cpus);
    this.pmu = options.pmu;
    const recipes = recipesFor(options.pmu, options.model);
    const tried = new Map<string, PmuEvent>();
    const missing: Missing[] = [];
    const bundles: BundleRequest[] = [];
    for (const id of BUNDLES) {
      const wanted = TERMS.filter((term) => term.bundle === id && this.#wants(term, recipes));
      if (wanted.length === 0) continue;
      const recipe = this.#choose(recipes.get(id) ?? []);
      if (recipe !== undefined) {
        for (const event of Object.values(recipe.terms).flat()) tried.set(keyOf(event), event);
      }
      const lacking: string[] = [];
      const terms = wanted.flatMap((term) => {
        const events = recipe?.terms[term.role] ?? [];
        if (events.length === 0) {
          if (!term.inner) lacking.push(term.metric);
          return [];
        }
        return events.every((event) => this.#errnoOf(event) === 0)
          ? [{ metric: term.metric, events }]
          : [];
      });
      // What a PMU outside the cores counts is no lack of theirs.
      if (lacking.length > 0 && !(id === "llc" && isZen(options.model))) {
        missing.push({ bundle: id, metrics: lacking, why: this.#why(id, recipe) });
      }
      if (recipe === undefined || !terms.some(({ metric }) => !termOf(metric).inner)) continue;
      for (const { metric } of terms) this.#recipes.set(metric, recipe);
      bundles.push({ id, terms });
    }
    this.bundles = bundles;
    this.missing = missing;
    this.unwanted = TERMS
      .filter((term) => !term.inner && !this.#wants(term, recipes))
      .map(({ metric }) => metric);
    this.tried = [...tried.values()].map((event) => ({ event, errno: this.#errnoOf(event) }));
  }

  /** The CPUs that are there now. */
  tryOn(cpus: readonly number[]): void {
    if (cpus.length === 0) return;
    this.#trialCpus = [...new Set([cpus[0]!, cpus.at(-1)!, cpus[cpus.length >> 1]!])];
  }

  /** The metrics that an event is counted for, on its own or in a sum. */
  metricsOf(event: PmuEvent): readonly string[] {
    const key = keyOf(event);
    const recipes = recipesFor(this.pmu, this.#options.model);
    return TERMS.filter(({ bundle, role }) =>
      (recipes.get(bundle) ?? []).some((recipe) =>
        (recipe.terms[role] ?? []).some((candidate) => keyOf(candidate) === key)
      )
    ).map(({ metric }) => metric);
  }

  /** The recipe that a metric is counted by. */
  recipeOf(metric: string): Recipe | undefined {
    return this.#recipes.get(metric);
  }

  /** `sizeMost`: events that a group may have; `eventsMost`: events on each CPU. */
  plan(sizeMost: number, eventsMost: number): Plan {
    const key = `${sizeMost}:${eventsMost}`;
    let plan = this.#plans.get(key);
    if (plan === undefined) {
      this.#unsure = false;
      plan = planGroups(this.bundles, (events) => this.#fits(events), { sizeMost, eventsMost });
      if (!this.#unsure) this.#plans.set(key, plan);
    }
    return plan;
  }

  #fits(events: readonly PmuEvent[]): boolean {
    const { kernel, watchdog, pmu } = this.#options;
    // One that opened by itself fits, even where its counter is the one that is held.
    if (events.length === 1) return true;
    const held = watchdog ? [genericEvent(pmu, "cycles")] : [];
    const said = this.#trialCpus.map((cpu) => tryGroup(kernel, cpu, [...events, ...held]));
    if (said.every((errno) => errno !== 0 && !isAboutTheEvent(errno))) this.#unsure = true;
    return said.includes(0);
  }

  #errnoOf(event: PmuEvent): number {
    const key = keyOf(event);
    let errno = this.#errnos.get(key);
    if (errno === undefined) {
      errno = 0;
      for (const cpu of this.#trialCpus) {
        errno = tryGroup(this.#options.kernel, cpu, [event]);
        if (errno === 0) break;
      }
      if (errno === 0 || isAboutTheEvent(errno)) this.#errnos.set(key, errno);
    }
    return errno;
  }

  /** The first recipe of which everything opens, else the one with most, the first of equals. */
  #choose(recipes: readonly Recipe[]): Recipe | undefined {
    const opened = (recipe: Recipe): number =>
      Object.entries(recipe.terms).filter(([role, events]) =>
        !TERMS.some((term) => term.bundle === recipe.bundle && term.role === role && term.inner) &&
        events.every((event) => this.#errnoOf(event) === 0)
      ).length;
    const whole = recipes.filter((recipe) =>
      eventsOf(recipe).every((event) => this.#errnoOf(event) === 0)
    );
    if (whole.length > 0) {
      // A sum may need more counters than there are, and the next recipe do with fewer.
      return whole.find((recipe) => this.#fits(eventsOf(recipe))) ??
        whole.reduce((a, b) => eventsOf(b).length < eventsOf(a).length ? b : a);
    }
    return recipes.reduce<Recipe | undefined>(
      (best, recipe) => best === undefined || opened(recipe) > opened(best) ? recipe : best,
      undefined,
    );
  }

  #wants(term: Term, recipes: ReadonlyMap<BundleId, readonly Recipe[]>): boolean {
    const { events } = this.#options.narrowing;
    if (events === undefined || events.includes(term.bundle)) return true;
    const names = (recipes.get(term.bundle) ?? [])
      .flatMap((recipe) => recipe.terms[term.role] ?? [])
      .map(({ name }) => name);
    return !term.inner && names.some((name) => events.some((word) => meansEvent(word, name)));
  }

  #why(bundle: BundleId, recipe: Recipe | undefined): string {
    return recipe?.note ?? whyNoRecipe(bundle, this.pmu, this.#options.model);
  }
}

/** The first errors that are not about an event: rights, filters, limits. */
export function deniedErrno(plans: CorePlans): number | undefined {
  return plans.tried.find(({ errno }) => errno !== 0 && !isAboutTheEvent(errno))?.errno;
}

function termOf(metric: string): Term {
  return TERMS.find((term) => term.metric === metric)!;
}

function eventsOf({ terms }: Recipe): readonly PmuEvent[] {
  return [...new Map(Object.values(terms).flat().map((event) => [keyOf(event), event])).values()];
}

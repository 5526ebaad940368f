/**
 * Of several plans that count the same traffic, in order of preference, the first that opens and moves.
 * One that stands still, from the start or later, is given up for the next, and told. Where none moves,
 * main memory's first one stays open, and shows nothing before it moves. Memory that a machine may lack
 * or not use gives its counters back, and nobody is told: it may rest. All are tried again now and then.
 *
 * @module
 */
import { CollectorError, type RowWriter, type Site, type Tick } from "../collector.ts";
import { type MemoryTarget, metricsOf } from "./boxes.ts";
import { MemoryCount } from "./count.ts";
import type { Narrowing } from "../narrowing.ts";
import { perfFamily } from "../pmu/memory_terms.ts";
import type { MemoryPlan } from "../pmu/memory_source.ts";
import type { Source } from "../source.ts";
import type { Reason } from "../trust.ts";

/** Counted for so long without a single line, a memory controller does not count. */
const STILL_SECONDS = 3;
/** Where nothing moves, all are tried again after this. */
const LOOK_AGAIN_SECONDS = 600;

export interface MemoryChoiceOptions {
  readonly site: Site;
  readonly narrowing: Narrowing;
  /** In order of preference. */
  readonly plans: readonly MemoryPlan[];
  readonly target: MemoryTarget;
  /** The sources are others than before, or the boxes are. */
  readonly changed: () => void;
}

export class MemorySourceChoice {
  /** The plan that is counted now; null where none could be opened. */
  count: MemoryCount | null = null;
  readonly #options: MemoryChoiceOptions;
  #plans: readonly MemoryPlan[];
  /** Where the search is in the list. */
  #at = 0;
  /** All were tried, and none moves. */
  resigned = false;
  #stillTold = false;
  #lookAgainSeconds = 0;
  readonly #told: string[] = [];

  /** Throws the first plan's `CollectorError` where none of them can be opened. */
  constructor(options: MemoryChoiceOptions) {
    this.#options = options;
    this.#plans = options.plans;
    const refused = this.#openFrom(0);
    if (this.count === null && refused !== null) throw refused;
  }

  /** Whether it stated something that stands in the way. */
  get isTold(): boolean {
    return this.#told.length > 0;
  }

  get sources(): readonly Source[] {
    return this.count?.counters.sources ?? [];
  }

  /** Whether another plan is counted now, or none, or this one after all. */
  read(row: RowWriter, tick: Tick): boolean {
    const { count } = this;
    const due = this.resigned && tick.seconds >= this.#lookAgainSeconds;
    if (count === null) return due && this.#lookAgain(tick.seconds);
    count.read(row, tick);
    if (count.moving) return this.#stillTold && this.#takeUp();
    if (this.resigned) return due && this.#plans.length > 1 && this.#lookAgain(tick.seconds);
    if (count.stillSeconds < STILL_SECONDS) return false;
    this.#giveUp(count, tick.seconds);
    return true;
  }

  /**
   * PMUs came or went with their CPUs: the same sources, found anew. False where they are others, and
   * nothing was changed.
   */
  replan(plans: readonly MemoryPlan[]): boolean {
    const before = this.#plans;
    if (plans.length !== before.length || plans.some(({ id }, i) => id !== before[i]!.id)) {
      return false;
    }
    this.#plans = plans;
    const { count } = this;
    if (count !== null) count.plan = plans.find(({ id }) => id === count.plan.id)!;
    return true;
  }

  close(): void {
    this.count?.close();
    this.count = null;
  }

  /** Closes, and leaves nothing of it behind. */
  retire(): void {
    this.#retireCount();
    for (const key of this.#told) this.#options.site.resolve(key);
    this.#told.length = 0;
  }

  #retireCount(): void {
    this.count?.retire();
    this.count = null;
  }

  /** It moves after all. */
  #takeUp(): true {
    this.#options.site.resolve(this.#stillKey);
    this.#stillTold = false;
    this.resigned = false;
    return true;
  }

  #lookAgain(seconds: number): boolean {
    const { site, target } = this.#options;
    this.#retireCount();
    for (const { id } of this.#plans) site.resolve(`${target}/refused/${id}`);
    const refused = this.#openFrom(0);
    if (refused !== null) {
      const { reason, message, remedy } = refused;
      const key = `${target}/refused/${this.#plans[0]!.id}`;
      this.#tell({ key, reason, message, remedy, metrics: metricsOf(target) });
    }
    this.resigned = this.count === null;
    this.#lookAgainSeconds = seconds + LOOK_AGAIN_SECONDS;
    return true;
  }

  get #stillKey(): string {
    return `${this.#options.target}/still`;
  }

  #giveUp(count: MemoryCount, seconds: number): void {
    const { site, target } = this.#options;
    const plans = this.#plans;
    // What stands in main memory's place is broken; other memory may be at rest.
    const broken = target === "ddr" || target === "second";
    if (broken && plans.length > 1) {
      this.#tell({
        key: `${target}/zero/${count.plan.id}`,
        message: `${attempt(count.plan)}: found counts that stay at zero, needs counts that move`,
        metrics: [],
      });
    }
    // The first one may as well have the last word: it is what should count here.
    const stays = target === "ddr" && plans.length === 1;
    if (!stays) {
      this.#retireCount();
      this.#openFrom(this.#at + 1);
      if (this.count !== null) return;
      if (target === "ddr") this.#openFrom(0);
    }
    this.resigned = true;
    // One cause tells of all of them.
    for (const { id } of plans) site.resolve(`${target}/zero/${id}`);
    this.#lookAgainSeconds = seconds + LOOK_AGAIN_SECONDS;
    if (!broken) return;
    this.#stillTold = true;
    this.#tell({
      key: this.#stillKey,
      message: `${attempt(plans[0]!)}: found counts that stay at zero` +
        `${plans.length === 1 ? "" : ", as those of all others do"}, needs counts that move`,
      metrics: metricsOf(target),
    });
  }

  /** Opens the first plan from a place on; what stood in the way of the first one that could not be. */
  #openFrom(place: number): CollectorError | null {
    const { site, narrowing, target, changed } = this.#options;
    const plans = this.#plans;
    let first: CollectorError | null = null;
    const refused: { readonly plan: MemoryPlan; readonly error: CollectorError }[] = [];
    for (this.#at = place; this.#at < plans.length; this.#at++) {
      const plan = plans[this.#at]!;
      try {
        this.count = new MemoryCount({ site, narrowing, plan, target, changed });
        break;
      } catch (error) {
        if (!(error instanceof CollectorError)) throw error;
        first ??= error;
        refused.push({ plan, error });
      }
    }
    // Whoever opens tells the first of them.
    if (this.count === null && place === 0) return first;
    for (const { plan, error: { reason, message, remedy } } of refused) {
      this.#tell({ key: `${target}/refused/${plan.id}`, reason, message, remedy, metrics: [] });
    }
    return null;
  }

  #tell(
    problem: {
      readonly key: string;
      readonly reason?: Reason;
      readonly message: string;
      readonly remedy?: string | undefined;
      readonly metrics: readonly string[];
    },
  ): void {
    if (!this.#told.includes(problem.key)) this.#told.push(problem.key);
    this.#options.site.report({ reason: "not_supported", ...problem });
  }
}

function attempt({ name, boxes }: MemoryPlan): string {
  return `Cannot count memory traffic with ${name} (${perfFamily(boxes[0]!.pmu)})`;
}

/**
 * Pages of the fleet as they were rendered last: while what the engine answered stays, so does a page,
 * and one of five thousand hosts takes longer to make than anything else that the service is asked for.
 *
 * @module
 */
import { type FleetChoice, fleetQuery } from "../../views/fleet/choice.ts";
import type { FleetPlan } from "../../views/fleet/rows.ts";
import type { Encoded } from "../encoding.ts";
import type { Told } from "./feed.ts";
import type { Trends } from "./trends.ts";

/** The largest have some MB; those who look at a fleet mostly look at the same. */
const KEPT_MOST = 4;

export interface FleetPage {
  readonly plan: FleetPlan | null;
  /** Or why there are none. */
  readonly trends: Trends | string;
  readonly page: Encoded;
}

export class FleetPages {
  #told: Told | null = null;
  readonly #pages = new Map<string, FleetPage>();

  /** As it was made of this answer; undefined where it was not. */
  of(told: Told, choice: FleetChoice): FleetPage | undefined {
    return told === this.#told ? this.#pages.get(fleetQuery(choice)) : undefined;
  }

  keep(told: Told, choice: FleetChoice, page: FleetPage): void {
    if (told !== this.#told) this.#pages.clear();
    this.#told = told;
    const key = fleetQuery(choice);
    this.#pages.delete(key);
    this.#pages.set(key, page);
    if (this.#pages.size > KEPT_MOST) this.#pages.delete(this.#pages.keys().next().value!);
  }
}

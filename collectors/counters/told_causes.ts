/** The causes that one piece of a collector states: what no longer holds is taken back. @module */
import type { Site } from "../collector.ts";
import type { Problem } from "../trust.ts";

export class ToldCauses {
  #keys: readonly string[] = [];

  /** States these, in place of those that it stated before. */
  tell(
    site: Pick<Site, "report" | "resolve">,
    causes: readonly Omit<Problem, "collector">[],
  ): void {
    const keys = causes.map(({ key }) => key);
    for (const key of this.#keys) if (!keys.includes(key)) site.resolve(key);
    for (const cause of causes) site.report(cause);
    this.#keys = keys;
  }
}

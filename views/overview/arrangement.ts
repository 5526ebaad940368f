/**
 * Which card stands where on this machine. With hardware counters the core of the page is theirs, with
 * their neighbours beside it. Without, the next card that has a figure of its own takes the core, and
 * beside it stands what is lacking and why; nothing is left hollow.
 *
 * @module
 */
import type { Card } from "../../collectors/card.ts";
import { CARDS } from "../../collectors/catalogue.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { absenceOf, headlineOf, heroOf } from "../standing.ts";

export interface Arrangement {
  readonly core: readonly Card[];
  readonly side: readonly Card[];
  /** As wide as the page. */
  readonly wide: readonly Card[];
  /** To be packed into columns. */
  readonly sys: readonly Card[];
  readonly foot: readonly Card[];
  /** Those that have nothing to show. */
  readonly lacking: readonly Card[];
  /** Where it is told of them: beside the core where that is not the counters'. */
  readonly told: "side" | "sys";
}

export function arrange(snapshot: Snapshot, cards: readonly Card[] = CARDS): Arrangement {
  const lacking = cards.filter((card) => absenceOf(snapshot, card).length > 0);
  const present = cards.filter((card) => !lacking.includes(card));
  const hero = heroOf(snapshot, cards);
  const first = cards.find((card) => headlineOf(card) !== undefined);
  const counted = hero === undefined || hero === first;
  const at = (...places: readonly Card["place"][]): readonly Card[] =>
    present.filter((card) => places.includes(card.place) && (counted || card !== hero));
  return counted
    ? {
      core: at("core"),
      side: at("side"),
      wide: at("wide"),
      sys: at("sys"),
      foot: at("foot"),
      lacking,
      told: at("side").length === 0 ? "side" : "sys",
    }
    : {
      core: [hero],
      side: lacking.length > 0 ? [] : at("core", "side"),
      wide: at("wide"),
      sys: lacking.length > 0 ? at("core", "side", "sys") : at("sys"),
      foot: at("foot"),
      lacking,
      told: "side",
    };
}

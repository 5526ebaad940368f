/**
 * The cursor of a stream, `<boot id>-<sequence>`: where a client that comes back stopped reading, and
 * whether what came after is still there.
 *
 * @module
 */
import type { Feed } from "../../collectors/mod.ts";

/** Why a stream cannot be taken up where it ended. */
export type Loss = "foreign_boot" | "future" | "fallen_out";

/** How far a client has been told. */
export type Place =
  | { readonly kind: "new" }
  /** `columns`: which chart columns the client was told last; absent where nobody remembers. */
  | { readonly kind: "at"; readonly sequence: number; readonly columns?: string }
  | { readonly kind: "lost"; readonly loss: Loss };

export const NEW: Place = { kind: "new" };

const CURSOR = /^(.+)-(\d{1,15})$/;

/** `cursor`: empty at a first connection. What is no cursor is no cursor of this boot. */
export function placeOf(cursor: string, feed: Feed): Place {
  if (cursor === "") return NEW;
  const match = CURSOR.exec(cursor);
  if (match === null || match[1] !== feed.bootId) return { kind: "lost", loss: "foreign_boot" };
  const sequence = Number(match[2]);
  if (sequence > feed.sequence()) return { kind: "lost", loss: "future" };
  if (sequence < feed.series.oldestSequence() - 1) return { kind: "lost", loss: "fallen_out" };
  return { kind: "at", sequence };
}

/** Tells two places apart, so that clients in the same place share their messages. */
export function placeKey(place: Place): string {
  switch (place.kind) {
    case "new":
      return "new";
    case "at":
      return place.columns === undefined
        ? String(place.sequence)
        : `${place.sequence} ${place.columns}`;
    default:
      return place.loss;
  }
}

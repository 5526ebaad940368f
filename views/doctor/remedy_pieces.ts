/** A remedy cut into what is read and what is pasted, which stands between backticks. @module */

export interface RemedyPiece {
  readonly text: string;
  /** For a shell or a file, letter by letter. */
  readonly isPaste: boolean;
}

/**
 * In their order; none is empty. Words begin with a capital; the last ones end with a full stop.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { remedyPieces } from "./remedy_pieces.ts";
 *
 * assertEquals(remedyPieces("Load it: `modprobe x`, or ask"), [
 *   { text: "Load it:", isPaste: false },
 *   { text: "modprobe x", isPaste: true },
 *   { text: "Or ask.", isPaste: false },
 * ]);
 * ```
 */
export function remedyPieces(remedy: string): readonly RemedyPiece[] {
  const parts = remedy.split("`");
  return parts.flatMap((part, index): RemedyPiece[] => {
    if (index % 2 === 1) return [{ text: part, isPaste: true }];
    const words = part.replace(/^[\s,;:]+|\s+$/g, "");
    if (words === "") return [];
    const end = index === parts.length - 1 ? "." : "";
    return [{ text: words.charAt(0).toUpperCase() + words.slice(1) + end, isPaste: false }];
  });
}

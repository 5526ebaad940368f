import { assert, assertEquals } from "@std/assert";
import { CARDS, metric, shownUnit } from "../../collectors/catalogue.ts";
import { spell } from "../../views/format.ts";

const CSS = Deno.readTextFileSync(new URL("../../static/card.css", import.meta.url));
/** `GB/s`: what the column of a unit before a ring has room for. */
const LETTERS_MOST = 4;

/** The longest that a unit gets, over all sizes of its numbers. */
function lettersOf(unit: string): number {
  const sizes = [1e-7, 1e-4, 0.1, 1, 1e4, 1e7, 1e10, 1e12];
  return Math.max(...sizes.map((size) => spell(size, unit).unit.length));
}

Deno.test("a card with a unit longer than GB/s among its figures has more room for it", () => {
  const roomy = [...CSS.matchAll(/\[aria-labelledby="title-(\w+)"\] \.kv \{[^}]*--unit:/g)]
    .map(([, id]) => id!);
  const long = CARDS.filter(({ blocks }) =>
    blocks.some((block) =>
      block.block === "figures" &&
      block.rows.some((row) => lettersOf(shownUnit(metric(row.metric))) > LETTERS_MOST)
    )
  );
  assertEquals(roomy, long.map(({ id }) => id));
  assert(roomy.length > 0);
});

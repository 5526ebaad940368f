import { assertEquals } from "@std/assert";
import "../../static/doubts.js";
import { doubtsOf } from "../../views/chart/svg_path.ts";

type Lines = readonly (readonly (number | null)[])[];
type Shares = readonly (readonly number[] | null)[];
type Span = { from: number; to: number; share: number };

const { ringsideDoubts } = globalThis as unknown as {
  ringsideDoubts(lines: Lines, shares: Shares, from: number, to: number): Span[];
};

/** What the browser finds, which is what the server finds. */
function spans(lines: Lines, shares: Shares): readonly Span[] {
  const found = ringsideDoubts(lines, shares, 0, lines[0]!.length - 1);
  assertEquals(doubtsOf(lines, shares).spans, found);
  return found;
}

Deno.test("an estimated span begins at the point before it and tells its least share", () => {
  assertEquals(spans([[1, 2, 3, 4], [1, 2, 3, 4]], [[1, 0.7, 0.5, 1], null]), [
    { from: 0, to: 2, share: 0.5 },
  ]);
});

Deno.test("an estimated span does not begin in a gap", () => {
  assertEquals(spans([[1, null, 3, 4]], [[1, 1, 0.5, 1]]), [{ from: 2, to: 2, share: 0.5 }]);
});

Deno.test("estimated spans are apart where something between them is exact", () => {
  assertEquals(spans([[1, 2, 3, 4, 5]], [[0.9, 1, 0.8, 0.6, 1]]), [
    { from: 0, to: 0, share: 0.9 },
    { from: 1, to: 3, share: 0.6 },
  ]);
  assertEquals(spans([[1, 2]], [null]), []);
});

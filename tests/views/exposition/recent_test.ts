import { assertEquals } from "@std/assert";
import { Recent } from "../../../views/exposition/recent.ts";

Deno.test("Recent makes a value once, and again when others pushed it out", () => {
  const made: string[] = [];
  const recent = new Recent<string | undefined>(2);
  const ask = (key: string): string | undefined =>
    recent.get(key, () => {
      made.push(key);
      return key === "none" ? undefined : key.toUpperCase();
    });
  assertEquals([ask("a"), ask("b"), ask("a")], ["A", "B", "A"]);
  assertEquals(made, ["a", "b"]);
  // The third pushes out the one that was asked for the longest ago, which is not the first.
  assertEquals([ask("none"), ask("a"), ask("none")], [undefined, "A", undefined]);
  assertEquals(made, ["a", "b", "none"]);
  assertEquals(ask("b"), "B");
  assertEquals(made, ["a", "b", "none", "b"]);
});

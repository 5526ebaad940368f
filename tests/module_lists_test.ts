import { assertEquals } from "@std/assert";
import { laterPackages, moduleLists } from "./module_lists.ts";

Deno.test("each room asks at once for all that it loads at the start (deno task modules writes it)", async () => {
  for (const [path, text] of await moduleLists()) {
    assertEquals(await Deno.readTextFile(new URL(`../${path}`, import.meta.url)), text, path);
  }
});

Deno.test("no package is asked for when the right to read is gone", async () => {
  // Deno has the text of the project's own modules from the start, and of packages only when they are
  // loaded: by then an upgrade may have taken their files away.
  assertEquals(await laterPackages(), []);
});

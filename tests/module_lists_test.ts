import { assertEquals } from "@std/assert";
import { moduleLists } from "./module_lists.ts";

Deno.test("each room asks at once for all that it loads at the start (deno task modules writes it)", async () => {
  for (const [path, text] of await moduleLists()) {
    assertEquals(await Deno.readTextFile(new URL(`../${path}`, import.meta.url)), text, path);
  }
});

import { assertEquals } from "@std/assert";
import { ASSETS } from "../../routes/assets.ts";

Deno.test("ASSETS has every file of static/ as it lies there", async () => {
  const directory = new URL("../../static/", import.meta.url);
  for await (const { name } of Deno.readDir(directory)) {
    const file = ASSETS.find(ASSETS.url(name));
    assertEquals(file?.content.plain, await Deno.readFile(new URL(name, directory)), name);
  }
});

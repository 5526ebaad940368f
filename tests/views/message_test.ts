import { assert, assertStringIncludes } from "@std/assert";
import { createViews } from "../../views/mod.ts";

const views = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });

Deno.test("a message is a whole page with its status and sentence, and no stream", () => {
  const html = views.message({ status: 404, message: 'Cannot find "/<x>": there is no such page' });
  assertStringIncludes(html, "<title>Not found · Ringside</title>");
  assertStringIncludes(html, "Cannot find &quot;/&lt;x&gt;&quot;: there is no such page.");
  assert(!html.includes("data-stream"), "it connects to a stream");
  assert(!/\sstyle=/.test(html), "it has a style attribute");
});

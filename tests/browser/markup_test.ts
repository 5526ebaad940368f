/** What html-validate finds in the documents and in what the streams put into them: nothing. @module */
import { assert, assertEquals } from "@std/assert";
import { HtmlValidate, StaticConfigLoader } from "html-validate";
import { SseReader } from "../sse_reader.ts";
import { BusyService } from "./busy_service.ts";
import { MACHINES, PAGES } from "./pages.ts";

/** Rules that are off, each with its reason. */
const OFF_EVERYWHERE = {
  "void-style": "Hono closes void elements: <img/>",
  "attribute-empty-style": 'Hono prints attributes that are only there or not as hidden=""',
} as const;
const OFF_IN_FRAGMENTS = {
  ...OFF_EVERYWHERE,
  "unique-landmark": "the header of a card stands in a section, where it is no landmark",
} as const;

function validator(off: Readonly<Record<string, string>>): HtmlValidate {
  const rules = Object.fromEntries(Object.keys(off).map((rule) => [rule, "off"] as const));
  return new HtmlValidate(
    new StaticConfigLoader({ root: true, extends: ["html-validate:recommended"], rules }),
  );
}

const DOCUMENTS = validator(OFF_EVERYWHERE);
const FRAGMENTS = validator(OFF_IN_FRAGMENTS);

async function faults(rules: HtmlValidate, html: string, where: string): Promise<string[]> {
  const { results } = await rules.validateString(html);
  return results.flatMap(({ messages }) => messages).map(({ ruleId, message, selector, offset }) =>
    `${where}: ${ruleId}: ${message}: ${selector ?? ""} ${html.slice(offset - 40, offset + 40)}`
  );
}

/** The HTML of a stream's first message, which has all parts, and of one that follows a tick. */
async function fragments(service: BusyService, stream: string): Promise<string[]> {
  const reader = new SseReader(await fetch(service.url + stream));
  const next = async (): Promise<string> => {
    for (;;) {
      const { event, data } = await reader.message();
      if (event === "message") return data;
    }
  };
  const first = await next();
  service.host.tick();
  const second = await next();
  await reader.cancel();
  return [first, second];
}

for (const machine of MACHINES) {
  Deno.test(`html-validate finds nothing in the pages of ${machine}`, async () => {
    await using service = await BusyService.start({ machine });
    const found: string[] = [];
    for (const { name, path, status = 200 } of PAGES) {
      const answer = await fetch(service.url + path, { headers: { accept: "text/html" } });
      assertEquals(answer.status, status, path);
      const html = await answer.text();
      assert(html.startsWith("<!DOCTYPE html>") && html.endsWith("</html>\n"), path);
      found.push(...await faults(DOCUMENTS, html, name));
    }
    for (const stream of new Set(PAGES.flatMap(({ stream }) => stream ?? []))) {
      for (const html of await fragments(service, stream)) {
        assert(html.includes("<hx-partial "), stream);
        found.push(...await faults(FRAGMENTS, html, stream));
      }
    }
    assertEquals(found, []);
  });
}

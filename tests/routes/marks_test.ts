import { assertEquals } from "@std/assert";
import { MARKS_MOST } from "../../collectors/readings/marks.ts";
import { type Host, startHost } from "./host.ts";

const PATH = "/api/v1/marks";
/** Of the newest tick. */
const NOW = Date.UTC(2026, 0, 2, 3, 4, 7) / 1000;

type Bytes = Uint8Array<ArrayBuffer>;

/** As a shell sends it that is of another century. */
function latin1(text: string): Bytes {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function startTicking(): Host {
  const host = startHost();
  host.tick(0.25);
  host.tick(0.5);
  return host;
}

async function post(
  host: Host,
  body: string | Bytes,
  type = "application/x-www-form-urlencoded",
  headers: Record<string, string> = {},
): Promise<Response> {
  const init = { method: "POST", headers: { "content-type": type, ...headers }, body };
  return await host.app.request(PATH, init);
}

async function messageOf(response: Response): Promise<[number, string]> {
  return [response.status, (await response.json()).error.message];
}

async function list(host: Host): Promise<unknown> {
  return (await (await host.app.request(PATH)).json()).marks;
}

Deno.test("POST /api/v1/marks takes a form and JSON, at a time or now", async () => {
  const host = startTicking();
  const form = await post(host, "text=deploy+7f3c2");
  assertEquals(form.status, 201);
  assertEquals(await form.json(), { time_seconds: NOW, text: "deploy 7f3c2" });
  const timed = await post(host, `text=load%20test&time=${NOW - 1.25}`);
  assertEquals(await timed.json(), { time_seconds: NOW - 1.25, text: "load test" });
  const json = JSON.stringify({ text: "  back  ", time_seconds: NOW + 0.5 });
  const programs = await post(host, json, "application/json; charset=utf-8");
  assertEquals(await programs.json(), { time_seconds: NOW + 0.5, text: "back" });
  // A row may be a while old: now is now.
  host.sampler.healthNow = { ...host.sampler.healthNow, ageMs: 400 };
  const later = await post(host, '{"text":"later"}', "application/json");
  assertEquals((await later.json()).time_seconds, NOW + 0.4);
  assertEquals(await list(host), [
    { time_seconds: NOW - 1.25, text: "load test" },
    { time_seconds: NOW, text: "deploy 7f3c2" },
    { time_seconds: NOW + 0.4, text: "later" },
    { time_seconds: NOW + 0.5, text: "back" },
  ]);
});

Deno.test("POST /api/v1/marks keeps text as it is, whatever it would be elsewhere", async () => {
  const host = startTicking();
  const texts = ["<script>alert(1)</script>", '=1+1"', "Größe 👩‍🚀", "🚀".repeat(80)];
  for (const text of texts) {
    const response = await post(host, String(new URLSearchParams({ text })));
    assertEquals([response.status, (await response.json()).text], [201, text]);
  }
});

Deno.test("POST /api/v1/marks refuses what is no mark, in one line", async () => {
  const host = startTicking();
  const json = "application/json";
  const printed = "needs characters of UTF-8 that can be printed";
  const seconds = "needs seconds since 1970, such as 1770000000.5";
  const object = 'needs {"text": "..."} and perhaps "time_seconds"';
  const cases: readonly [string | Bytes, string | undefined, string][] = [
    ["", undefined, 'Cannot find parameter "text": it is missing, and needed'],
    ["text=+", undefined, "Cannot take a text of 0 characters: needs 1 to 80"],
    [`text=${"x".repeat(81)}`, undefined, "Cannot take a text of 81 characters: needs 1 to 80"],
    ["text=a%0Ab", undefined, `Cannot take text "a\\nb": ${printed}`],
    ["text=a%1B[31mb", undefined, `Cannot take text "a\\u001b[31mb": ${printed}`],
    ["text=a%E2%80%AEb", undefined, `Cannot take text "a\\u202eb": ${printed}`],
    ["text=Gr%F6%DFe", undefined, `Cannot take text "Gr\ufffd\ufffde": ${printed}`],
    [latin1('{"text":"Größe"}'), json, `Cannot take text "Gr\ufffd\ufffde": ${printed}`],
    ['{"text":"a\\ud800b"}', json, `Cannot take text "a\\ud800b": ${printed}`],
    ["text=a&text=b", undefined, 'Cannot take parameter "text" twice: needs it once'],
    ["text=a&at=1", undefined, 'Cannot take parameter "at": it is unknown here, known: text, time'],
    ["text=a&time=now", undefined, `Cannot take time "now": ${seconds}`],
    ["text=a&time=1e9", undefined, `Cannot take time "1e9": ${seconds}`],
    ['{"text":"a","time_seconds":"1"}', json, `Cannot take time "1": ${seconds}`],
    ['{"text":"a","time_seconds":-1}', json, `Cannot take time "-1": ${seconds}`],
    ['{"text":"a","time_seconds":1e300}', json, `Cannot take time "1e+300": ${seconds}`],
    ['{"text":5}', json, "Cannot take text 5: needs a string"],
    [
      '{"text":"a","time":1}',
      json,
      'Cannot take parameter "time": it is unknown here, known: text, time_seconds',
    ],
    ["[]", json, `Cannot read "[]" as JSON: it is no object, ${object}`],
    [
      "{",
      json,
      "Cannot read \"{\" as JSON: Expected property name or '}' in JSON at position 1 " +
      `(line 1 column 2), ${object}`,
    ],
    [
      "a\n\u001b[31m",
      json,
      'Cannot read "a\\n\\u001b[31m" as JSON: Unexpected token \'a\', "a\\u000a\\u001b[31m" is not ' +
      `valid JSON, ${object}`,
    ],
    [
      `text=a&time=${NOW - 901}`,
      undefined,
      "Cannot set a mark at 2026-01-02T02:49:06.000Z: needs a time from 15 minutes ago to a minute " +
      "ahead, and it is 2026-01-02T03:04:07.000Z here",
    ],
    [
      `text=a&time=${NOW + 61}`,
      undefined,
      "Cannot set a mark at 2026-01-02T03:05:08.000Z: needs a time from 15 minutes ago to a minute " +
      "ahead, and it is 2026-01-02T03:04:07.000Z here",
    ],
  ];
  for (const [body, type, message] of cases) {
    assertEquals(await messageOf(await post(host, body, type)), [400, message], String(body));
  }
  // A time in the address would be lost without a word, and the mark stand at another one.
  const asked = await host.app.request(`${PATH}?time=${NOW}`, {
    method: "POST",
    headers: { "content-type": json },
    body: '{"text":"a"}',
  });
  assertEquals(await messageOf(asked), [
    400,
    'Cannot take parameter "time": it is unknown here, known: none at all',
  ]);
  assertEquals(await list(host), []);
});

Deno.test("POST /api/v1/marks reads only a short body of a known type, and no other site's", async () => {
  const host = startTicking();
  const [type] = await messageOf(await post(host, "text=a", "text/plain"));
  const [long] = await messageOf(await post(host, `text=${"x".repeat(1600)}`));
  const [cross] = await messageOf(
    await post(host, "text=a", undefined, { "sec-fetch-site": "cross-site" }),
  );
  assertEquals([type, long, cross], [415, 413, 403]);
  // The longest that there can be fits.
  const longest = `text=${encodeURIComponent("🚀".repeat(80))}&time=${NOW}.000000000`;
  assertEquals((await post(host, longest)).status, 201);
  // Looking at them changes nothing, so a link may lead there.
  const headers = { "sec-fetch-site": "cross-site" };
  assertEquals((await host.app.request(PATH, { headers })).status, 200);
  assertEquals(
    (await host.app.request(PATH, { method: "DELETE" })).headers.get("allow"),
    "GET, HEAD, POST",
  );
});

Deno.test("POST /api/v1/marks before the first tick is too early", async () => {
  const response = await post(startHost(), "text=a");
  assertEquals(response.headers.get("retry-after"), "1");
  assertEquals(await messageOf(response), [
    503,
    "Cannot set a mark: no tick has come yet, needs the first one",
  ]);
});

Deno.test("marks are few: the first that was set goes for one too many", async () => {
  const host = startTicking();
  for (let n = 0; n <= MARKS_MOST; n++) await post(host, `text=${n}&time=${NOW - n / 1000}`);
  const marks = await list(host) as { text: string }[];
  assertEquals([marks.length, marks.at(-1)!.text, marks[0]!.text], [MARKS_MOST, "1", "64"]);
});

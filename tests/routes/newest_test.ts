import { assert, assertEquals } from "@std/assert";
import { ANSWERS_BYTES_MOST, Newest } from "../../routes/newest.ts";
import { startHost } from "./host.ts";

Deno.test("Newest makes an answer once for a snapshot", () => {
  const host = startHost();
  const newest = new Newest(host.sampler);
  host.tick(0.25);
  let made = 0;
  const make = (): string => `made ${++made}`;
  const answer = newest.answer("a", make);
  assert(newest.answer("a", make) === answer);
  assert(newest.answer("b", make) !== answer);
  assertEquals(made, 2);
  host.tick(0.25);
  assert(newest.answer("a", make) !== answer);
  assertEquals(made, 3);
});

/** How many of the last answers are kept, of so many that have so many bytes each. */
function keptOf(count: number, bytes: number, compressed = false): number {
  const host = startHost();
  host.tick(0.25);
  const newest = new Newest(host.sampler);
  const text = NOISE.repeat(Math.ceil(bytes / NOISE.length)).slice(0, bytes);
  let made = 0;
  const ask = (key: number): void => {
    const answer = newest.answer(String(key), () => {
      made++;
      return text;
    });
    if (compressed) answer.gzip();
  };
  for (let key = 0; key < count; key++) ask(key);
  let kept = 0;
  while (kept < count) {
    ask(count - 1 - kept);
    if (made > count) break;
    kept++;
  }
  return kept;
}

/** More than deflate looks back for what it has seen: it gets hardly shorter. */
const NOISE = noise(1 << 16);

function noise(length: number): string {
  let state = 1;
  return Array.from({ length }, () => {
    state = Math.imul(state, 1103515245) + 12345 | 0;
    return String.fromCharCode(33 + (state >>> 16) % 90);
  }).join("");
}

Deno.test("Newest keeps answers up to a number and up to a size, whichever comes first", () => {
  assertEquals(keptOf(100, 10), 100);
  assertEquals(keptOf(200, 10), 200 - 128);
  // As whoever asks for ever other parts of what is long brings them about.
  const each = ANSWERS_BYTES_MOST / 4;
  assertEquals([4, 5, 7, 8, 9].map((count) => keptOf(count, each)), [4, 1, 3, 4, 1]);
  // What was compressed counts too.
  assertEquals([3, 4].map((count) => keptOf(count, each, true)), [1, 2]);
  // One that is too large alone is kept while it is the only one.
  assertEquals(keptOf(2, ANSWERS_BYTES_MOST + 1), 1);
});

Deno.test("Newest gives clients nothing finer than a tenth of a second, give or take", () => {
  const host = startHost();
  const newest = new Newest(host.sampler);
  const seen: number[] = [];
  // The ticks' times, after the first: 10, 60, 95, 194.5 and 195 ms.
  for (const afterMs of [0, 10, 50, 35, 99.5, 0.5]) {
    host.tick(0.25, afterMs);
    seen.push(newest.snapshot().sequence);
  }
  assertEquals(seen, [1, 1, 1, 4, 5, 5]);
});

Deno.test("Newest shows at once what became known of the tick that it shows", () => {
  const host = startHost();
  const newest = new Newest(host.sampler);
  host.tick(0.25);
  const before = newest.snapshot();
  const { stage } = host.sampler;
  const { layout, timeline } = stage.engine;
  const problem = { key: "a", collector: "load", reason: "failed", message: "b" } as const;
  stage.feed.update({ layout, timeline, problems: [problem], sources: [] });
  const after = newest.snapshot();
  assertEquals([after.sequence, before.problems, after.problems], [1, [], [problem]]);
});

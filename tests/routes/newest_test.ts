import { assert, assertEquals } from "@std/assert";
import { Newest } from "../../routes/newest.ts";
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

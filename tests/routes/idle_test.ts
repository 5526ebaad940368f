/** A service that nobody watches samples, and does nothing else. */
import { assertEquals } from "@std/assert";
import { settled } from "../fake_clock.ts";
import { listen, startHost } from "./host.ts";

Deno.test("when all who asked and listened are gone, ticks are neither looked at nor rendered", async () => {
  const host = startHost();
  host.tick(0.25);
  for (const path of ["/", "/metrics", "/api/v1/snapshot"]) {
    assertEquals((await host.app.request(path)).status, 200);
  }
  for (const path of ["/stream?page=overview", "/api/v1/stream?metric=load_1m"]) {
    const reader = await listen(host, path);
    host.tick(0.5);
    await settled();
    await reader.cancel();
  }
  await settled();

  const { feed } = host.sampler;
  const latest = feed.latest.bind(feed);
  let looks = 0;
  feed.latest = (): ReturnType<typeof latest> => {
    looks++;
    return latest();
  };
  const rendered = { ...host.rendered };
  const { watched } = host.sampler;
  for (const load of [0.75, 1, 1.25]) {
    host.tick(load);
    await settled();
  }
  assertEquals(looks, 0);
  assertEquals(host.rendered, rendered);
  assertEquals([host.sampler.watched, host.sampler.waiting, host.clock.sleepers], [watched, 0, 0]);

  // Whoever comes back is shown what is there now, so the looks were counted.
  assertEquals((await host.app.request("/metrics")).status, 200);
  assertEquals([looks > 0, host.rendered.expositions], [true, rendered.expositions + 1]);
});

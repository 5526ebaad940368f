import { assertEquals } from "@std/assert";
import { startHost } from "./host.ts";

Deno.test("/chart/<id> is a page of the points of that chart, in its span", async () => {
  const host = startHost();
  for (let i = 0; i < 100; i++) host.tick(0.25);
  const response = await host.app.request("/chart/load?span=1m");
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(await response.text(), "<!DOCTYPE html>load 1m stageboot-100 61");
  assertEquals(
    await (await host.app.request("/chart/load")).text(),
    "<!DOCTYPE html>load 5m stageboot-100 100",
  );
  assertEquals(host.sampler.watched, 2);
});

Deno.test("/chart/<id> refuses what is no chart and no span", async () => {
  const host = startHost();
  host.tick(0.25);
  const cases = [
    ["/chart/nothing", 404, 'Cannot show chart "nothing": there is none of that name'],
    ["/chart/load?span=1h", 400, 'Cannot show span="1h": needs 1m, 5m, 15m, all'],
  ] as const;
  for (const [path, status, message] of cases) {
    const response = await host.app.request(path);
    assertEquals([response.status, (await response.json()).error.message], [status, message]);
  }
  assertEquals((await host.app.request("/chart/load", { method: "POST" })).status, 405);
});

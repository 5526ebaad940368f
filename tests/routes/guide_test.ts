import { assertEquals } from "@std/assert";
import { startHost } from "./host.ts";

Deno.test("/metrics-guide is made once, however many ticks come", async () => {
  const host = startHost();
  host.tick(0.25);
  const first = await host.app.request("/metrics-guide");
  assertEquals(first.status, 200);
  assertEquals(first.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(await first.text(), "<!DOCTYPE html>0 stage");
  host.tick(0.5, 1000);
  assertEquals(await (await host.app.request("/metrics-guide")).text(), "<!DOCTYPE html>0 stage");
  assertEquals(host.rendered.documents, 1);
});

Deno.test("/metrics-guide is made anew when the machine has something else", async () => {
  const host = startHost();
  host.tick(0.25);
  const names = ["a", "a", "b"];
  const standing = () => ({ hostname: names.shift()!, sections: [] });
  Object.assign(await host.rendering.guide(), { standing });
  for (const expected of ["0 a", "0 a", "1 b"]) {
    const answer = await host.app.request("/metrics-guide");
    assertEquals(await answer.text(), `<!DOCTYPE html>${expected}`);
  }
});

Deno.test("/metrics-guide refuses what it does not know, and what is not there yet", async () => {
  const { app } = startHost();
  const unknown = await app.request("/metrics-guide?who=1");
  assertEquals(unknown.status, 400);
  await unknown.body!.cancel();
  const early = await app.request("/metrics-guide");
  assertEquals(early.status, 503);
  await early.body!.cancel();
});

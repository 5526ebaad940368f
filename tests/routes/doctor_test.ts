import { assertEquals, assertRejects } from "@std/assert";
import { examine } from "../../routes/doctor.ts";
import { settled } from "../fake_clock.ts";
import { startHost } from "./host.ts";

// The small host has no perf events at all and nobody tried: nothing is known, so nothing would help.

Deno.test("/doctor is a page, made once for a tick", async () => {
  const host = startHost();
  host.tick(0.25);
  const response = await host.app.request("/doctor");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(await response.text(), "<!DOCTYPE html>stageboot-1 0");
  host.tick(0.5, 1000);
  assertEquals(
    await (await host.app.request("/doctor")).text(),
    "<!DOCTYPE html>stageboot-2 0",
  );
});

Deno.test("/api/v1/doctor is the same for programs", async () => {
  const host = startHost();
  host.tick(0.25);
  const response = await host.app.request("/api/v1/doctor");
  assertEquals(response.headers.get("content-type"), "application/json; charset=utf-8");
  const { hostname, exit_code } = await response.json();
  assertEquals({ hostname, exit_code }, { hostname: "stage", exit_code: 0 });
});

Deno.test("/doctor and /api/v1/doctor refuse what they do not know, and what is not there yet", async () => {
  const { app } = startHost();
  for (const path of ["/doctor", "/api/v1/doctor"]) {
    const unknown = await app.request(`${path}?who=1`);
    assertEquals([unknown.status, (await unknown.json()).error.message], [
      400,
      'Cannot take parameter "who": it is unknown here, known: none at all',
    ]);
    const early = await app.request(path);
    assertEquals(early.status, 503);
    await early.body!.cancel();
  }
});

Deno.test("examine() waits for two ticks that were watched, and prints text or JSON", async () => {
  for (
    const [format, start] of [["table", "stage 0\n"], ["json", '{\n  "hostname": "st']] as const
  ) {
    const host = startHost();
    host.tick(0.25);
    let text: string | null = null;
    const examining = examine(host.sampler, format, host.rendering).then((found) => {
      text = found.text;
      return found.exitCode;
    });
    assertEquals(host.sampler.watched, 1);
    host.tick(0.25);
    await settled();
    assertEquals(text, null);
    host.tick(0.25);
    assertEquals(await examining, 0);
    assertEquals(text!.slice(0, start.length), start);
  }
});

Deno.test("examine() rejects with the reason when the sampler ends", async () => {
  const host = startHost();
  host.tick(0.25);
  const examining = examine(host.sampler, "table", host.rendering);
  host.sampler.end("The sampler hangs");
  await assertRejects(() => examining, Error, "The sampler hangs");
});

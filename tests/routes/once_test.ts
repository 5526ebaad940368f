import { assertEquals, assertRejects } from "@std/assert";
import { once } from "../../routes/once.ts";
import { settled } from "../fake_clock.ts";
import { startHost } from "./host.ts";

Deno.test("once waits for two ticks that were watched, and prints them in each format", async () => {
  for (
    const [format, text] of [
      ["table", "tick 3\n"],
      ["json", '{\n  "cursor": "stageboot-3",\n  "metrics": "all"\n}\n'],
      ["prom", "# prometheus 3\n"],
      ["csv", "tick\r\n3\r\n"],
    ] as const
  ) {
    const host = startHost();
    host.tick(0.25);
    let printed: string | null = null;
    const printing = once(host.sampler, format, host.rendering).then((text) => printed = text);
    assertEquals(host.sampler.watched, 1);
    host.tick(0.25);
    await settled();
    assertEquals(printed, null);
    host.tick(0.25);
    assertEquals(await printing, text);
  }
});

Deno.test("once rejects with the reason when the sampler ends", async () => {
  const host = startHost();
  host.tick(0.25);
  const printing = once(host.sampler, "table", host.rendering);
  host.sampler.end("The sampler hangs");
  await assertRejects(() => printing, Error, "The sampler hangs");
});

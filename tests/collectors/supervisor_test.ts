import { assertEquals, assertThrows } from "@std/assert";
import { supervise } from "../../collectors/supervisor.ts";

/** What was said, and whether the next word can be. */
function notices(): { said: string[]; closed: boolean; deaf: boolean; send(text: string): void } & {
  close(): void;
} {
  return {
    said: [],
    closed: false,
    deaf: false,
    send(text: string): void {
      if (this.deaf) throw new Error("Cannot notify: ECONNREFUSED");
      this.said.push(text);
    },
    close(): void {
      this.closed = true;
    },
  };
}

Deno.test("supervise() says nothing before main serves, and is alive only as often as main is", () => {
  const heard = notices();
  const supervisor = supervise(heard);
  for (let tick = 0; tick < 100; tick++) supervisor.update(0);
  assertEquals(heard.said, []);
  supervisor.update(1);
  assertEquals(heard.said, ["READY=1\nWATCHDOG=1"]);
  // Main hangs: the sampler comes by in vain.
  for (let tick = 0; tick < 100; tick++) supervisor.update(1);
  assertEquals(heard.said.length, 1);
  supervisor.update(2);
  supervisor.update(-2147483648);
  assertEquals(heard.said.slice(1), ["WATCHDOG=1", "WATCHDOG=1"]);
  supervisor.stop();
  assertEquals([heard.said.at(-1), heard.closed], ["STOPPING=1", true]);
});

Deno.test("supervise() fails when nobody hears that it is ready, and goes on when nobody hears later", () => {
  const heard = notices();
  heard.deaf = true;
  const supervisor = supervise(heard);
  assertThrows(() => supervisor.update(1), Error, "Cannot notify: ECONNREFUSED");
  heard.deaf = false;
  supervisor.update(1);
  heard.deaf = true;
  supervisor.update(2);
  heard.deaf = false;
  supervisor.update(3);
  assertEquals(heard.said, ["READY=1\nWATCHDOG=1", "WATCHDOG=1"]);
});

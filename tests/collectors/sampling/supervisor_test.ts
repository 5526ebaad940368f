import { assertEquals, assertThrows } from "@std/assert";
import { type Notices, supervise } from "../../../collectors/sampling/supervisor.ts";

/** What was said, and whether the next word can be. */
function notices(): Notices & { said: string[]; closed: boolean; deaf: boolean; full: boolean } {
  return {
    said: [],
    closed: false,
    deaf: false,
    full: false,
    send(text: string): boolean {
      if (this.deaf) throw new Error("Cannot notify: ECONNREFUSED");
      if (!this.full) this.said.push(text);
      return !this.full;
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

Deno.test("supervise() says that it is ready until the manager has room for it", () => {
  const heard = notices();
  const supervisor = supervise(heard);
  heard.full = true;
  supervisor.update(1);
  supervisor.update(1);
  supervisor.update(2);
  heard.full = false;
  supervisor.update(2);
  supervisor.update(2);
  heard.full = true;
  supervisor.update(3);
  heard.full = false;
  supervisor.update(4);
  assertEquals(heard.said, ["READY=1\nWATCHDOG=1", "WATCHDOG=1"]);
});

import { assertEquals, assertThrows } from "@std/assert";
import { perfStatCommand } from "../../../collectors/pmu/perf_command.ts";

Deno.test("perfStatCommand() puts braces around events that are counted together", () => {
  assertEquals(
    perfStatCommand([["cycles", "instructions"], ["dTLB-load-misses"]]),
    "perf stat -a -e '{cycles,instructions}' -e dTLB-load-misses sleep 1",
  );
});

Deno.test("perfStatCommand() names the CPUs instead of all", () => {
  assertEquals(
    perfStatCommand([["cycles"]], { cpus: "0-3,8" }),
    "perf stat -C 0-3,8 -e cycles sleep 1",
  );
});

Deno.test("perfStatCommand() leaves events of other PMUs as they are", () => {
  assertEquals(
    perfStatCommand([["cpu/event=0x24,umask=0xff,name=l2_rqsts.references/"]]),
    "perf stat -a -e cpu/event=0x24,umask=0xff,name=l2_rqsts.references/ sleep 1",
  );
});

Deno.test("perfStatCommand() says nothing twice", () => {
  assertEquals(
    perfStatCommand([["cycles", "instructions", "cycles"], ["instructions", "cycles"], ["cycles"]]),
    "perf stat -a -e '{cycles,instructions}' sleep 1",
  );
  // A partner is counted again, because it belongs to both.
  assertEquals(
    perfStatCommand([["branches", "instructions"], [], ["cycles", "instructions"]]),
    "perf stat -a -e '{branches,instructions}' -e '{cycles,instructions}' sleep 1",
  );
});

Deno.test("perfStatCommand() gives the shell nothing to interpret", () => {
  assertEquals(
    perfStatCommand([["a b"], ["$(reboot)"], ["it's"]], { cpus: "0;1" }),
    `perf stat -C '0;1' -e 'a b' -e '$(reboot)' -e 'it'\\''s' sleep 1`,
  );
});

Deno.test("perfStatCommand() refuses to let perf choose the events", () => {
  for (const groups of [[], [[]]]) {
    assertThrows(() => perfStatCommand(groups), RangeError, "found no event, needs one or more");
  }
});

import { assert, assertEquals } from "@std/assert";
import { Control } from "../../../collectors/sampling/control.ts";

const HOURS_MS = 3 * 3_600_000;

Deno.test("Control.ageMs() is never wrong by what lies between the clocks of both threads", () => {
  for (const apartMs of [-HOURS_MS, 0, HOURS_MS]) {
    const control = new Control();
    const begin = (agoMs: number): void => control.begin(performance.now() + apartMs - agoMs);
    assertEquals(control.ageMs(), Infinity);
    begin(0);
    assertEquals(control.ageMs(), 0);
    begin(5000);
    const age = control.ageMs();
    assert(age >= 4999 && age < HOURS_MS, `${age}`);
  }
});

Deno.test("Control.ageMs() is mended by a look that comes soon after a tick", () => {
  const control = new Control();
  // The first look came late, when nobody could know it.
  control.begin(performance.now() - 3000);
  assertEquals(control.ageMs(), 0);
  control.begin(performance.now());
  assertEquals(control.ageMs(), 0);
  control.begin(performance.now() - 3000);
  assert(control.ageMs() >= 2999);
});

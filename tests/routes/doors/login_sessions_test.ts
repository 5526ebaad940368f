import { assert, assertEquals, assertMatch } from "@std/assert";
import { SESSION_MS, Sessions } from "../../../routes/doors/login_sessions.ts";
import { FakeClock } from "../../fake_clock.ts";

Deno.test("Sessions knows who began one, by 256 random bits", () => {
  const sessions = new Sessions(new FakeClock());
  const [one, other] = [sessions.begin(), sessions.begin()];
  assertMatch(one, /^[0-9a-f]{64}$/);
  assert(one !== other);
  assertEquals(sessions.signal(one)?.aborted, false);
  for (const foreign of ["", one.slice(1), one.toUpperCase(), "0".repeat(64)]) {
    assertEquals(sessions.signal(foreign), undefined);
  }
});

Deno.test("Sessions.end() aborts the signal of that one alone", () => {
  const sessions = new Sessions(new FakeClock());
  const [one, other] = [sessions.begin(), sessions.begin()];
  const signal = sessions.signal(one)!;
  sessions.end(one);
  assert(signal.aborted);
  assertEquals([sessions.signal(one), sessions.size], [undefined, 1]);
  assertEquals(sessions.signal(other)?.aborted, false);
});

Deno.test("Sessions ends what has had its time, without anybody asking", async () => {
  const clock = new FakeClock();
  const sessions = new Sessions(clock);
  const id = sessions.begin();
  const signal = sessions.signal(id)!;
  await clock.advance(SESSION_MS - 1);
  assertEquals([signal.aborted, sessions.size], [false, 1]);
  await clock.advance(1);
  assertEquals([signal.aborted, sessions.size], [true, 0]);
  assertEquals(sessions.signal(id), undefined);
});

Deno.test("Sessions ends what had its time while the machine slept, and no timer ran", () => {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, sleep: (): Promise<void> => new Promise(() => {}) };
  const sessions = new Sessions(clock);
  const id = sessions.begin();
  const signal = sessions.signal(id)!;
  nowMs = SESSION_MS;
  assertEquals(sessions.signal(id), undefined);
  assertEquals([signal.aborted, sessions.size], [true, 0]);
});

Deno.test("Sessions keeps so many, and ends the oldest for a new one", () => {
  const sessions = new Sessions(new FakeClock(), 2);
  const ids = [sessions.begin(), sessions.begin()];
  const oldest = sessions.signal(ids[0]!)!;
  ids.push(sessions.begin());
  assertEquals([oldest.aborted, sessions.size], [true, 2]);
  assertEquals(ids.map((id) => sessions.signal(id) !== undefined), [false, true, true]);
});

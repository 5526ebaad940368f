import { assert, assertEquals } from "@std/assert";
import {
  addressKey,
  ALL_WRONG_AT_ONCE,
  ALL_WRONG_EACH_MS,
  RateLimit,
  WRONG_AT_ONCE,
  WRONG_EACH_MS,
} from "../../../routes/doors/rate_limit.ts";
import { FakeClock } from "../../fake_clock.ts";

const OWNER = "192.0.2.1";
const OTHER = "198.51.100.7";

function wrong(limit: RateLimit, peer: string, times: number): void {
  for (let time = 0; time < times; time++) limit.wrong(peer);
}

/** Addresses of as many networks, each of which errs once. */
function errEverywhere(limit: RateLimit, times: number): void {
  for (let n = 0; n < times; n++) limit.wrong(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
}

Deno.test("RateLimit hears ten wrong ones of an address, then one each six seconds", async () => {
  const clock = new FakeClock();
  const limit = new RateLimit({ clock });
  wrong(limit, OWNER, WRONG_AT_ONCE - 1);
  assertEquals(limit.waitMs(OWNER), 0);
  limit.wrong(OWNER);
  assertEquals(limit.waitMs(OWNER), WRONG_EACH_MS);
  await clock.advance(WRONG_EACH_MS - 1);
  assertEquals(limit.waitMs(OWNER), 1);
  await clock.advance(1);
  assertEquals(limit.waitMs(OWNER), 0);
  limit.wrong(OWNER);
  assertEquals(limit.waitMs(OWNER), WRONG_EACH_MS);
  await clock.advance(WRONG_EACH_MS * WRONG_AT_ONCE);
  wrong(limit, OWNER, WRONG_AT_ONCE - 1);
  assertEquals(limit.waitMs(OWNER), 0);
});

Deno.test("RateLimit lets one address not wait for another", () => {
  const limit = new RateLimit({ clock: new FakeClock() });
  wrong(limit, OTHER, 100);
  assert(limit.waitMs(OTHER) > 0);
  assertEquals(limit.waitMs(OWNER), 0);
});

Deno.test("RateLimit takes a network of 64 bits for one address", () => {
  const limit = new RateLimit({ clock: new FakeClock() });
  for (let host = 1; host <= WRONG_AT_ONCE; host++) limit.wrong(`2001:db8:0:7::${host}`);
  assert(limit.waitMs("2001:db8:0:7:ffff::1") > 0);
  assertEquals(limit.waitMs("2001:db8:0:8::1"), 0);
});

Deno.test("addressKey names what one customer has", () => {
  const cases = [
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::1", "::1"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:db8::3:4:5:6:7", "2001:db8:0:3::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::", "0:0:0:0::/64"],
  ] as const;
  for (const [peer, key] of cases) assertEquals(addressKey(peer), key);
});

Deno.test("RateLimit of all: strangers wait, who was right lately does not, nor does this host", async () => {
  const clock = new FakeClock();
  const limit = new RateLimit({ clock });
  limit.right(OWNER);
  errEverywhere(limit, ALL_WRONG_AT_ONCE);
  assertEquals(limit.waitMs(OTHER), ALL_WRONG_EACH_MS);
  assertEquals([OWNER, "127.0.0.1", "::1"].map((peer) => limit.waitMs(peer)), [0, 0, 0]);
  await clock.advance(ALL_WRONG_EACH_MS);
  assertEquals(limit.waitMs(OTHER), 0);
});

Deno.test("RateLimit forgets after a day that an address was right", async () => {
  const clock = new FakeClock();
  const limit = new RateLimit({ clock });
  await clock.advance(1000);
  limit.right(OWNER);
  await clock.advance(24 * 3_600_000 - 1);
  errEverywhere(limit, ALL_WRONG_AT_ONCE);
  assertEquals(limit.waitMs(OWNER), 0);
  await clock.advance(1);
  errEverywhere(limit, ALL_WRONG_AT_ONCE);
  assert(limit.waitMs(OWNER) > 0);
});

Deno.test("RateLimit: a right one takes nothing back of what the same address did wrong", () => {
  const limit = new RateLimit({ clock: new FakeClock() });
  wrong(limit, "127.0.0.1", WRONG_AT_ONCE);
  limit.right("127.0.0.1");
  assert(limit.waitMs("127.0.0.1") > 0);
});

Deno.test("RateLimit keeps so many addresses, whoever comes, and forgets the oldest", () => {
  const limit = new RateLimit({ clock: new FakeClock(), addressesMost: 50 });
  wrong(limit, OWNER, WRONG_AT_ONCE);
  errEverywhere(limit, 49);
  assertEquals(limit.size, 50);
  assert(limit.waitMs(OWNER) > 0);
  errEverywhere(limit, 500);
  assertEquals(limit.size, 50);
  assertEquals(limit.waitMs(OWNER), 0);
  for (let n = 0; n < 5000; n++) limit.right(`10.0.${n >> 8}.${n & 255}`);
  assertEquals(limit.size, 50 + 1024);
});

Deno.test("RateLimit forgets first who was heard of longest ago, not who came first", () => {
  const limit = new RateLimit({ clock: new FakeClock(), addressesMost: 50 });
  wrong(limit, OWNER, WRONG_AT_ONCE);
  errEverywhere(limit, 49);
  limit.wrong(OWNER);
  limit.wrong(OTHER);
  assert(limit.waitMs(OWNER) > 0);
  const known = "203.0.113.5";
  limit.right(known);
  for (let n = 0; n < 1023; n++) limit.right(`10.0.${n >> 8}.${n & 255}`);
  limit.right(known);
  limit.right(OTHER);
  errEverywhere(limit, ALL_WRONG_AT_ONCE);
  assertEquals(limit.waitMs(known), 0);
});

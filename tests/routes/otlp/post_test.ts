import { assertEquals } from "@std/assert";
import { waitedMs } from "../../../routes/otlp/post.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

/** What a collector says, and for how many seconds it is left alone. */
const SAID: readonly (readonly [string | null, number | undefined])[] = [
  [null, undefined],
  ["", undefined],
  ["0", undefined],
  ["-5", undefined],
  ["soon", undefined],
  ["120", 120],
  ["7200", 3600],
  ["Infinity", 3600],
  ["Fri, 02 Jan 2026 03:06:05 GMT", 120],
  ["Fri, 02 Jan 2026 09:04:05 GMT", 3600],
  ["Fri, 02 Jan 2026 03:04:00 GMT", undefined],
];

Deno.test("a collector is left alone for as long as it asks, in seconds or until a time, to a bound", () => {
  for (const [said, seconds] of SAID) {
    const ms = seconds === undefined ? undefined : seconds * 1000;
    assertEquals(waitedMs(said, NOW), ms, String(said));
  }
});

import { assert, assertEquals } from "@std/assert";
import {
  GROUP_FORMAT,
  groupBytes,
  GroupReading,
  type GroupState,
  MISSING,
} from "../../../collectors/pmu/read_format.ts";

/** Puts u64 numbers where the kernel would, and says how many bytes they are. */
function fill(reading: GroupReading, ...numbers: bigint[]): number {
  reading.bytes.fill(0xee);
  new BigUint64Array(reading.bytes.buffer).set(numbers);
  return numbers.length * 8;
}

function decode(
  ids: bigint[],
  numbers: bigint[],
): { state: GroupState; values: number[] } {
  const reading = new GroupReading(ids);
  const state = reading.decode(fill(reading, ...numbers));
  return { state, values: ids.map((_, member) => reading.value(member)) };
}

Deno.test("GROUP_FORMAT asks for group, ids and both times", () => {
  assertEquals(GROUP_FORMAT, 0xf);
});

Deno.test("groupBytes() is three words and two for each member", () => {
  assertEquals([groupBytes(0), groupBytes(1), groupBytes(6)], [24, 40, 120]);
  assertEquals(new GroupReading([1n, 2n]).bytes.byteLength, 56);
});

Deno.test("GroupReading finds the values of a whole group", () => {
  assertEquals(decode([7n, 9n], [2n, 500n, 400n, 11n, 7n, 13n, 9n]), {
    state: "whole",
    values: [11, 13],
  });
});

Deno.test("GroupReading goes by id where the kernel answers in another order", () => {
  assertEquals(decode([1n, 2n, 3n], [3n, 0n, 0n, 30n, 3n, 10n, 1n, 20n, 2n]), {
    state: "whole",
    values: [10, 20, 30],
  });
});

Deno.test("GroupReading tells ids apart that differ in their upper half only", () => {
  const high = 1n << 32n;
  assertEquals(decode([5n, 5n + high], [2n, 0n, 0n, 8n, 5n + high, 4n, 5n]), {
    state: "whole",
    values: [4, 8],
  });
});

Deno.test("GroupReading reports a group whose leader answers alone", () => {
  assertEquals(decode([7n, 9n], [1n, 500n, 500n, 11n, 7n]), {
    state: "torn",
    values: [11, NaN],
  });
});

Deno.test("GroupReading reports a member that it does not know", () => {
  assertEquals(decode([7n, 9n], [2n, 500n, 500n, 11n, 7n, 12n, 8n]), {
    state: "torn",
    values: [11, NaN],
  });
  assertEquals(decode([7n], [2n, 500n, 500n, 11n, 7n]).state, "short");
});

Deno.test("GroupReading reports fewer bytes than nr promises, and keeps what came", () => {
  assertEquals(decode([7n, 9n], [2n, 500n, 500n, 11n, 7n]), {
    state: "short",
    values: [11, NaN],
  });
});

Deno.test("GroupReading reports a header that is cut off, and an nr that no group has", () => {
  const reading = new GroupReading([7n]);
  fill(reading, 1n, 500n, 500n, 11n, 7n);
  assertEquals(reading.decode(16), "short");
  assertEquals(reading.wordOf(0), MISSING);
  assertEquals(decode([7n], [1n + (1n << 32n), 500n, 500n, 11n, 7n]).state, "short");
});

Deno.test("GroupReading reports a group that answers nothing", () => {
  const reading = new GroupReading([7n]);
  assertEquals(reading.decode(0), "stopped");
  assert(Number.isNaN(reading.value(0)));
});

Deno.test("GroupReading gives both halves of a value that is past 2^32", () => {
  const reading = new GroupReading([7n]);
  reading.decode(fill(reading, 1n, 0n, 0n, 0x0000_0002_8000_0001n, 7n));
  const word = reading.wordOf(0);
  assertEquals([reading.words[word], reading.words[word + 1]], [0x8000_0001, 2]);
  assertEquals(reading.value(0), 2 * 4294967296 + 2147483649);
});

Deno.test("GroupReading knows no member that was never opened", () => {
  assertEquals(new GroupReading([7n]).wordOf(1), MISSING);
});

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { GroupReading } from "../../../collectors/pmu/read_format.ts";
import { difference, GroupScale } from "../../../collectors/pmu/scale.ts";

const MS = 1_000_000n;

/** A group of two events with ids 1 and 2, read again and again. */
class Group {
  readonly reading = new GroupReading([1n, 2n]);
  readonly scale = new GroupScale(2);

  /** Takes in a reading: times in ns and both values. */
  advance(enabled: bigint, running: bigint, first: bigint, second: bigint): boolean {
    new BigUint64Array(this.reading.bytes.buffer).set([
      2n,
      enabled,
      running,
      first,
      1n,
      second,
      2n,
    ]);
    assertEquals(this.reading.decode(56), "whole");
    return this.scale.advance(this.reading);
  }

  get increases(): number[] {
    return [...this.scale.increases];
  }
}

Deno.test("difference() is exact where a counter is far past 2^53", () => {
  // 2^63 + 1 to 2^63 + 4, and across a carry from one word to the other.
  assertEquals(difference(1, 0x8000_0000, 4, 0x8000_0000), 3);
  assertEquals(difference(0xffff_ffff, 0x8000_0000, 0, 0x8000_0001), 1);
  assertEquals(difference(0, 0, 0xffff_ffff, 0x1f_ffff), 2 ** 53 - 1);
  assertEquals(difference(0, 1, 0xffff_ffff, 0), -1);
  // Below 0 and above it again, which is past the end of a u64.
  assertEquals(difference(5, 0, 0xffff_fffd, 0xffff_ffff), -8);
  assertEquals(difference(0xffff_fffd, 0xffff_ffff, 5, 0), 8);
});

Deno.test("GroupScale passes on the counts of a group that was always counted", () => {
  const group = new Group();
  assert(group.advance(1000n * MS, 1000n * MS, 70n, 7n));
  assertEquals(group.increases, [70, 7]);
  assert(group.advance(3000n * MS, 3000n * MS, 75n, 8n));
  assertEquals(group.increases, [5, 1]);
  assertEquals([group.scale.enabledSeconds, group.scale.runningSeconds], [2, 2]);
});

Deno.test("GroupScale leaves large counts exact when nothing is scaled", () => {
  const group = new Group();
  // Multiplied by these nanoseconds and divided by them again, this count comes out one less.
  assert(group.advance(1_000_477_735n, 1_000_477_735n, 6_499_462_050_435_677n, 3n));
  assertEquals(group.increases, [6_499_462_050_435_677, 3]);
});

Deno.test("GroupScale gives exact increases of counts far past 2^53", () => {
  const group = new Group();
  const count = 2n ** 63n + 1n;
  group.advance(1000n * MS, 1000n * MS, count, 2n ** 32n - 1n);
  group.advance(2000n * MS, 2000n * MS, count + 12_346n, 2n ** 32n + 1n);
  assertEquals(group.increases, [12_346, 2]);
});

Deno.test("GroupScale scales an increase by the share of its own span", () => {
  const group = new Group();
  group.advance(1000n * MS, 1000n * MS, 100n, 100n);
  // A quarter of the next second was counted: 50 seen, 200 estimated.
  assert(group.advance(2000n * MS, 1250n * MS, 150n, 101n));
  assertEquals(group.increases, [200, 4]);
  assertEquals([group.scale.enabledSeconds, group.scale.runningSeconds], [1, 0.25]);
});

Deno.test("GroupScale adds nothing while the group has no turn, and loses nothing after", () => {
  const group = new Group();
  group.advance(1000n * MS, 1000n * MS, 100n, 10n);
  assertEquals(group.advance(2000n * MS, 1000n * MS, 100n, 10n), false);
  assertEquals(group.increases, [0, 0]);
  assertEquals([group.scale.enabledSeconds, group.scale.runningSeconds], [0, 0]);
  // Two seconds asked for since the baseline, half a second counted: four times what was seen.
  assert(group.advance(3000n * MS, 1500n * MS, 160n, 11n));
  assertEquals(group.increases, [240, 4]);
  assertEquals([group.scale.enabledSeconds, group.scale.runningSeconds], [2, 0.5]);
});

Deno.test("GroupScale sums to the truth under any order of turns", () => {
  const group = new Group();
  // 8 events a ms, counted in one of four ms: the estimate over all turns is the whole.
  let counted = 0n;
  let running = 0n;
  let total = 0;
  for (let ms = 1n; ms <= 400n; ms++) {
    if (ms % 4n === 0n) {
      counted += 8n;
      running += MS;
    }
    if (group.advance(ms * MS, running, counted, 0n)) total += group.scale.increases[0]!;
  }
  assertAlmostEquals(total, 8 * 400, 1e-6);
});

Deno.test("GroupScale leaves out a member that is missing", () => {
  const group = new Group();
  new BigUint64Array(group.reading.bytes.buffer).set([1n, 5n * MS, 5n * MS, 30n, 2n]);
  assertEquals(group.reading.decode(40), "torn");
  assert(group.scale.advance(group.reading));
  assertEquals(group.increases, [NaN, 30]);
});

Deno.test("GroupScale tells nothing of the span in which a counter fell, and goes on from there", () => {
  const group = new Group();
  group.advance(1000n * MS, 1000n * MS, 100n, 10n);
  // Below where it began, as the kernel prints a negative number.
  assert(!group.advance(2000n * MS, 2000n * MS, 2n ** 64n - 40n, 12n));
  assertEquals(group.increases, [0, 0]);
  assertEquals([group.scale.enabledSeconds, group.scale.runningSeconds], [0, 0]);
  assert(group.scale.ran);
  assert(group.advance(3000n * MS, 3000n * MS, 20n, 15n));
  assertEquals(group.increases, [60, 3]);
  assertEquals(group.scale.enabledSeconds, 1);
});

Deno.test("GroupScale tells a group that waited for its turn from one whose time does not go by", () => {
  const group = new Group();
  const told = (enabled: bigint, running: bigint): readonly boolean[] => {
    group.advance(enabled, running, 0n, 0n);
    const { ran, waited, stands } = group.scale;
    return [ran, waited, stands];
  };
  // Opened, and not enabled yet.
  assertEquals([told(0n, 0n), told(0n, 0n)], [[false, false, false], [false, false, false]]);
  assertEquals(told(1000n, 1000n), [true, false, false]);
  assertEquals(told(2000n, 1000n), [false, true, false]);
  assertEquals(told(3000n, 2000n), [true, false, false]);
  assertEquals([told(3000n, 2000n), told(3000n, 2000n)], [[false, false, true], [
    false,
    false,
    true,
  ]]);
  // 2^32 ns later its low word is the same.
  const later = 2n ** 32n;
  assertEquals(told(3000n + later, 2000n + later), [true, false, false]);
  assertEquals(told(3000n + later, 2000n + later), [false, false, true]);
});

Deno.test("GroupScale.begin takes what was counted before for nobody's", () => {
  const group = new Group();
  group.advance(1000n * MS, 1000n * MS, 70n, 7n);
  group.scale.begin(group.reading);
  assert(group.advance(3000n * MS, 2000n * MS, 75n, 9n));
  assertEquals(group.increases, [10, 4]);
  const late = new GroupScale(2);
  late.begin(group.reading);
  group.advance(4000n * MS, 3000n * MS, 76n, 11n);
  assert(late.advance(group.reading));
  assertEquals([[...late.increases], late.enabledSeconds, late.runningSeconds], [[1, 2], 1, 1]);
});

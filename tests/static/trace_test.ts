import { assertEquals } from "@std/assert";
import "../../static/trace.js";

type Values = readonly (number | null)[];
type Shares = readonly (readonly number[] | null)[];

interface Trace {
  stack(lines: readonly Values[], into: Values[]): Values[];
  voids(lines: readonly Values[], from: number, to: number): number[][];
  doubt(lines: readonly Values[], shares: Shares, from: number, to: number): {
    least: number;
    all: boolean;
  };
  line(
    values: Values,
    shares: readonly number[] | null,
    from: number,
    to: number,
    into: Record<string, unknown>,
  ): void;
}

const trace = (globalThis as unknown as { ringsideTrace: Trace }).ringsideTrace;

/** A path that remembers, as SVG writes it. */
class Path {
  d = "";
  moveTo(x: number, y: number): void {
    this.d += `M${x} ${y}`;
  }
  lineTo(x: number, y: number): void {
    this.d += `L${x} ${y}`;
  }
}

/** The paths of a line whose points stand ten apart, values upwards from 100. */
function drawn(values: Values, shares: readonly number[] | null): Record<string, string> {
  const paths = { solid: new Path(), dashed: new Path(), area: new Path() };
  trace.line(values, shares, 0, values.length - 1, {
    x: (at: number) => at * 10,
    y: (value: number) => 100 - value,
    zero: 100,
    ...paths,
  });
  return Object.fromEntries(Object.entries(paths).map(([name, { d }]) => [name, d]));
}

Deno.test("a line is solid up to the last exact point and dashed to each estimate", () => {
  assertEquals(drawn([1, 2, 3, 4], [1, 0.5, 1, 1]), {
    solid: "M10 98L20 97L30 96",
    dashed: "M0 99L10 98",
    area: "M0 100L0 99L10 98L20 97L30 96L30 100",
  });
});

Deno.test("no line and no area runs across what is missing, and a lone point is a dot", () => {
  assertEquals(drawn([1, 2, null, 4, null, 6, 7], null), {
    solid: "M0 99L10 98M30 96L31 96M50 94L60 93",
    dashed: "",
    area: "M0 100L0 99L10 98L10 100M30 100L30 96L30 100M50 100L50 94L60 93L60 100",
  });
});

Deno.test("stacked lines add up, and an absent one takes no other out", () => {
  const into: Values[] = [];
  trace.stack([[1, null, null], [2, 3, null]], into);
  assertEquals(into, [[1, null, null], [3, 3, null]]);
  // The same lists are filled again.
  const [first] = into;
  trace.stack([[5], [6]], into);
  assertEquals([into, into[0] === first], [[[5], [11]], true]);
});

Deno.test("a void reaches from the last value to the next one, of any line", () => {
  const lines = [[1, null, null, 4, null, 6], [1, null, null, null, 5, 6]];
  assertEquals(trace.voids(lines, 0, 5), [[0, 3]]);
  assertEquals(trace.voids([[null, 2, null]], 0, 2), []);
});

Deno.test("all is estimated where no point in sight is exact, whatever is missing", () => {
  const cases: readonly (readonly [Values[], Shares, number, boolean])[] = [
    [[[1, null, 3]], [[1, 1, 0.5]], 0.5, true],
    // Nothing before the first point can be seen.
    [[[1, 2, 3]], [[1, 0.6, 0.5]], 0.5, true],
    [[[1, 2, 3]], [[1, 1, 0.5]], 0.5, false],
    [[[1, 2], [3, 4]], [null, [1, 0.7]], 0.7, true],
    [[[1, 2]], [null], 1, false],
    [[[null, null]], [[1, 1]], 1, false],
  ];
  for (const [lines, shares, least, all] of cases) {
    assertEquals(trace.doubt(lines, shares, 0, lines[0]!.length - 1), { least, all });
  }
});

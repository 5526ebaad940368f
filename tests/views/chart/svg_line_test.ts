import { assert, assertEquals } from "@std/assert";
import { Picture, type PictureProps } from "../../../views/chart/svg_line.tsx";
import { scaleOf } from "../../../views/format.ts";
import { render } from "../../../views/html.ts";

const SHARE = { unit: "1", scale: scaleOf("1"), spanSeconds: 30 };

function picture(props: Partial<PictureProps> & Pick<PictureProps, "series" | "columns">): string {
  return render(Picture({
    names: ["User", "System"],
    drawn: "line",
    top: 1,
    ...SHARE,
    ...props,
  }));
}

/** The `d` of each line or area, and its classes. */
function paths(html: string): (readonly [string, string])[] {
  return [...html.matchAll(/<path class="([^"]*)" d="([^"]*)"/g)]
    .map(([, names, d]) => [names!, d!] as const);
}

// 150 by 100 units hold 30 s and a scale to 1: a second is 5 units, a tenth is 10.
const SECONDS = [1000, 1001, 1002, 1003];

Deno.test("Picture draws a line in whole relative steps that ends at now", () => {
  const series = { seconds: SECONDS, values: [[0.1, 0.2, 0.2, 0]], shares: [], sequence: 4 };
  assertEquals(paths(picture({ series, columns: [0] })), [
    ["line a", "M135 90l5-10 5 0 5 20"],
  ]);
});

Deno.test("Picture breaks the line at a gap, and shows the gap as a void", () => {
  const series = { seconds: SECONDS, values: [[0.1, null, null, 0.1]], shares: [], sequence: 4 };
  assertEquals(paths(picture({ series, columns: [0] })), [
    ["void", "M135 0H150V100H135Z"],
    // A lone point is a dot: a line of no length with round ends.
    ["line a", "M135 90h0M150 90h0"],
  ]);
});

Deno.test("Picture stacks areas, the highest first, each down to the zero line", () => {
  const series = {
    seconds: SECONDS.slice(2),
    values: [[0.1, 0.2], [0.3, 0.3]],
    shares: [],
    sequence: 4,
  };
  assertEquals(paths(picture({ series, columns: [0, 1], drawn: "stack" })), [
    ["stack b", "M145 60l5-10V100H145Z"],
    ["stack a", "M145 90l5-10V100H145Z"],
  ]);
});

Deno.test("Picture does not let one absent part take the others out of a stack", () => {
  const series = {
    seconds: SECONDS.slice(3),
    values: [[0.1], [null], [0.2]],
    shares: [],
    sequence: 4,
  };
  const html = picture({ series, columns: [0, 1, 2], drawn: "stack", names: ["a", "b", "c"] });
  assertEquals(paths(html).map(([, d]) => d), [
    "M150 70h0V100H150Z",
    "M150 90h0V100H150Z",
    "M150 90h0V100H150Z",
  ]);
});

Deno.test("Picture mirrors the second line below the zero line, on one scale", () => {
  const series = {
    seconds: SECONDS.slice(2),
    values: [[50e6, 50e6], [100e6, 0]],
    shares: [],
    sequence: 4,
  };
  const html = picture({
    series,
    columns: [0, 1],
    drawn: "mirror",
    top: undefined,
    unit: "By/s",
    scale: scaleOf("By/s"),
  });
  assertEquals(paths(html), [
    ["mirror a", "M145 25l5 0V50H145Z"],
    ["mirror b", "M145 100l5-50V50H145Z"],
  ]);
  const labels = [...html.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  assertEquals(labels.slice(0, 3), ["100\u00a0MB/s", "0", "100\u00a0MB/s"]);
});

Deno.test("Picture keeps every peak of more points than it can draw", () => {
  const values = Array.from({ length: 300 }, (_, index) => index === 137 ? 1 : 0.5);
  const seconds = values.map((_, index) => 1000 + index);
  const html = picture({
    series: { seconds, values: [values], shares: [], sequence: 300 },
    columns: [0],
    spanSeconds: 300,
  });
  const [, d] = paths(html)[0]!;
  // Up by half the height to the top, and down again.
  assert(/ \d+-50 /.test(d), d);
  assert(/ \d+ 50/.test(d), d);
  assert(d.split(" ").length < 200, `${d.split(" ").length} numbers`);
});

Deno.test("Picture says in a sentence what it shows, absence included", () => {
  const series = {
    seconds: SECONDS,
    values: [[0.1, 0.3, null, 0.2], [null, null, null, null]],
    shares: [null, null],
    sequence: 4,
  };
  const [, label] = /aria-label="([^"]*)"/.exec(picture({ series, columns: [0, 1] }))!;
  assertEquals(
    label!.replaceAll("\u00a0", " "),
    "User: now 20.0 %, from 10.0 % to 30.0 %. System: not measured yet.",
  );
});

Deno.test("Picture dashes and hatches what is an estimate, from the point before it", () => {
  const series = {
    seconds: SECONDS,
    values: [[0.1, 0.2, 0.2, 0]],
    shares: [[1, 0.71, 0.8, 1]],
    sequence: 4,
  };
  const html = picture({ series, columns: [0], spanSeconds: 15 });
  assertEquals(paths(html), [
    ["line a", "M140 80l10 20"],
    ["line a est", "M120 90l10-10 10 0"],
  ]);
  assert(html.includes('<path fill="url(#hatch)" d="M120 90l10-10 10 0V100H120Z"'), html);
  assert(html.includes(">71 %</text>"), html);
});

Deno.test("Picture loses no estimate among more points than it can draw", () => {
  const values = Array.from({ length: 300 }, () => 0.5);
  const shares = values.map((_, index) => index === 137 ? 0.4 : 1);
  const seconds = values.map((_, index) => 1000 + index);
  const html = picture({
    series: { seconds, values: [values], shares: [shares], sequence: 300 },
    columns: [0],
    spanSeconds: 300,
  });
  assertEquals(paths(html).map(([names]) => names), ["line a", "line a est"]);
  assert(paths(html).every(([, d]) => /^M\d+ 50[l ]/.test(d)), html);
});

Deno.test("Picture of estimates alone is dashed, says once how much was counted, and has no hatch", () => {
  const series = {
    seconds: SECONDS,
    values: [[0.1, null, 0.2, 0.1]],
    shares: [[1, 1, 0.4, 0.33]],
    sequence: 4,
  };
  const html = picture({ series, columns: [0], drawn: "mirror" });
  assertEquals(paths(html).filter(([names]) => names !== "void").map(([names]) => names), [
    "mirror a",
    "mirror a est",
  ]);
  assert(!html.includes("#hatch"), html);
  assertEquals(html.match(/>[^<]*counted<\/text>/g), [">33 % counted</text>"]);
  assert(/aria-label="[^"]*now 10\.0\u00a0% \(estimated, 33 % counted\)/.test(html), html);
});

Deno.test("Picture draws the whole over its parts, and names marks and gaps where there is room", () => {
  const html = picture({
    series: {
      seconds: [1000, 1010, 1020, 1060],
      values: [[0.5, 0.5, null, 0.5], [0.2, 0.2, null, 0.2]],
      shares: [null, null],
      sequence: 4,
    },
    columns: [0, 1],
    spanSeconds: 60,
    main: true,
    marks: [{ seconds: 900, text: "before" }, { seconds: 1005, text: "deploy" }, {
      seconds: 1006,
      text: "again",
    }, { seconds: 1059, text: "<b>now" }],
  });
  assertEquals(paths(html).map(([names]) => names), ["void", "line a w1", "line ink w2"]);
  const words = [...html.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  assertEquals(words.slice(3, -7), ["50 s gap", "again", "&lt;b&gt;now"]);
  assertEquals(html.match(/class="mk"/g)?.length, 3);
});

Deno.test("Picture of nothing is a frame that says so", () => {
  const html = picture({
    series: { seconds: [], values: [[]], shares: [], sequence: 0 },
    columns: [0],
    top: undefined,
  });
  assertEquals(paths(html), [["line a", ""]]);
  assert(html.includes(">not measured</text>"), html);
  assert(!/NaN|undefined|Infinity/.test(html), html);
});

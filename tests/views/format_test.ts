import { assertEquals } from "@std/assert";
import { REASONS } from "../../collectors/trust.ts";
import {
  absentWords,
  duration,
  factor,
  instant,
  measuredText,
  pad,
  plural,
  spell,
  spellOut,
  spellTotal,
  timestamp,
  trustSentence,
  trustWords,
  whole,
} from "../../views/format.ts";

/** Value, unit of the catalogue, what a person reads. */
const SPELLED: readonly (readonly [number, string, string, string])[] = [
  [0, "1", "0", "%"],
  [0.234, "1", "23.4", "%"],
  [0.0781, "1", "7.81", "%"],
  [0.0001, "1", "0.01", "%"],
  // Not zero, and not to be shown as zero.
  [0.00001, "1", "≈0", "%"],
  [0.99949, "1", "99.9", "%"],
  [0.9996, "1", "100", "%"],
  [1, "1", "100", "%"],
  [-0.05, "1", "−5.00", "%"],
  [0, "By", "0", "B"],
  [512, "By", "512", "B"],
  // Three digits again in the next unit, rather than four.
  [1000, "By", "0.98", "KiB"],
  [1023, "By", "1.00", "KiB"],
  [6 * 2 ** 30, "By", "6.00", "GiB"],
  [126.5 * 2 ** 30, "By", "127", "GiB"],
  [410e6, "By/s", "410", "MB/s"],
  [999.6e6, "By/s", "1.00", "GB/s"],
  [0.31, "By/s", "0.31", "B/s"],
  [0.0031, "s", "3.10", "ms"],
  [0.9994, "s", "999", "ms"],
  [0.9996, "s", "1.00", "s"],
  [2e-6, "s", "2.00", "µs"],
  [5e-10, "s", "0.50", "ns"],
  [90, "s", "90.0", "s"],
  [3700, "s", "1\u00a0h\u00a01\u00a0min", ""],
  [2.9e9, "Hz", "2.90", "GHz"],
  [61, "Cel", "61.0", "°C"],
  [-4.5, "Cel", "−4.50", "°C"],
  [228, "W", "228", "W"],
  [0.5, "J/s", "500", "mW"],
  [2084, "{file}", "2\u202f084", ""],
  [9_999_999, "{file}", "9\u202f999\u202f999", ""],
  [12_345_678, "{file}", "12.3", "M"],
  [1.92, "{task}", "1.92", ""],
  [586_000, "{interrupt}/s", "586", "k/s"],
  [0.004, "{interrupt}/s", "≈0", "/s"],
  [1.43, "{instruction}/{cycle}", "1.43", ""],
  // Exactly: what flows counts in 10^9, so 2^30 bytes a second are 1.07 of them.
  [2 ** 30, "By/s", "1.07", "GB/s"],
  [25.6e9, "By/s", "25.6", "GB/s"],
  [64 * 2 ** 20, "By/s", "67.1", "MB/s"],
  [87.4, "W", "87.4", "W"],
  [0.25, "W", "250", "mW"],
  [0.0421, "J/{gigainstruction}", "42.1", "mJ"],
  [1.5, "J/GBy", "1.50", "J/GB"],
];

Deno.test("spell gives three digits, a prefix and the unit apart", () => {
  for (const [value, unit, text, suffix] of SPELLED) {
    assertEquals(spell(value, unit), { value: text, unit: suffix }, `${value} ${unit}`);
  }
});

Deno.test("spellOut joins value and unit by a space that does not break", () => {
  assertEquals(spellOut(0.5, "1"), "50.0\u00a0%");
  assertEquals(spellOut(3, "{file}"), "3");
});

Deno.test("duration names the two largest units, and no empty ones", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, "0 s"],
    [59.9, "59 s"],
    [61, "1 min 1 s"],
    [300, "5 min"],
    [3_559_999, "41 d 4 h"],
    [86_400, "1 d"],
    // The hour between is empty: a day and 59 minutes is a day.
    [86_400 + 3540, "1 d"],
    [-90, "−1 min 30 s"],
  ];
  for (const [seconds, text] of cases) {
    assertEquals(duration(seconds).replaceAll("\u00a0", " "), text);
  }
});

Deno.test("whole sets thousands apart", () => {
  assertEquals(
    [0, 999, 1000, 1_234_567].map(whole),
    ["0", "999", "1\u202f000", "1\u202f234\u202f567"],
  );
});

Deno.test("pad fills up to three digits and a point, so that the last digit stands still", () => {
  assertEquals(pad("9.81"), "9.81");
  assertEquals(pad("100"), "\u2008100");
  assertEquals(pad("0"), "\u2008\u2007\u20070");
  assertEquals(pad("2\u202f084"), "2\u202f084");
});

Deno.test("absentWords has words for every reason, and neither a dash nor a digit", () => {
  const words = REASONS.map(absentWords);
  assertEquals(new Set(words).size, REASONS.length);
  for (const text of words) assertEquals(/^[a-z][a-z ]+$/.test(text), true, text);
});

Deno.test("spellTotal takes no total of seconds for a date", () => {
  // 128 CPUs that were idle for a hundred days each.
  assertEquals(spellTotal(128 * 100 * 86_400, "s"), duration(128 * 100 * 86_400));
  assertEquals(spellTotal(12, "s"), spellOut(12, "s"));
  assertEquals(spellTotal(2e9, "By"), spellOut(2e9, "By"));
});

Deno.test("trustWords says the share that was counted, never more than there was", () => {
  assertEquals(trustWords({ value: 1, coverage: 1, grade: "exact" }), "exact");
  assertEquals(trustWords({ value: 1, coverage: 0.629, grade: "estimated" }), "62 %");
  assertEquals(trustWords({ value: 1, coverage: 0.14, grade: "low" }), "low 14 %");
  assertEquals(trustWords({ value: 1, coverage: 0.004, grade: "low" }), "low under 1 %");
  assertEquals(trustWords({ value: 1, coverage: 0.01, grade: "low" }), "low 1 %");
  // A hundred times 0.29 is less than 29 in binary.
  assertEquals(trustWords({ value: 1, coverage: 0.29, grade: "estimated" }), "29 %");
  assertEquals(trustWords({ value: 1, coverage: 0.999, grade: "estimated" }), "99 %");
  assertEquals(trustWords({ value: 1, coverage: 0.5, grade: "implausible" }), "implausible");
  const partial = { counted: 3, present: 4 };
  assertEquals(trustWords({ value: 1, coverage: 1, grade: "estimated", partial }), "3 of 4");
  const shared = { value: 1, coverage: 0.62, grade: "estimated", partial, mixed: true } as const;
  assertEquals(trustWords(shared), "62 %, 3 of 4, mixed");
  assertEquals(trustWords({ ...shared, coverage: 0.14, grade: "low" }), "low 14 %, 3 of 4, mixed");
  // Of one time or not, all of it was counted.
  const mixed = { value: 1, coverage: 1, grade: "estimated", mixed: true } as const;
  assertEquals(trustWords(mixed), "mixed");
  assertEquals(trustWords({ value: 1, coverage: 1, grade: "estimated" }), "100 %");
});

Deno.test("a bound has its sign before the number, and words for those who hear it", () => {
  const lower = { value: 1.5e9, coverage: 1, grade: "estimated", bound: "lower" } as const;
  const upper = { ...lower, coverage: 0.5, bound: "upper" } as const;
  assertEquals(measuredText(lower, "By/s"), "≥\u00a01.50\u00a0GB/s");
  assertEquals(measuredText(upper, "By/s"), "≤\u00a01.50\u00a0GB/s");
  assertEquals(measuredText({ value: 1, coverage: 1, grade: "exact" }, "By/s"), "1.00\u00a0B/s");
  assertEquals([trustWords(lower), trustWords(upper)], ["at least", "50 %, at most"]);
  assertEquals(trustSentence(lower), "estimated, it is as much or more");
  assertEquals(
    trustSentence(upper),
    "estimated, it is as much or less, counted 50 % of the time",
  );
});

Deno.test("trustSentence tells all that makes a value less than exact", () => {
  const reading = {
    value: 1,
    coverage: 0.5,
    grade: "estimated",
    mixed: true,
    partial: { counted: 3, present: 4 },
  } as const;
  assertEquals(
    trustSentence(reading),
    "estimated, counted 50 % of the time, 3 of 4 parts in it, terms counted at different times",
  );
});

Deno.test("instant is UTC, and plural counts", () => {
  assertEquals(instant(Date.UTC(2026, 0, 2, 3, 4, 5)), ["2026-01-02", "03:04:05 UTC"]);
  // The clock of a tick has parts of a millisecond; every format shows the nearest one.
  const late = Date.UTC(2026, 0, 2, 3, 4, 5) - 0.4;
  assertEquals(timestamp(late), "2026-01-02T03:04:05.000Z");
  assertEquals(instant(late), ["2026-01-02", "03:04:05 UTC"]);
  assertEquals(plural(1, "socket"), "1 socket");
  assertEquals(plural(2, "quantity", "quantities"), "2 quantities");
});

Deno.test("factor writes what has many zeros as a power of ten, and nothing else", () => {
  assertEquals([0.05, 1.05, 1000, 1e6, 1e9, 1e12].map(factor), [
    "0.05",
    "1.05",
    "1000",
    "10⁶",
    "10⁹",
    "10¹²",
  ]);
  assertEquals(factor(2_500_000), "2500000");
});

Deno.test("what rests on somebody's word says whose, and no share of all of the time", () => {
  const heard = { value: 1, coverage: 1, grade: "estimated", hearsay: "third_party" } as const;
  assertEquals(trustWords(heard), "third party's word");
  assertEquals(trustSentence(heard), "estimated, on the word of a third party");
  assertEquals(trustWords({ ...heard, coverage: 0.5, hearsay: "unverified" }), "50 %, unverified");
});

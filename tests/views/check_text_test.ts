import { assertEquals } from "@std/assert";
import type { Check, Compared } from "../../collectors/mod.ts";
import { checkText } from "../../views/check_text.ts";
import { PROFILE } from "../stage.ts";

function compared(event: string, values: Partial<Compared> = {}): Compared {
  const side = { count: 1000, perSecond: 100, coverage: 1, runningSeconds: 10 };
  return {
    events: [event],
    group: 1,
    unit: "{event}",
    own: side,
    perf: side,
    difference: 0,
    within: true,
    allowed: 0.005,
    explained: null,
    around: 1000,
    ...values,
  };
}

function side(count: number, coverage = 1): Compared["own"] {
  return { count, perSecond: count / 10, coverage, runningSeconds: 10 * coverage };
}

function textOf(rows: readonly Compared[], problems: Check["problems"] = []): string[] {
  const agrees = rows.every(({ within, explained }) => within || explained !== null);
  const check = { profile: PROFILE, seconds: 5.04, compared: rows, agrees, problems };
  return checkText(check).replaceAll("\u202f", ",").trimEnd().split("\n");
}

Deno.test("checkText() sets both counts beside each other, and ends with a verdict", () => {
  const lines = textOf([
    compared("cpu-clock", { unit: "s", own: side(10.0551), perf: side(10.12) }),
    compared("cycles", {
      group: 2,
      own: side(30163275852.4, 0.079),
      perf: side(30360836879, 0.5),
      difference: -0.00001,
    }),
  ]);
  assertEquals(lines, [
    "perf stat beside Ringside for 5.0 s on stage, Linux 6.12.0.",
    "Each counts for its own time; differences are those of counts by the second.",
    "",
    "group  event            Ringside       perf stat        counted  difference",
    "    1  cpu-clock        10.055 s        10.120 s  100 % / 100 %    +0.000 %",
    "    2  cycles     30,163,275,852  30,360,836,879     7 % / 50 %    -0.001 %",
    "",
    "Ringside agrees with perf stat: 2 counts within 0.5 % (2 % where counters were shared), " +
    "0 explained",
  ]);
});

Deno.test("checkText() says of each count beyond the limit why, or that it differs", () => {
  const beyond = { within: false, difference: -0.2 };
  const missing = { ...beyond, difference: NaN };
  const lines = textOf([
    compared("a", { ...beyond, own: side(80), around: 130, explained: "ends" }),
    compared("b", { ...beyond, allowed: 0.444, explained: "chance" }),
    compared("c", { ...missing, perf: side(NaN, 0), explained: "not_counted_by_perf" }),
    compared("d", { ...missing, own: side(NaN, 0), explained: "not_counted_here" }),
    compared("e", { ...missing, explained: "changed" }),
    compared("f", beyond),
  ]);
  const notes = lines.slice(4, 10).map((line) => line.replace(/ {2,}/g, "|"));
  assertEquals(notes, [
    "|1|a|80|1,000|100 % / 100 %|-20.000 %|at the ends: Ringside counted 80 within perf's time, " +
    "130 around it",
    "|1|b|1,000|1,000|100 % / 100 %|-20.000 %|shared: in whose turn it happens is chance, up to 44 %",
    "|1|c|1,000|none|100 % / 0 %|perf stat did not count it",
    "|1|d|none|1,000|0 % / 100 %|Ringside did not count it, and says so",
    "|1|e|1,000|1,000|100 % / 100 %|its CPUs went or came meanwhile",
    "|1|f|1,000|1,000|100 % / 100 %|-20.000 %|DIFFERS",
  ]);
  assertEquals(
    lines.at(-1),
    "Ringside differs from perf stat: 0 counts within 0.5 % (2 % where counters were shared), " +
      "5 explained, 1 beyond",
  );
});

Deno.test("checkText() calls an event as perf prints it, and tells what is not counted", () => {
  const event = "cpu/event=0x24,umask=0xff,name=l2_rqsts.references/";
  const problem = {
    key: "failed",
    collector: "l3_counters",
    reason: "not_supported",
    message: "Cannot open it: \u001b[31mred",
    remedy: "Load it",
  } as const;
  const lines = textOf([compared(event, { events: [event, "x"] })], [problem]);
  assertEquals(lines[4]!.trim().split("  ").slice(0, 2), ["1", "l2_rqsts.references + x"]);
  assertEquals(lines.slice(6, 9), ["l3_counters: Cannot open it: ?[31mred", "  Load it", ""]);
});

/**
 * Every quantity against the rates that its events have by declaration, and against perf stat at the
 * same time: at each interval, shared counters or not.
 */
import { apart, check, finish, part, percent, Worst } from "../inside/report.ts";
import { readParameters } from "../inside/parameters.ts";
import { perfStat } from "../inside/perf_stat.ts";
import { countedFor, falseClaims, kernelGroup } from "../inside/proofs.ts";
import { byName, perSecond } from "../inside/rates.ts";
import { type Rise, type Span, Subject } from "../inside/subject.ts";

const parameters = readParameters();
const subject = new Subject();
/** How far a count may be off, where its group was counted all the time and where it was not. */
const OFF_MOST = { whole: 0.002, shared: 0.005 };
/** A sum of doubles. */
const COUNTS_OFF_MOST = 1;
const COVERAGE_OFF_MOST = 0.02;
/**
 * A group's last turn may have been a round of turns ago, and a round takes a quarter of a second where an
 * emulated CPU stands still in between. A tick of a second that is lost would be a fifth.
 */
const TIME_OFF_MOST = 0.05;
const [seconds = 5, ...intervalsMs] = Deno.args.map(Number);

function expectedRate({ source, cpu }: Rise): number {
  return source.events.reduce((sum, event) => sum + perSecond(byName(event), cpu, parameters), 0);
}

function offMost({ rises }: Span): number {
  const whole = rises.every((rise) => rise.runningSeconds >= 0.999 * rise.enabledSeconds);
  return whole ? OFF_MOST.whole : OFF_MOST.shared;
}

function judgeCounts(span: Span, label: string): void {
  const off = new Worst();
  const times = new Worst();
  const coverage = new Worst();
  for (const rise of span.rises) {
    const { metric, cpu, source, count, enabledSeconds, runningSeconds } = rise;
    const name = `${metric} of cpu ${cpu}`;
    const expected = expectedRate(rise) * enabledSeconds;
    off.add(apart(count, expected), name);
    const [least, most] = span.seconds;
    times.add(Math.max(0, enabledSeconds / most - 1, 1 - enabledSeconds / least), name);
    if (source.group < 0) continue;
    const kernel = kernelGroup(subject, source, cpu)?.since();
    if (!kernel) coverage.add(NaN, `${name}, which no group counted`);
    else {
      coverage.add(
        Math.abs(runningSeconds / enabledSeconds - kernel.runningNs / kernel.enabledNs),
        name,
      );
    }
  }
  const shares = span.rises.map((rise) => rise.runningSeconds / rise.enabledSeconds);
  const share = `counted ${percent(Math.min(...shares))} to ${
    percent(Math.max(...shares))
  } of the time`;
  const ticks = `${span.ticks} ticks in ${span.seconds[1].toFixed(2)} s`;
  off.check(`${label}: counts are rate x time enabled (${ticks}, ${share})`, offMost(span));
  times.check(`${label}: time enabled is the time that went by`, TIME_OFF_MOST);
  coverage.check(`${label}: coverage is the kernel's`, COVERAGE_OFF_MOST);
  check(span.fell.length === 0, `${label}: no counter fell${span.fell.map((name) => ` ${name}`)}`);
}

async function besidePerf(
  span: Span,
  label: string,
  counted: ReturnType<typeof perfStat>,
): Promise<void> {
  const off = new Worst();
  const most = offMost(span);
  const perf = new Map((await counted).map((count) => [count.event, count]));
  for (const source of uniqueSources()) {
    const [event] = source.events;
    const answer = perf.get(event!);
    const rises = span.rises.filter((rise) => rise.source === source);
    if (source.events.length > 1 || answer === undefined) continue;
    const sum = (pick: (rise: Rise) => number): number => rises.reduce((a, b) => a + pick(b), 0);
    const own = sum((rise) => rise.count) / sum((rise) => rise.enabledSeconds);
    const theirs = answer.count / answer.enabledSeconds;
    off.add(Math.abs(own - theirs) / theirs, `${source.metric}, ${event}`);
  }
  off.check(`${label}: the same as perf stat -a at the same time, in units a second`, most);
}

/** Where nothing was scaled, what the kernel counted is what was added up, to the count. */
function judgeExactness(span: Span, label: string): void {
  let furthest = 0;
  let judged = 0;
  for (const { cpu, source, count } of span.rises) {
    const group = kernelGroup(subject, source, cpu);
    const raw = group?.since();
    if (!raw || group === undefined) continue;
    judged++;
    furthest = Math.max(furthest, Math.abs(count - countedFor(source, group, raw)));
  }
  check(
    judged === span.rises.length && furthest <= COUNTS_OFF_MOST,
    `${label}: ${judged} increases beyond 2^53 are the kernel's own, the furthest ${furthest} counts off`,
  );
}

/** Each event once, with the first metric that it is counted for. */
function uniqueSources(): readonly Rise["source"][] {
  return [
    ...new Map(subject.sources.toReversed().map((source) => [source.events.join(), source]))
      .values(),
  ];
}

await subject.settle();
await part("sources", () => {
  const wrong = falseClaims(subject);
  const groups = new Set(subject.sources.map(({ pmu, group }) => `${pmu} ${group}`)).size;
  check(
    wrong.length === 0 && subject.sources.length > 0,
    `${subject.sources.length} sources in ${groups} groups are what the kernel was asked for${
      wrong.map((line) => `; ${line}`).join("")
    }`,
  );
});
for (const intervalMs of intervalsMs.length > 0 ? intervalsMs : [1000]) {
  const label = `every ${intervalMs} ms`;
  await part(label, async () => {
    const events = uniqueSources().flatMap((source) => source.events);
    // It would show the offset as counts.
    const counted = parameters.offset === 0n ? perfStat(events, seconds) : Promise.resolve([]);
    const span = await subject.span(1000 * seconds, intervalMs, { beside: counted });
    judgeCounts(span, label);
    if (parameters.offset === 0n) await besidePerf(span, label, counted);
    else judgeExactness(span, label);
  });
}
for (const { message } of subject.problems) console.log(`     ${message}`);
finish();

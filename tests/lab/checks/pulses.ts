/**
 * Rates that pulse, and rivals for the counters in the low half of every pulse: what is counted often
 * is high, what is counted seldom is low. Increases that are scaled one by one come to the truth,
 * which the guest's clock tells; totals that are scaled since the beginning do not, and neither do
 * counts that are not scaled.
 */
import { clockNs, pulseSum, readParameters } from "../inside/parameters.ts";
import { countedFor, kernelGroup } from "../inside/proofs.ts";
import { byName } from "../inside/rates.ts";
import type { GroupSpan } from "../inside/recorder.ts";
import { Rivals } from "../inside/rivals.ts";
import { apart, check, finish, part, percent } from "../inside/report.ts";
import { type Rise, Subject } from "../inside/subject.ts";

const INTERVAL_MS = 50;
const PERIODS = 2;
/** A tick in which the rate changed is scaled by one share of the time for both. */
const OFF_MOST = 0.05;
/** The wrong ways are off by many times that, or this would prove nothing. */
const WRONG_LEAST = 3 * OFF_MOST;
const METRICS = ["cpu_cycles", "instructions", "core_llc_references"];
const RIVAL_GROUPS = 10;

const parameters = readParameters();
const subject = new Subject();

const rivals = new Rivals(subject.profile.onlineCpus, RIVAL_GROUPS, parameters.counters);

function takeTurns(): void {
  rivals.on = Math.floor(clockNs() / parameters.pulseNs) % 2 === 1;
}

/** Counts since opening, scaled by the times since opening. */
function scaledTotal(count: number, { enabledNs, runningNs }: GroupSpan): number {
  return count * enabledNs / runningNs;
}

function judge(rise: Rise, clocks: readonly [from: number, to: number]): void {
  const { metric, cpu, source } = rise;
  const [from, to] = clocks;
  const high = parameters.pulseDepth * (pulseSum(parameters, to) - pulseSum(parameters, from));
  const truth = source.events.map(byName).reduce(
    (sum, { perUs, pulse }) => sum + perUs / 1000 * (to - from + pulse * high),
    0,
  );
  const group = kernelGroup(subject, source, cpu)!;
  const [before, after] = [group.untilMark()!, group.sinceOpened()!];
  const count = (span: GroupSpan): number => countedFor(source, group, span);
  const lifetime = scaledTotal(count(after), after) - scaledTotal(count(before), before);
  const unscaled = count(after) - count(before);
  const off = apart(rise.count, truth);
  const wrong = [apart(lifetime, truth), apart(unscaled, truth)];
  check(
    off <= OFF_MOST && wrong.every((share) => share >= WRONG_LEAST),
    `${metric} of cpu ${cpu}: ${percent(off)} off; totals scaled since the beginning ` +
      `${percent(wrong[0]!)}, unscaled ${percent(wrong[1]!)}`,
  );
}

await part("pulses", async () => {
  await subject.settle();
  const before = clockNs();
  const ms = PERIODS * 2 * parameters.pulseNs / 1e6;
  let last = before;
  const span = await subject.span(ms, INTERVAL_MS, {
    each: () => {
      takeTurns();
      last = clockNs();
    },
  });
  rivals.on = false;
  const rises = span.rises.filter(({ metric }) => METRICS.includes(metric));
  check(
    rises.length === METRICS.length * subject.profile.onlineCpus.length,
    `${rises.length} counts judged`,
  );
  for (const rise of rises) judge(rise, [before, last]);
  check(span.fell.length === 0, `no counter fell in ${span.ticks} ticks ${span.fell.join()}`);
});
for (const { message } of subject.problems) console.log(`     ${message}`);
finish();

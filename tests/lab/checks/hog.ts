/**
 * Counters that another client takes and gives back while Ringside counts: values stay right, groups
 * that cannot run are split, what gets no counter at all is said not to be counted, and all of it comes
 * back.
 */
import { isMeasured } from "../../../collectors/trust.ts";
import { readParameters, setHog } from "../inside/parameters.ts";
import { countedFor, falseClaims, kernelGroup } from "../inside/proofs.ts";
import { byName, perSecond } from "../inside/rates.ts";
import { checkRatios } from "../inside/ratios.ts";
import { apart, check, describe, finish, part, Worst } from "../inside/report.ts";
import { type Rise, Subject } from "../inside/subject.ts";

const INTERVAL_MS = 250;
const OFF_MOST = 0.005;
/** A group that had no turn for two seconds is split; one try is for several sizes. */
const SPLIT_MS = 6000;
/** Every ten seconds it is tried whether whole groups run again. */
const WHOLE_MS = 14_000;
const HELD = /hold/;

const parameters = readParameters();
const { counters } = parameters;
const subject = new Subject();
const fell = new Set<string>();

function declaredRate({ source, cpu }: Rise): number {
  return source.events.map(byName)
    .reduce((sum, event) => sum + perSecond(event, cpu, parameters), 0);
}

/**
 * How far the kernel's own count is from the declared rate. A turn begins with two looks at the clock,
 * and an emulated CPU may stand still between them: that is the lab's error, and of a short turn much.
 */
function labOff(rise: Rise): number {
  const group = kernelGroup(subject, rise.source, rise.cpu);
  const raw = group?.since();
  if (!raw || group === undefined || raw.runningNs === 0) return 0;
  return apart(countedFor(rise.source, group, raw) / (raw.runningNs / 1e9), declaredRate(rise));
}

async function pass(ms: number): Promise<void> {
  const span = await subject.span(ms, INTERVAL_MS);
  span.fell.forEach((name) => fell.add(name));
}

/** Everything is counted, and right. */
async function checkCounts(label: string): Promise<void> {
  const span = await subject.span(2000, INTERVAL_MS);
  span.fell.forEach((name) => fell.add(name));
  const off = new Worst();
  for (const rise of span.rises) {
    const { metric, cpu, count, enabledSeconds } = rise;
    const own = apart(count / enabledSeconds, declaredRate(rise));
    off.add(Math.max(0, own - labOff(rise)), `${metric} of cpu ${cpu}`);
  }
  const wrong = falseClaims(subject);
  off.check(`${label}: counts are rate x time enabled, as far as the kernel's are`, OFF_MOST);
  check(
    wrong.length === 0,
    `${label}: sources are what the kernel was asked for ${wrong.join("; ")}`,
  );
}

function groupsOnCpu0(): number {
  const own = subject.sources.filter(({ instances }) => instances.includes("0"));
  return new Set(own.map(({ group }) => group)).size;
}

function causes(): string {
  return subject.problems.filter(({ collector }) => collector === "core_counters")
    .map(({ message }) => message).join("; ");
}

await subject.settle();
const before = groupsOnCpu0();
await part("free", async () => {
  await checkCounts("all counters free");
});
await part("one left", async () => {
  setHog(counters - 1);
  await pass(SPLIT_MS);
  await checkCounts(`one of ${counters} counters left`);
  check(
    groupsOnCpu0() > before && HELD.test(causes()),
    `one left: ${before} groups were split into ${groupsOnCpu0()}, and that is said: ${causes()}`,
  );
  await checkRatios(subject, "one left");
});
await part("none left", async () => {
  setHog(counters);
  await pass(SPLIT_MS);
  const reading = subject.snapshot.read("cpu_cycles", "0");
  check(
    !isMeasured(reading) && reading.absent === "not_counted",
    `none left: cycles are not counted: ${describe(reading)}`,
  );
  check(HELD.test(causes()), `none left: somebody is said to hold them: ${causes()}`);
  const host = subject.snapshot.read("instructions_per_cycle");
  check(!isMeasured(host), `none left: instructions per cycle are absent: ${describe(host)}`);
});
await part("given back", async () => {
  setHog(0);
  await pass(WHOLE_MS);
  await checkCounts("given back");
  check(
    groupsOnCpu0() === before && !HELD.test(causes()),
    `given back: ${groupsOnCpu0()} groups as before, and nobody is said to hold any: ${causes()}`,
  );
});
check(fell.size === 0, `no counter fell ${[...fell].join()}`);
finish();

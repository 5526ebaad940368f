/**
 * Events that the kernel refuses, on all CPUs or on one kind of core: a reason for what they would have
 * counted, where they would have; a value for everything else.
 */
import { isMeasured } from "../../../collectors/trust.ts";
import { readParameters } from "../inside/parameters.ts";
import { byCode, byName, perSecond } from "../inside/rates.ts";
import { check, describe, finish, part, readingApart, sleep, Worst } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

/** What each refused event would be counted for: the words after the script. */
const METRICS = Deno.args;
const OFF_MOST = 0.005;
const INTERVAL_MS = 1000;

const parameters = readParameters();
const { unsupported, atomUnsupported, unsupportedErrno, atom } = parameters;
const subject = new Subject();
await subject.settle();
await sleep(INTERVAL_MS);
subject.tick(INTERVAL_MS);
const { snapshot, profile, problems } = subject;

const all = profile.onlineCpus;
const refusing = all.filter((cpu) => unsupported.length > 0 || atom.has(cpu));
const counting = all.filter((cpu) => !refusing.includes(cpu));

await part("asked", () => {
  const names = [...unsupported, ...atomUnsupported];
  const refused = subject.kernel.refusals.filter(({ type, config, errno }) =>
    errno === unsupportedErrno && names.includes(byCode(type, config)?.name ?? "")
  );
  check(
    refused.length > 0,
    `the kernel refused ${refused.length} times with errno ${unsupportedErrno}: ${
      names.join(", ")
    }`,
  );
});
for (const metric of METRICS) {
  await part(metric, () => {
    for (const cpu of refusing) {
      const reading = snapshot.read(metric, String(cpu));
      check(
        !isMeasured(reading) && reading.absent === "not_supported" && reading.problem !== undefined,
        `${metric} of cpu ${cpu} is absent with its cause: ${describe(reading)}`,
      );
    }
    for (const cpu of counting) {
      const reading = snapshot.read(metric, String(cpu));
      check(isMeasured(reading), `${metric} of cpu ${cpu} is counted: ${describe(reading)}`);
    }
    const host = snapshot.read(metric);
    const honest = counting.length === 0
      ? !isMeasured(host)
      : !isMeasured(host) || host.grade !== "exact" && host.partial?.counted === counting.length;
    check(honest, `${metric} of the host does not stand for all CPUs: ${describe(host)}`);
  });
}
await part("the rest", () => {
  const off = new Worst();
  for (const source of subject.shown) {
    for (const cpu of source.instances) {
      const reading = snapshot.read(source.metric, cpu);
      const rate = source.events.map(byName)
        .reduce((sum, event) => sum + perSecond(event, Number(cpu), parameters), 0);
      const name = `${source.metric} of cpu ${cpu}: ${describe(reading)}`;
      off.add(readingApart(reading, rate), name);
    }
  }
  off.check("the rest is counted, as it is shown in a second", OFF_MOST);
  // Its terms must be of the same CPUs, or the ratio of the host is of nothing.
  const host = snapshot.read("branch_miss_ratio");
  check(
    !isMeasured(host) || Math.abs(host.value - 0.03) < 0.0003,
    `the host's branch miss ratio is of CPUs that count both, or absent: ${describe(host)}`,
  );
});
await part("kinds of core", () => {
  if (atom.size === 0) return;
  const names = snapshot.groups("cpu", "core_type");
  check([...names].toSorted().join() === "cpu_atom,cpu_core", `kinds of core: ${names.join()}`);
  for (const name of names) {
    const [metric] = METRICS as [string];
    const reading = snapshot.readGroup(metric, "core_type", name);
    const counts = name !== "cpu_atom";
    check(isMeasured(reading) === counts, `${metric} of all ${name}: ${describe(reading)}`);
  }
});
await part("causes", () => {
  const own = problems.filter(({ collector }) => collector === "core_counters");
  check(
    own.length > 0 && own.length <= METRICS.length + 12,
    `${own.length} causes: ${own.map(({ message }) => message).join("; ")}`,
  );
});
finish();

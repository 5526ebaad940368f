/**
 * Ratios against the raw counts of the kernel's groups. A ratio of two events of one group needs no
 * scaling: it must be that of their raw counts. One of two groups is of different times, and must say
 * so.
 *
 * @module
 */
import { type Derived, METRICS } from "../../../collectors/catalogue.ts";
import { evaluate, inputs } from "../../../collectors/formula.ts";
import type { Source } from "../../../collectors/source.ts";
import { absent, exact, isMeasured, type Reading } from "../../../collectors/trust.ts";
import { countedFor, kernelGroup } from "./proofs.ts";
import { check, describe, sleep, Worst } from "./report.ts";
import type { Subject } from "./subject.ts";

const INTERVAL_MS = 1000;
/** Rows hold totals as doubles. */
const OFF_MOST = 1e-6;

/** Made of counts of the core alone, and of nothing else. */
function coreRatios(): readonly Derived[] {
  return [...METRICS.values()].filter((entry): entry is Derived =>
    entry.kind === "derived" && inputs(entry.formula).length > 1 &&
    inputs(entry.formula).every((id) => {
      const term = METRICS.get(id);
      return term !== undefined && term.kind === "counter" && term.collector === "core_counters";
    })
  );
}

/** The formula over the raw counts since the mark of the one group that counts its terms. */
function rawRatio(
  subject: Subject,
  ratio: Derived,
  sources: readonly Source[],
  cpu: number,
): number {
  const group = kernelGroup(subject, sources[0]!, cpu);
  const span = group?.since();
  if (!span || group === undefined) return NaN;
  const delta = (id: string): Reading =>
    exact(countedFor(sources.find(({ metric }) => metric === id)!, group, span));
  const none = (): Reading => absent("not_supported");
  const reading = evaluate(ratio.formula, { delta, rate: none, last: none, elapsed: none });
  return isMeasured(reading) ? reading.value : NaN;
}

/** Takes one window of a second and judges every ratio in it. */
export async function checkRatios(subject: Subject, label: string): Promise<void> {
  subject.tick(INTERVAL_MS);
  subject.kernel.mark();
  await sleep(INTERVAL_MS);
  subject.tick(INTERVAL_MS);
  const { snapshot, sources, profile } = subject;
  const off = new Worst();
  const lies: string[] = [];
  let mixed = 0;
  let absences = 0;
  for (const ratio of coreRatios()) {
    for (const cpu of profile.onlineCpus) {
      const reading = snapshot.read(ratio.id, String(cpu));
      const name = `${ratio.id} of cpu ${cpu}: ${describe(reading)}`;
      const terms = inputs(ratio.formula).map((id) =>
        sources.find(({ metric, instances }) => metric === id && instances.includes(String(cpu)))
      );
      const known = terms.filter((term) => term !== undefined);
      if (!isMeasured(reading)) {
        absences++;
        if (known.length === terms.length && reading.absent !== "not_counted") lies.push(name);
      } else if (known.length < terms.length) lies.push(`${name}, of a term without a source`);
      else if (new Set(known.map(({ group }) => group)).size > 1) {
        mixed++;
        if (!reading.mixed || reading.grade === "exact") lies.push(name);
      } else {
        if (reading.mixed) lies.push(name);
        const raw = rawRatio(subject, ratio, known, cpu);
        off.add(Math.abs(reading.value - raw) / raw, `${name}, raw ${raw}`);
      }
    }
    const host = snapshot.read(ratio.id);
    const split = isMixedAnywhere(subject, ratio);
    if (split && isMeasured(host) && (!host.mixed || host.grade === "exact")) {
      lies.push(`${ratio.id} of the host: ${describe(host)}`);
    }
  }
  if (off.count > 0) {
    off.check(`${label}: a ratio of one group is that of its raw counts`, OFF_MOST);
  }
  check(
    lies.length === 0 && off.count + mixed > 0,
    `${label}: ${mixed} ratios of two groups are mixed and not exact, ${off.count} are of one, ` +
      `${absences} absent${lies.map((lie) => `; ${lie}`).join("")}`,
  );
}

function isMixedAnywhere({ sources, profile }: Subject, ratio: Derived): boolean {
  return profile.onlineCpus.map(String).some((cpu) => {
    const groups = inputs(ratio.formula).flatMap((id) =>
      sources.filter(({ metric, instances }) => metric === id && instances.includes(cpu))
    ).map(({ group }) => group);
    return new Set(groups).size > 1;
  });
}

/**
 * What Ringside says of its sources, held against what the kernel was really asked: which events are
 * counted together on each CPU.
 *
 * @module
 */
import type { Source } from "../../../collectors/source.ts";
import { byCode, byName } from "./rates.ts";
import type { GroupSpan, OpenGroup } from "./recorder.ts";
import type { Subject } from "./subject.ts";

const SOFTWARE = 1;

/** The events of a group by the names under which they are declared; null for other PMUs than the core's. */
function namesOf(group: OpenGroup): ReadonlySet<string> | null {
  const names = group.events.map(({ type, config }) =>
    type === SOFTWARE ? undefined : byCode(type, config)?.name
  );
  return names.some((name) => name === undefined) ? null : new Set(names as string[]);
}

/** By the number of a group on one CPU, what is said to be counted in it. */
function claimsOf(sources: readonly Source[], cpu: string): ReadonlyMap<number, Set<string>> {
  const claims = new Map<number, Set<string>>();
  for (const { instances, group, events } of sources) {
    // Below 0: a sum whose parts are counted apart.
    if (!instances.includes(cpu) || group < 0) continue;
    const known = claims.get(group) ?? new Set();
    for (const event of events) known.add(byName(event).name);
    claims.set(group, known);
  }
  return claims;
}

/** The groups of the kernel on a CPU that hold all of these events, the one with the fewest others first. */
function holding(subject: Subject, cpu: number, claim: ReadonlySet<string>): readonly OpenGroup[] {
  return subject.kernel.groups()
    .filter((group) => group.cpu === cpu && namesOf(group)?.isSupersetOf(claim))
    .toSorted((a, b) => a.events.length - b.events.length);
}

/** Claims that no group of the kernel bears out, one line each. */
export function falseClaims(subject: Subject): readonly string[] {
  const wrong: string[] = [];
  for (const cpu of subject.profile.onlineCpus) {
    const taken = new Set<OpenGroup>();
    for (const claim of claimsOf(subject.sources, String(cpu)).values()) {
      const group = holding(subject, cpu, claim).find((candidate) => !taken.has(candidate));
      if (group === undefined) wrong.push(`cpu ${cpu}: no group of ${[...claim].join(" + ")}`);
      else taken.add(group);
    }
  }
  return wrong;
}

/** The group of the kernel in which a metric is counted on a CPU. */
export function kernelGroup(subject: Subject, source: Source, cpu: number): OpenGroup | undefined {
  const claim = claimsOf(subject.sources, String(cpu)).get(source.group);
  return claim === undefined ? undefined : holding(subject, cpu, claim)[0];
}

/** What was counted for a metric, of what the kernel answered for its group. */
export function countedFor(source: Source, group: OpenGroup, { counts }: GroupSpan): number {
  const names = group.events.map(({ type, config }) => byCode(type, config)?.name);
  return source.events.reduce((sum, event) => sum + counts[names.indexOf(byName(event).name)]!, 0);
}

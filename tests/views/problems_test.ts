import { assertEquals } from "@std/assert";
import type { Problem } from "../../collectors/trust.ts";
import { render } from "../../views/html.ts";
import { Unavailable } from "../../views/problems.tsx";

function refused(name: string, others: Partial<Problem> = {}): Problem {
  return {
    key: name,
    collector: "core_counters",
    reason: "not_supported",
    message: `Cannot open event "${name}" on cpu 0-1: ENOENT, needs a PMU that counts it`,
    ...others,
  };
}

/** The sentences of a card that has nothing to show. */
function sentences(causes: readonly Problem[]): readonly string[] {
  const html = render(Unavailable({ causes }));
  return [...html.matchAll(/<p(?: class="m")?>([^<]*)<\/p>/g)].map(([, text]) => text!);
}

Deno.test("events that were refused alike are told in one sentence, with all their names", () => {
  const why = "Cannot count l2_misses: no event for the L2 cache is known";
  const causes = [
    refused("branches"),
    refused("l2", { message: why }),
    refused("branch-misses"),
    refused("LLC-loads"),
  ];
  assertEquals(sentences(causes), [
    "Cannot open event &quot;branches&quot; on cpu 0-1: ENOENT, needs a PMU that counts it. " +
    "The same for &quot;branch-misses&quot;, &quot;LLC-loads&quot;.",
    `${why}.`,
  ]);
});

Deno.test("what was refused for another reason, or has another remedy, is told by itself", () => {
  const causes = [
    refused("a"),
    refused("b", { remedy: "Give it CAP_PERFMON" }),
    refused("c", { message: 'Cannot open event "c" on cpu 0-1: EINVAL' }),
  ];
  assertEquals(sentences(causes), [
    "Cannot open event &quot;a&quot; on cpu 0-1: ENOENT, needs a PMU that counts it.",
    "Cannot open event &quot;b&quot; on cpu 0-1: ENOENT, needs a PMU that counts it.",
    "Give it CAP_PERFMON.",
    "Cannot open event &quot;c&quot; on cpu 0-1: EINVAL.",
  ]);
});

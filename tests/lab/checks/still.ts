/**
 * Memory controllers whose counters open and never count: memory is never at rest, so their zeros are no
 * measurement. What stays is what the cores say at least.
 */
import { isMeasured } from "../../../collectors/trust.ts";
import { readParameters } from "../inside/parameters.ts";
import { byName, perSecond } from "../inside/rates.ts";
import { apart, check, describe, finish, part, percent, sleep } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const INTERVAL_MS = 1000;
const COLLECTOR = "memory_bandwidth";
/** Longer than it takes to find that each of two sources stays still. */
const TICKS = 12;
const COUNTED = [
  "memory_read_bytes",
  "memory_write_bytes",
  "memory_combined_bytes",
  "second_memory_bytes",
];
const OFF_MOST = 0.005;

const subject = new Subject([COLLECTOR, "cache_line"]);
const parameters = readParameters();

await subject.settle();
await part("still", async () => {
  const lies = new Set<string>();
  for (let tick = 0; tick < TICKS; tick++) {
    await sleep(INTERVAL_MS);
    subject.tick(INTERVAL_MS);
    if (tick < TICKS / 2) continue;
    for (const metric of COUNTED) {
      const reading = subject.snapshot.read(metric);
      if (isMeasured(reading)) lies.add(`${metric}: ${describe(reading)}`);
    }
  }
  check(
    lies.size === 0,
    `zeros of controllers are not shown${[...lies].map((lie) => `; ${lie}`).join("")}`,
  );
  const problem = subject.problems.find(({ collector }) => collector === COLLECTOR);
  check(problem !== undefined, `it says why: ${problem?.message}`);
  const { snapshot, profile } = subject;
  const total = snapshot.read("memory_bytes_per_second");
  const misses = snapshot.read("llc_misses_per_second");
  if (!isMeasured(misses)) {
    check(!isMeasured(total), `nothing counts traffic: ${describe(total)}`);
    return;
  }
  const declared = profile.onlineCpus.reduce(
    (sum, cpu) => sum + 64 * perSecond(byName("cache-misses"), cpu, parameters),
    0,
  );
  const off = isMeasured(total) ? apart(total.value, declared) : NaN;
  check(
    isMeasured(total) && total.bound === "lower" && total.grade !== "exact" && off <= OFF_MOST,
    `at least what the cores missed: ${describe(total)}, ${percent(off)} off`,
  );
});
for (const { message } of subject.problems) console.log(`     ${message}`);
finish();

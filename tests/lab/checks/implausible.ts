/**
 * Counters that open, run and do not count, as some virtual PMUs have: what cannot be is not shown as
 * if it were. The words after the script name what must be implausible.
 */
import { isMeasured } from "../../../collectors/trust.ts";
import { Load } from "../inside/load.ts";
import { check, describe, finish, part, sleep } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const INTERVAL_MS = 1000;
const subject = new Subject();
await using _load = new Load(0);
await using _other = new Load(1);

await subject.settle();
for (let i = 0; i < 3; i++) {
  await sleep(INTERVAL_MS);
  subject.tick(INTERVAL_MS);
}
for (const metric of Deno.args) {
  await part(metric, () => {
    for (const cpu of ["0", "1"]) {
      const reading = subject.snapshot.read(metric, cpu);
      const believed = isMeasured(reading) && reading.grade !== "implausible";
      check(!believed, `${metric} of cpu ${cpu} is not believed: ${describe(reading)}`);
    }
    const host = subject.snapshot.read(metric);
    check(
      !(isMeasured(host) && host.grade !== "implausible"),
      `${metric} of the host is not believed: ${describe(host)}`,
    );
  });
}
await part("the rest", () => {
  const reading = subject.snapshot.read("branch_misses", "0");
  check(
    isMeasured(reading) && reading.grade !== "implausible",
    `branch misses, which count well, are believed: ${describe(reading)}`,
  );
});
finish();

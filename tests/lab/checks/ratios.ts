/** Few counters, and rates that pulse against each other: which ratios are of one time. */
import { finish, part } from "../inside/report.ts";
import { falseClaims } from "../inside/proofs.ts";
import { checkRatios } from "../inside/ratios.ts";
import { check } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const subject = new Subject();
await subject.settle();
await part("sources", () => {
  const wrong = falseClaims(subject);
  check(
    wrong.length === 0 && subject.sources.length > 0,
    `${subject.sources.length} sources are what the kernel was asked for ${wrong.join("; ")}`,
  );
});
await part("ratios", async () => {
  await checkRatios(subject, "first window");
  await checkRatios(subject, "second window");
});
for (const { message } of subject.problems) console.log(`     ${message}`);
finish();

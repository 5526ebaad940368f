/** A machine without a PMU: every hardware quantity says why it is absent, and the rest goes on. */
import { METRICS } from "../../../collectors/catalogue.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import { check, finish, part, sleep } from "../inside/report.ts";
import { GuestService } from "../inside/service.ts";
import { Subject } from "../inside/subject.ts";

await part("readings", async () => {
  const subject = new Subject();
  await subject.settle(2);
  await sleep(500);
  subject.tick(1000);
  const { snapshot } = subject;
  const hardware = [...METRICS.values()].filter((entry) =>
    entry.kind !== "derived" && entry.collector === "core_counters"
  );
  const wrong = hardware.filter(({ id }) => {
    const reading = snapshot.read(id, "0");
    return isMeasured(reading) || reading.absent !== "not_supported" || !reading.problem;
  });
  check(
    hardware.length > 0 && wrong.length === 0,
    `${hardware.length} quantities are not supported, with a cause${
      wrong.map(({ id }) => `; ${id} ${JSON.stringify(snapshot.read(id, "0"))}`).join("")
    }`,
  );
  const causes = subject.problems.filter(({ collector }) => collector === "core_counters");
  check(
    causes.length === 1,
    `one cause for all: ${causes.map(({ message }) => message).join("; ")}`,
  );
  const going = ["software_context_switches", "cpu_user_seconds"].filter((id) =>
    isMeasured(snapshot.read(id, "0"))
  );
  check(going.length === 2, `what needs no PMU goes on: ${going.join(", ")}`);
});

await part("service", async () => {
  const service = await GuestService.start();
  await sleep(3000);
  const perf = await service.json("/api/v1/perf");
  check(perf.available === false, `/api/v1/perf is not available: ${JSON.stringify(perf.reason)}`);
  const ready = await service.text("/readyz");
  check(ready === "ready\n", `/readyz: ${ready.trim().slice(0, 60)}`);
  const { code, complaints } = await service.stop();
  check(
    code === 0 && complaints.length === 0,
    `it ended with ${code} and complained ${complaints.length} times ${
      complaints.slice(0, 3).join("; ")
    }`,
  );
});
finish();

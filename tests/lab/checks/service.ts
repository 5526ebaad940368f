/** The whole service on a machine with a PMU: what it answers to those who ask over HTTP. */
import { check, finish, part, sleep, Worst } from "../inside/report.ts";
import { GuestService } from "../inside/service.ts";
import { readParameters } from "../inside/parameters.ts";
import { byName, perSecond } from "../inside/rates.ts";

const parameters = readParameters();
const OFF_MOST = 0.005;
/** Of the ratios that README.md's table makes, by field of /api/v1/perf. */
const RATIOS: Readonly<Record<string, number>> = {
  ipc: 1.5,
  branch_miss_rate: 0.03,
  llc_miss_rate: 0.2,
  l1d_miss_rate: 0.05,
};
const SPAN_MS = 5000;
const COUNT = "ringside_pmu_events_total";
const ENABLED = "ringside_pmu_time_enabled_seconds_total";

/** Samples of a family by their labels, as they are written. */
function samples(text: string, family: string): ReadonlyMap<string, number> {
  return new Map(
    text.split("\n").filter((line) => line.startsWith(`${family}{`)).map((line) => {
      const end = line.lastIndexOf("}");
      return [line.slice(family.length, end + 1), Number(line.slice(end + 1).trim().split(" ")[0])];
    }),
  );
}

/** Events by what the label has of them: all their terms tell the rate. */
function eventsByLabel(catalogue: {
  readonly metrics: readonly {
    readonly sources: readonly { readonly events: readonly string[] }[];
  }[];
}): ReadonlyMap<string, string> {
  const events = catalogue.metrics.flatMap(({ sources }) =>
    sources.flatMap(({ events }) => events)
  );
  return new Map(events.map((event) => [
    /\bname=([^,/]+)/.exec(event)?.[1] ?? /^\w+\/(.*)\/$/.exec(event)?.[1] ?? event,
    event,
  ]));
}

const service = await GuestService.start();
await sleep(SPAN_MS);

await part("perf", async () => {
  const perf = await service.json("/api/v1/perf");
  check(
    perf.available === true,
    `/api/v1/perf is available: ${JSON.stringify(perf).slice(0, 300)}`,
  );
  for (const [field, expected] of Object.entries(RATIOS)) {
    const found = perf[field] ?? perf.perf?.[field];
    check(Math.abs(found - expected) <= OFF_MOST * expected, `${field} is ${expected}: ${found}`);
  }
});
await part("metrics", async () => {
  const names = eventsByLabel(await service.json("/api/v1/catalogue"));
  const before = await service.text("/metrics");
  await sleep(SPAN_MS);
  const after = await service.text("/metrics");
  const [counts, earlier] = [samples(after, COUNT), samples(before, COUNT)];
  const [enabled, enabledEarlier] = [samples(after, ENABLED), samples(before, ENABLED)];
  const off = new Worst();
  for (const [labels, count] of counts) {
    if (labels.includes('pmu="software"')) continue;
    const cpu = Number(/cpu="(\d+)"/.exec(labels)?.[1]);
    const event = /event="([^"]+)"/.exec(labels)?.[1] ?? "";
    const seconds = enabled.get(labels)! - enabledEarlier.get(labels)!;
    const rate = (count - earlier.get(labels)!) / seconds;
    const expected = event.split("+").reduce(
      (sum, part) => sum + perSecond(byName(names.get(part) ?? part), cpu, parameters),
      0,
    );
    off.add(Math.abs(rate - expected) / expected, labels);
  }
  off.check(`${COUNT} by ${ENABLED} is the rate`, OFF_MOST);
});
await part("snapshot", async () => {
  const text = await service.text("/api/v1/snapshot");
  check(/instructions_per_cycle/.test(text), "/api/v1/snapshot has instructions per cycle");
  const catalogue = await service.text("/api/v1/catalogue");
  check(/perf stat /.test(catalogue), "/api/v1/catalogue has perf's command");
});
await part("doctor", async () => {
  const doctor = await service.text("/doctor");
  check(/cycles/i.test(doctor), `/doctor speaks of cycles, in ${doctor.length} characters`);
  const page = await service.text("/");
  const [, figure = "no number"] = /class="huge">\s*<b>\s*([^<\s]+)/.exec(page) ?? [];
  check(Number(figure) === 1.5, `the page shows instructions per cycle of 1.5: ${figure}`);
});
await part("end", async () => {
  const { code, complaints } = await service.stop();
  check(
    code === 0 && complaints.length === 0,
    `it ended with ${code} and complained ${complaints.length} times ${
      complaints.slice(0, 3).join("; ")
    }`,
  );
});
finish();

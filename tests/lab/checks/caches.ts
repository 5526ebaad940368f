/**
 * L3 caches that have a PMU of their own, one for each package, which counts as often as the package's
 * number says. What is counted for a cache is nobody's finer, and its CPUs may come and go.
 */
import { isMeasured } from "../../../collectors/trust.ts";
import { perfStat } from "../inside/perf_stat.ts";
import {
  apart,
  check,
  describe,
  finish,
  part,
  percent,
  readingApart,
  sleep,
  Worst,
} from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const INTERVAL_MS = 1000;
const OFF_MOST = 0.002;
/** Counts a second in package 0, as README.md declares them; package 1 counts twice as many. */
const RATES = { l3_references: 70e6, l3_misses: 14e6 };
/** The first CPU of the second package: its events move to another when it goes. */
const CPU = 2;
const ONLINE = `/sys/devices/system/cpu/cpu${CPU}/online`;

const subject = new Subject();

async function tick(): Promise<void> {
  await sleep(INTERVAL_MS);
  subject.tick(INTERVAL_MS);
}

function checkRates(label: string): void {
  const { snapshot } = subject;
  const caches = snapshot.instances("l3_domain");
  const off = new Worst();
  for (const [metric, rate] of Object.entries(RATES)) {
    for (const [at, { name }] of caches.entries()) {
      const reading = snapshot.read(metric, name);
      off.add(readingApart(reading, rate * (at + 1)), `${metric} of ${name}: ${describe(reading)}`);
    }
    const host = snapshot.read(metric);
    off.add(readingApart(host, rate * 3), `${metric} of the host: ${describe(host)}`);
  }
  const ratio = snapshot.read("llc_miss_ratio");
  off.add(readingApart(ratio, 0.2), `the host's miss ratio: ${describe(ratio)}`);
  check(
    caches.length === 2,
    `${label}: ${caches.length} caches: ${caches.map(({ name }) => name).join()}`,
  );
  off.check(`${label}: L3 accesses and misses`, OFF_MOST);
}

await part("caches", async () => {
  await subject.settle();
  await tick();
  await tick();
  checkRates("all online");
  const fine = subject.snapshot.read("llc_miss_ratio", "0");
  check(!isMeasured(fine), `a CPU has no share of its cache: ${describe(fine)}`);
  const events = ["amd_l3/event=0x04,umask=0xff/", "amd_l3/event=0x04,umask=0x01/"];
  const counted = await perfStat(events, 2);
  for (const [at, rate] of Object.values(RATES).entries()) {
    const { event, count, enabledSeconds } = counted[at]!;
    // perf opens each on both packages: the time is that of two.
    const off = apart(count / enabledSeconds, rate * 1.5);
    check(off <= OFF_MOST, `perf stat -a agrees on ${event}: ${percent(off)} off`);
  }
});
await part("hotplug", async () => {
  Deno.writeTextFileSync(ONLINE, "0");
  await tick();
  await tick();
  await tick();
  checkRates(`cpu ${CPU} away`);
  Deno.writeTextFileSync(ONLINE, "1");
  await tick();
  await tick();
  await tick();
  checkRates(`cpu ${CPU} back`);
});
finish();

/**
 * A CPU that is taken away while it is busy and brought back: a gap, no counter that falls, and right
 * values two ticks after it is there again.
 */
import { isMeasured } from "../../../collectors/trust.ts";
import { Load } from "../inside/load.ts";
import { readParameters } from "../inside/parameters.ts";
import { byName, perSecond } from "../inside/rates.ts";
import {
  apart,
  check,
  describe,
  finish,
  part,
  readingApart,
  sleep,
  Worst,
} from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const CPU = 1;
const INTERVAL_MS = 1000;
/** The first window begins where the groups were opened, one after the other. */
const OFF_MOST = 0.02;
const ONLINE = `/sys/devices/system/cpu/cpu${CPU}/online`;

const parameters = readParameters();
const subject = new Subject();
const all = subject.profile.onlineCpus;
await using _load = new Load(CPU);

/** The highest total ever seen of each counter of each CPU. */
const highest = new Map<string, number>();
const fell = new Set<string>();
let gaps = 0;

async function tick(): Promise<void> {
  await sleep(INTERVAL_MS);
  subject.tick(INTERVAL_MS);
  for (const { metric, instances } of subject.sources) {
    for (const cpu of instances) {
      const cell = subject.cell(metric, cpu);
      const total = subject.engine.row[cell] ?? NaN;
      const name = `${metric} of cpu ${cpu}`;
      const before = highest.get(name);
      if (Number.isNaN(total)) gaps++;
      else if (before !== undefined && total < before) fell.add(name);
      else highest.set(name, total);
    }
  }
}

/** Coarser values are the sums of finer ones: of packages, and of the host. */
function checkSums(): void {
  const { snapshot } = subject;
  const sockets = snapshot.groups("cpu", "socket");
  const off = new Worst();
  for (const { metric } of subject.shown) {
    const each = all.map((cpu) => snapshot.read(metric, String(cpu)));
    const sum = each.reduce(
      (total, reading) => total + (isMeasured(reading) ? reading.value : NaN),
      0,
    );
    const host = snapshot.read(metric);
    off.add(readingApart(host, sum), `${metric} of the host: ${describe(host)}`);
    const packages = sockets.map((name) => snapshot.readGroup(metric, "socket", name));
    off.add(
      apart(packages.reduce((total, one) => total + (isMeasured(one) ? one.value : NaN), 0), sum),
      `${metric} of packages ${sockets.join()}: ${packages.map(describe).join(" + ")}`,
    );
    const values = new Set(each.map((reading) => isMeasured(reading) ? reading.value : NaN));
    if (values.size !== all.length) off.add(NaN, `${metric} of all CPUs: ${[...values].join()}`);
  }
  check(sockets.length === 2, `before: ${sockets.length} packages: ${sockets.join()}`);
  off.check("before: CPUs differ, and packages and host are their sums", 1e-9);
}

function checkRates(label: string, cpus: readonly number[]): void {
  const off = new Worst();
  for (const source of subject.shown) {
    for (const cpu of cpus) {
      const reading = subject.snapshot.read(source.metric, String(cpu));
      const rate = source.events.reduce(
        (sum, event) => sum + perSecond(byName(event), cpu, parameters),
        0,
      );
      const name = `${source.metric} of cpu ${cpu}: ${describe(reading)}`;
      off.add(readingApart(reading, rate), name);
    }
  }
  off.check(label, OFF_MOST);
}

const others = all.filter((cpu) => cpu !== CPU);

await part("hotplug", async () => {
  await subject.settle();
  await tick();
  await tick();
  checkRates("before: the values shown are the rates", all);
  checkSums();
  Deno.writeTextFileSync(ONLINE, "0");
  await tick();
  await tick();
  const shown = subject.snapshot.read("cpu_cycles", String(CPU));
  check(!isMeasured(shown), `while cpu ${CPU} is away its cycles are absent: ${describe(shown)}`);
  checkRates("meanwhile: the values of the other CPUs are the rates", others);
  const host = subject.snapshot.read("instructions_per_cycle");
  check(
    isMeasured(host) && Math.abs(host.value - 1.5) < 0.003,
    `meanwhile: instructions per cycle of the host are 1.5: ${describe(host)}`,
  );
  Deno.writeTextFileSync(ONLINE, "1");
  await tick();
  await tick();
  await tick();
  checkRates(`two ticks after the first with cpu ${CPU}: the values shown are the rates`, all);
  check(
    fell.size === 0,
    `no counter fell: ${highest.size} followed${[...fell].map((name) => `; ${name}`).join("")}`,
  );
});
for (const { message } of subject.problems) console.log(`     ${message}`);
finish();

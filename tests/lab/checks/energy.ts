/**
 * Energy by the PMU `power`: against the watts that it has by declaration and against perf stat at the
 * same time. With `hotplug`, the CPU that counts for the second package goes and comes back.
 */
import { EnergyChecks } from "../inside/energy_checks.ts";
import { readParameters } from "../inside/parameters.ts";
import { finish, part, sleep } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const INTERVAL_MS = 1000;
const PERF_SECONDS = 2;
/** The first CPU of the second package of two: its events move to another when it goes. */
const CPU = 2;
const ONLINE = `/sys/devices/system/cpu/cpu${CPU}/online`;

const subject = new Subject(["memory_bandwidth", "energy"]);
const energy = new EnergyChecks(subject, readParameters());

async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await sleep(INTERVAL_MS);
    subject.tick(INTERVAL_MS);
  }
}

await subject.settle();
await part("rates", async () => {
  await ticks(2);
  energy.watts("alone");
  energy.trust("alone");
  energy.bought("alone");
});
await part("perf stat", () => energy.besidePerf("beside perf", PERF_SECONDS));
if (Deno.args.includes("hotplug")) {
  await part("hotplug", async () => {
    Deno.writeTextFileSync(ONLINE, "0");
    await ticks(3);
    energy.watts(`cpu ${CPU} away`);
    Deno.writeTextFileSync(ONLINE, "1");
    await ticks(3);
    energy.watts(`cpu ${CPU} back`);
  });
}
for (const { message } of subject.problems) console.log(`     ${message}`);
finish();

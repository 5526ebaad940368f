/**
 * Memory traffic by the memory controllers' counters: against the rates that they have by declaration
 * and against perf stat at the same time. With `peak`, the memory's clock is waited for. With `hotplug`,
 * the CPU that counts for the second package goes and comes back.
 */
import { EnergyChecks } from "../inside/energy_checks.ts";
import { MemoryChecks } from "../inside/memory_checks.ts";
import { readParameters } from "../inside/parameters.ts";
import { finish, part, sleep } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const INTERVAL_MS = 1000;
const PERF_SECONDS = 2;
const CLOCK_TICKS = 12;
/** The first CPU of the second package of two: its events move to another when it goes. */
const CPU = 2;
const ONLINE = `/sys/devices/system/cpu/cpu${CPU}/online`;

const parameters = readParameters();
const subject = new Subject(["memory_bandwidth", "energy"]);
const memory = new MemoryChecks(subject, parameters);
const energy = parameters.uncore.includes("power") ? new EnergyChecks(subject, parameters) : null;

async function ticks(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await sleep(INTERVAL_MS);
    subject.tick(INTERVAL_MS);
  }
}

await subject.settle();
await part("rates", async () => {
  await ticks(2);
  memory.rates("alone");
  memory.trust("alone");
  energy?.watts("alone");
  energy?.bought("alone");
});
await part("perf stat", async () => {
  await memory.besidePerf("beside perf", PERF_SECONDS);
  memory.rates("beside perf");
  await memory.pasted("pasted");
});
if (Deno.args.includes("peak")) {
  await part("peak", async () => {
    // The clock is believed when it was counted twice.
    await ticks(CLOCK_TICKS);
    memory.peak("with time");
  });
}
if (Deno.args.includes("hotplug")) {
  await part("hotplug", async () => {
    Deno.writeTextFileSync(ONLINE, "0");
    await ticks(3);
    memory.rates(`cpu ${CPU} away`);
    Deno.writeTextFileSync(ONLINE, "1");
    await ticks(3);
    memory.rates(`cpu ${CPU} back`);
  });
}
for (const { message } of subject.problems) console.log(`     ${message}`);
finish();

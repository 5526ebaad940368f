import { assert, assertEquals } from "@std/assert";
import { METRICS, SCOPES } from "../../../collectors/catalogue.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../../../collectors/trust.ts";
import { BusyHost } from "../../busy_host.ts";

function worth(reading: Reading): string {
  return isMeasured(reading) ? reading.grade : reading.absent;
}

/** What readings say of all that is called exact without one. */
function heldAgainst(snapshot: Snapshot): { readonly count: number; readonly wrong: string[] } {
  const wrong: string[] = [];
  let count = 0;
  const hold = (name: string, reading: Reading): void => {
    count++;
    if (worth(reading) !== "exact") wrong.push(`${name}: ${worth(reading)}`);
  };
  for (const id of METRICS.keys()) {
    if (snapshot.isExact(id)) hold(id, snapshot.read(id));
    for (const scope of SCOPES.keys()) {
      if (scope === "host" || !snapshot.isExact(id, scope)) continue;
      for (const { name } of snapshot.instances(scope)) {
        hold(`${id} ${name}`, snapshot.read(id, name));
      }
    }
  }
  return { count, wrong };
}

for (const machine of ["firecracker-2cpu", "minimal-container", "server-2socket"]) {
  Deno.test(`what is exact without a reading is exact by its reading, on ${machine}`, async () => {
    const host = await BusyHost.load(machine);
    for (let tick = 0; tick < 6; tick++) {
      host.tick();
      const { count, wrong } = heldAgainst(host.stage.snapshot);
      assertEquals(wrong, [], `tick ${tick}`);
      // A counter has no rate after its first reading; gauges have their values.
      assert(count > (tick === 0 ? 5 : 30), `tick ${tick}: ${count}`);
    }
  });
}

import { assert, assertEquals } from "@std/assert";
import { METRICS, placeOf } from "../../../collectors/catalogue.ts";
import { Feed } from "../../../collectors/readings/feed.ts";
import { KnownReadings } from "../../../collectors/readings/known_readings.ts";
import { NO_MOVES } from "../../../collectors/readings/moves.ts";
import type { Snapshot } from "../../../collectors/readings/snapshot.ts";
import { collectorIndex, COLLECTORS, readAtColumn } from "../../../collectors/sampling/layout.ts";
import { exact, type Reading } from "../../../collectors/trust.ts";
import { BusyHost } from "../../busy_host.ts";

const TICKS = 12;

/** Every reading that there is, of the host and of each instance. */
function allReadings(snapshot: Snapshot): ReadonlyMap<string, Reading> {
  const found = new Map<string, Reading>();
  for (const [id, { scope }] of METRICS) {
    found.set(id, snapshot.read(id));
    if (scope === "host") continue;
    for (const { name } of snapshot.instances(scope)) {
      found.set(`${id} ${name}`, snapshot.read(id, name));
    }
  }
  return found;
}

for (const machine of ["firecracker-2cpu", "server-2socket"]) {
  Deno.test(`what is kept from tick to tick is what is worked out anew, on ${machine}`, async () => {
    const host = await BusyHost.load(machine);
    let kept = 0;
    let before: ReadonlyMap<string, Reading> = new Map();
    for (let tick = 0; tick < TICKS; tick++) {
      host.tick();
      const { engine, snapshot } = host.stage;
      const known = allReadings(snapshot);
      const anew = new Feed(snapshot.bootId, snapshot.profile, {
        layout: engine.layout,
        timeline: engine.timeline,
        problems: snapshot.problems,
        sources: engine.sources,
      }).latest()!;
      assertEquals(known, allReadings(anew));
      for (const [name, reading] of known) if (before.get(name) === reading) kept++;
      before = known;
    }
    assert(kept > 50 * TICKS, `${kept} readings were kept`);
  });
}

Deno.test("a reading is kept until one of its collectors has read again", () => {
  const row = (readAt: Readonly<Record<string, number>>): Float64Array => {
    const cells = new Float64Array(readAtColumn(COLLECTORS.length)).fill(NaN);
    for (const [collector, ms] of Object.entries(readAt)) {
      cells[readAtColumn(collectorIndex(collector))] = ms;
    }
    return cells;
  };
  const [load, memory] = ["load_1m", "memory_total_bytes"].map(placeOf) as [number, number];
  const first = new KnownReadings(row({ load: 1000, memory: 1000 }), NO_MOVES);
  const reading = first.addHost(load, exact(3));
  first.addHost(memory, exact(4));
  first.addSlot(memory, 2, exact(5));

  const second = new KnownReadings(row({ load: 1000, memory: 2000 }), NO_MOVES, first);
  assert(second.ofHost(load) === reading);
  assertEquals([second.ofHost(memory), second.ofSlot(memory, 2)], [undefined, undefined]);
  const third = new KnownReadings(row({ load: 2000, memory: 2000 }), NO_MOVES, second);
  assertEquals(third.ofHost(load), undefined);
  // What nobody has ever read stays as it is: not read.
  const never = new KnownReadings(row({}), NO_MOVES);
  never.addSlot(load, 0, exact(1));
  assertEquals(new KnownReadings(row({}), NO_MOVES, never).ofSlot(load, 0), exact(1));
});

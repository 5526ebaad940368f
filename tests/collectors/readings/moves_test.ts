import { assert, assertEquals } from "@std/assert";
import { COLLECTORS } from "../../../collectors/sampling/layout.ts";
import { Feed, type FeedSource } from "../../../collectors/readings/feed.ts";
import { countMoves, movedAlone, NO_MOVES } from "../../../collectors/readings/moves.ts";
import { createViews } from "../../../views/mod.ts";
import { BusyHost } from "../../busy_host.ts";

async function hostOf(machine = "server-2socket"): Promise<BusyHost> {
  const host = await BusyHost.load(machine);
  for (let tick = 0; tick < 3; tick++) host.tick();
  return host;
}

async function sourceOf(): Promise<FeedSource> {
  const { engine } = (await hostOf()).stage;
  const { layout, timeline, sources } = engine;
  return { layout, timeline, sources, problems: engine.problems() };
}

/** As after somebody of a scope was called otherwise. */
function withMove(source: FeedSource, scope: string): FeedSource {
  const { layout } = source;
  const moved = { ...layout.scopes[scope]!, instances: [...layout.scopes[scope]!.instances] };
  const scopes = { ...layout.scopes, [scope]: moved };
  return { ...source, layout: { ...layout, version: layout.version + 1, scopes } };
}

Deno.test("movedAlone() finds processes that came and went, and nothing else of the kind", async () => {
  const source = await sourceOf();
  assertEquals(movedAlone(source, source), []);
  assertEquals(movedAlone(source, withMove(source, "process")), ["process"]);
  for (const scope of ["cpu", "disk", "interface", "host"]) {
    assertEquals(movedAlone(source, withMove(source, scope)), null, scope);
  }
});

Deno.test("movedAlone() is null where anything else is new as well", async () => {
  const source = await sourceOf();
  const moved = withMove(source, "process");
  const { layout } = moved;
  assertEquals(movedAlone(source, { ...moved, problems: [] }), null);
  assertEquals(movedAlone(source, { ...moved, sources: [...source.sources] }), null);
  const bases = layout.bases.map((base) => base + 1);
  assertEquals(movedAlone(source, { ...moved, layout: { ...layout, bases } }), null);
  assertEquals(
    movedAlone(source, { ...moved, layout: { ...layout, width: layout.width + 1 } }),
    null,
  );
});

Deno.test("countMoves() counts for the collectors of a scope", () => {
  const moves = countMoves(countMoves(NO_MOVES, ["process"]), ["process"]);
  const counted = COLLECTORS.filter((_, index) => moves[index] === 2);
  assert(counted.length > 0 && counted.length < COLLECTORS.length);
  assertEquals(
    COLLECTORS.filter((_, index) => moves[index] === 0).length + counted.length,
    COLLECTORS.length,
  );
  assertEquals(countMoves(moves, []), moves);
});

/** The largest of all, and of a number of its own. */
function statOf(pid: number): string {
  return `${pid} (big${pid}) S 1 1 1 0 -1 0 1 0 0 0 ${pid} 0 0 0 20 0 1 0 100 8192000 900000 0\n`;
}

Deno.test("while only processes come and go, all else is kept, and nothing is shown that is old", async () => {
  const host = await hostOf("firecracker-2cpu");
  const { tree, stage } = host;
  const { overview } = createViews({ url: (name) => name, version: "1.2.3" });
  let pid = 9000;
  const move = (): void => {
    tree.remove(`/proc/${pid++}`);
    tree.set(`/proc/${pid}/stat`, statOf(pid));
    host.tick();
  };
  // By then there are slots for as many as come.
  for (let tick = 0; tick < 12; tick++) move();
  const { shape } = stage.snapshot;
  const seen = new Set<string>();
  for (let tick = 0; tick < 12; tick++) {
    const available = stage.snapshot.read("memory_available_bytes");
    const missing = stage.snapshot.read("instructions_per_cycle");
    move();
    const { snapshot } = stage;
    for (const { name } of snapshot.instances("process")) seen.add(name);
    assert(snapshot.shape === shape);
    assert(snapshot.read("instructions_per_cycle") === missing);
    assert(snapshot.read("memory_available_bytes") !== available);
    const shown = [...overview.fragments(snapshot)];
    const { layout, timeline, sources } = stage.engine;
    const source = { layout, timeline, sources, problems: snapshot.problems };
    const anew = new Feed(snapshot.bootId, snapshot.profile, source).latest()!;
    assertEquals(shown, [...overview.fragments(anew)]);
  }
  assert([...seen].filter((name) => /^90\d\d$/.test(name)).length >= 4, `${[...seen]}`);
});

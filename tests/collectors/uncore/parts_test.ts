import { assert, assertEquals } from "@std/assert";
import { CollectorError, type CollectorSpec, type Site } from "../../../collectors/collector.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import { type Part, type SourcedReader, UncoreParts } from "../../../collectors/uncore/parts.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

/** One box of a scope that counts 5 in each tick, until it is told to throw. */
class Hand {
  error: Error | null = null;
  opened = 0;
  closed = 0;
  readonly #scope: string;
  readonly #metric: string;

  constructor(scope: string, metric: string) {
    this.#scope = scope;
    this.#metric = metric;
  }

  part(site: Site): Part {
    return { key: this.#scope, metrics: [this.#metric], open: () => this.#open(site) };
  }

  #open(site: Site): SourcedReader {
    this.opened++;
    const instances = site.instances(this.#scope);
    const columns = ["", "_time_enabled_seconds", "_time_running_seconds"].map((end) =>
      site.column(this.#metric + end)
    );
    const source = {
      metric: this.#metric,
      pmu: "hand",
      events: ["five"],
      instances: ["0"],
      group: 0,
      provenance: "kernel",
    } as const;
    return {
      sources: [source],
      read: (row) => {
        if (this.error !== null) throw this.error;
        instances.begin();
        const slot = instances.claim("0");
        instances.end();
        columns.forEach((column, i) => row.add(column, slot, i === 0 ? 5 : 1));
      },
      close: () => void this.closed++,
    };
  }
}

function machine(): { readonly stage: Stage; readonly packages: Hand; readonly cores: Hand } {
  const packages = new Hand("package", "energy_package_joules");
  const cores = new Hand("cpu_core", "energy_core_joules");
  const spec: CollectorSpec = {
    id: "energy",
    minIntervalMs: 0,
    open: (site) => new UncoreParts(site, [packages.part(site), cores.part(site)]),
  };
  const stage = new Stage([spec], { tree: new TextTree({}) });
  for (let tick = 0; tick < 3; tick++) stage.tick();
  return { stage, packages, cores };
}

const NO_ROOM = new CollectorError("failed", "Cannot open counters of cores: no room");

Deno.test("UncoreParts lose no part with another whose reading fails", () => {
  const { stage, cores } = machine();
  cores.error = NO_ROOM;
  stage.tick();
  stage.tick();
  assertEquals(stage.rate("energy_package_joules"), 5);
  const lost = stage.read("energy_core_joules", "0");
  assert(!isMeasured(lost));
  assertEquals([lost.absent, lost.problem?.message], ["failed", NO_ROOM.message]);
  assertEquals(stage.snapshot.source("energy_core_joules", "0"), undefined);
  assertEquals(stage.snapshot.source("energy_package_joules", "0")?.pmu, "hand");
  assertEquals([cores.opened, cores.closed], [1, 1]);

  cores.error = null;
  for (let tick = 0; tick < 7; tick++) stage.tick();
  assertEquals(stage.rate("energy_core_joules", "0"), 5);
  assertEquals(stage.problems(), []);
  assertEquals(cores.opened, 2);
});

Deno.test("UncoreParts fail where the reading of the last part does", () => {
  const { stage, cores, packages } = machine();
  cores.error = NO_ROOM;
  stage.tick();
  packages.error = new CollectorError("gone", "Cannot read counters of packages: gone");
  stage.tick();
  const lost = stage.read("energy_package_joules", "0");
  assert(!isMeasured(lost));
  assertEquals(lost.absent, "gone");
  assertEquals(stage.read("collector_success", "energy"), {
    value: 0,
    coverage: 1,
    grade: "exact",
  });
  assertEquals([packages.closed, cores.closed], [1, 1]);
});

Deno.test("UncoreParts leave to the engine what is no cause of the machine", () => {
  const { stage, cores, packages } = machine();
  cores.error = new TypeError("Cannot do this: a slip");
  stage.tick();
  assert(!isMeasured(stage.read("energy_package_joules", "0")));
  assertEquals([packages.closed, cores.closed], [1, 1]);
});

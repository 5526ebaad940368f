/**
 * A collector of hardware counters whose counts the test says: what rises in each tick, for how long it
 * asked to be counted and for how long it was.
 *
 * @module
 */
import { isColumn, metric as metricOf } from "../../../collectors/catalogue.ts";
import type {
  CollectorError,
  CollectorSpec,
  RowWriter,
  Site,
} from "../../../collectors/collector.ts";
import type { Source } from "../../../collectors/source.ts";

/** An increase with the seconds enabled and running. */
export type Counted = readonly [increase: number, enabled: number, running: number];
/** By metric. */
export type Rises = Readonly<Record<string, Counted>>;

export class HandCounted {
  readonly spec: CollectorSpec;
  /** By instance: what each tick brings. Those that are not named are not there. */
  rises: Readonly<Record<string, Rises>> = {};
  groups: Readonly<Record<string, Readonly<Record<string, string>>>> = {};
  sources: readonly Source[] = [];
  /** Thrown by the next `open`. */
  refused: CollectorError | null = null;
  opened = 0;
  closed = 0;
  readonly #scope: string;

  constructor(id: string, scope = "cpu") {
    this.#scope = scope;
    this.spec = {
      id,
      minIntervalMs: 0,
      open: (site) => {
        if (this.refused !== null) throw this.refused;
        this.opened++;
        site.sources(this.sources);
        return { read: (row) => this.#read(site, row), close: () => void this.closed++ };
      },
    };
  }

  #read(site: Site, row: RowWriter): void {
    const instances = site.instances(this.#scope);
    instances.begin();
    for (const [name, rises] of Object.entries(this.rises)) {
      const slot = instances.claim(name, {}, this.groups[name]);
      for (const [id, [increase, enabled, running]] of Object.entries(rises)) {
        const entry = metricOf(id);
        if (!isColumn(entry)) throw new Error(`Cannot count "${id}": it is derived`);
        row.add(site.column(id), slot, increase);
        if (entry.counted === undefined) continue;
        row.add(site.column(entry.counted.enabled), slot, enabled);
        row.add(site.column(entry.counted.running), slot, running);
      }
    }
    instances.end();
  }
}

/** A source of one event on these CPUs. */
export function source(
  metric: string,
  group: number,
  instances: readonly string[],
  more: Partial<Source> = {},
): Source {
  return { metric, pmu: "cpu", events: [metric], instances, group, provenance: "kernel", ...more };
}

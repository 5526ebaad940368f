/**
 * A stage whose collectors write what the test says: the views are tested with values that nobody has
 * to compute from a file.
 *
 * @module
 */
import { isColumn, metric as metricOf } from "../../collectors/catalogue.ts";
import {
  CollectorError,
  type CollectorSpec,
  HOST_SLOT,
  type Site,
} from "../../collectors/collector.ts";
import type { HostProfile } from "../../collectors/host/profile.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Source } from "../../collectors/source.ts";
import type { Problem } from "../../collectors/trust.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

/** Totals and gauges by `metric` or `metric{instance}`; undefined: not measured for it. */
export type Cells = Readonly<Record<string, number | undefined>>;

export interface HandFilledOptions {
  readonly profile?: Partial<HostProfile>;
  /** Labels of instances, by name. */
  readonly labels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Groups of instances, by name: `{ "0": { socket: "0" } }`. */
  readonly groups?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Where counts come from; each is told by the collector of its metric. */
  readonly sources?: readonly Source[];
  /** Causes that cost some of a collector, told when it opens. */
  readonly problems?: readonly Problem[];
  /** Collectors that cannot open, with the cause. */
  readonly refused?: Readonly<Record<string, CollectorError>>;
}

export class HandFilled {
  readonly stage: Stage;
  #cells: Cells = {};

  /** Takes a tick for each set of cells, a second apart. */
  constructor(ticks: readonly Cells[], options: HandFilledOptions = {}) {
    const collectors = new Set([
      ...ticks.flatMap(Object.keys).map((key) => parse(key).collector),
      ...Object.keys(options.refused ?? {}),
    ]);
    const specs = [...collectors].map((id) => this.#spec(id, options));
    this.stage = new Stage(specs, {
      tree: new TextTree(),
      ...(options.profile === undefined ? {} : { profile: options.profile }),
    });
    for (const cells of ticks) this.tick(cells);
  }

  tick(cells: Cells): void {
    this.#cells = cells;
    this.stage.tick();
  }

  get snapshot(): Snapshot {
    return this.stage.snapshot;
  }

  #spec(id: string, options: HandFilledOptions): CollectorSpec {
    return {
      id,
      minIntervalMs: 0,
      open: (site) => {
        const refusal = options.refused?.[id];
        if (refusal !== undefined) throw refusal;
        const owned = (options.sources ?? []).filter((source) =>
          parse(source.metric).collector === id
        );
        if (owned.length > 0) site.sources(owned);
        for (const problem of options.problems ?? []) {
          if (problem.collector === id) site.report(problem);
        }
        return {
          read: (row) => {
            for (const [key, value] of Object.entries(this.#cells)) {
              const { metric, collector, kind, instance } = parse(key);
              if (collector !== id) continue;
              const column = site.column(metric);
              const slot = slotOf(site, metric, instance, options);
              if (value === undefined) row.none(column, slot);
              else if (kind === "counter") row.count(column, slot, value);
              else row.gauge(column, slot, value);
            }
          },
          close: () => {},
        };
      },
    };
  }
}

function slotOf(
  site: Site,
  metric: string,
  instance: string | undefined,
  options: HandFilledOptions,
): number {
  if (instance === undefined) return HOST_SLOT;
  const { labels, groups } = options;
  return site.instances(metricOf(metric).scope)
    .claim(instance, labels?.[instance], groups?.[instance]);
}

function parse(
  key: string,
): { metric: string; collector: string; kind: string; instance: string | undefined } {
  const [, metric, instance] = /^(\w+)(?:\{([\s\S]*)\})?$/.exec(key)!;
  const entry = metricOf(metric!);
  if (!isColumn(entry)) throw new Error(`Cannot fill "${metric}": it is derived`);
  return { metric: metric!, collector: entry.collector, kind: entry.kind, instance };
}

/**
 * Writes `ringside.json`, a dashboard for Grafana: a row for each card of the page, in its order, over any
 * number of hosts.
 *
 * deno run --allow-read --allow-write=deploy deploy/grafana/dashboard.ts
 *
 * @module
 */
import { CARDS } from "../../collectors/catalogue.ts";
import { availabilityQl, coverageQl } from "../prometheus/promql.ts";
import { draftsOf, MATCHERS, RANGE } from "./draft.ts";
import { DATASOURCE, type GridPos, type Panel, settingsOf, type Size, sizeOf } from "./panel.ts";

const FILE = new URL("./ringside.json", import.meta.url);
const COLUMNS = 24;
/** Of Grafana 11; later ones bring it up to theirs when they read it. */
const SCHEMA_VERSION = 39;
const BUILD_INFO = "ringside_build_info";

interface Placeable {
  readonly size: Size;
  readonly settings: Readonly<Record<string, unknown>>;
}

interface Row {
  readonly title: string;
  readonly panels: readonly Placeable[];
}

export interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly [setting: string]: unknown;
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
  readonly [setting: string]: unknown;
}

export function dashboard(): Dashboard {
  return {
    uid: "ringside-hosts",
    title: "Ringside",
    description: "Hardware counters of hosts and what they move, as Ringside measures them.",
    tags: ["ringside"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    timezone: "browser",
    annotations: { list: [] },
    links: [],
    templating: { list: variables() },
    panels: placed([TRUST, ...cardRows()]),
  };
}

function variables(): readonly Variable[] {
  return [
    {
      name: "datasource",
      label: "Data source",
      type: "datasource",
      query: "prometheus",
      current: {},
      hide: 0,
    },
    {
      ...labelVariable("cluster", "Cluster", `label_values(${BUILD_INFO}, cluster)`),
      // In an engine of one cluster series do not have the label. Jobs and hosts are those of Ringside alone.
      allValue: ".*",
    },
    labelVariable("job", "Job", `label_values(${BUILD_INFO}{cluster=~"$cluster"}, job)`),
    labelVariable(
      "instance",
      "Host",
      `label_values(${BUILD_INFO}{cluster=~"$cluster", job=~"$job"}, instance)`,
    ),
  ];
}

function labelVariable(name: string, label: string, definition: string): Variable {
  return {
    name,
    label,
    type: "query",
    datasource: DATASOURCE,
    definition,
    query: { query: definition, refId: `Variable-${name}` },
    // Whenever the time range changes.
    refresh: 2,
    sort: 1,
    multi: true,
    includeAll: true,
    current: { selected: true, text: ["All"], value: ["$__all"] },
    hide: 0,
  };
}

function cardRows(): readonly Row[] {
  return CARDS.flatMap((card) => {
    const { panels } = draftsOf(card);
    if (panels.length === 0) return [];
    return [{
      title: card.title,
      panels: panels.map((draft) => ({ size: sizeOf(draft), settings: settingsOf(draft) })),
    }];
  });
}

/** Before any figure: what of it is counted, and for how much of the time. */
const TRUST: Row = {
  title: "What is counted, and how much of the time",
  panels: [
    {
      size: { w: 12, h: 8 },
      settings: {
        type: "table",
        title: "Counted",
        description:
          "Groups of quantities that perf_event_open counts on each host, and why it does not.",
        datasource: DATASOURCE,
        targets: [{
          refId: "A",
          datasource: DATASOURCE,
          editorMode: "code",
          expr: availabilityQl(MATCHERS),
          format: "table",
          instant: true,
          range: false,
        }],
        fieldConfig: {
          defaults: {},
          overrides: [{
            matcher: { id: "byName", options: "Counted" },
            properties: [{
              id: "mappings",
              value: [{
                type: "value",
                options: { "0": { text: "no", index: 0 }, "1": { text: "yes", index: 1 } },
              }],
            }],
          }],
        },
        options: { showHeader: true, cellHeight: "sm" },
        transformations: [{
          id: "organize",
          options: {
            excludeByName: { Time: true, __name__: true, job: true },
            renameByName: { Value: "Counted", group: "Group", reason: "Reason" },
          },
        }],
      },
    },
    {
      size: { w: 12, h: 8 },
      settings: {
        type: "timeseries",
        title: "Share of time counted, by event",
        description:
          "Events that take turns on a counter are scaled up: below a fifth, figures are rough.",
        datasource: DATASOURCE,
        targets: [{
          refId: "A",
          datasource: DATASOURCE,
          editorMode: "code",
          expr: coverageQl({ by: ["event", "pmu"], range: RANGE, matchers: MATCHERS }),
          legendFormat: "{{instance}} {{pmu}} {{event}}",
          range: true,
        }],
        fieldConfig: {
          defaults: { unit: "percentunit", min: 0, max: 1, custom: { spanNulls: false } },
          overrides: [],
        },
        options: {
          legend: { displayMode: "list", placement: "bottom", showLegend: true },
          tooltip: { mode: "multi", sort: "asc" },
        },
      },
    },
  ],
};

/** Line by line from the left; the next line begins below the highest of this one. */
function placed(rows: readonly Row[]): readonly Panel[] {
  const panels: Panel[] = [];
  const add = (gridPos: GridPos, settings: Placeable["settings"]): void => {
    panels.push({ id: panels.length + 1, gridPos, ...settings } as Panel);
  };
  let y = 0;
  for (const row of rows) {
    add({ x: 0, y, w: COLUMNS, h: 1 }, {
      type: "row",
      title: row.title,
      collapsed: false,
      panels: [],
    });
    y++;
    let [x, highest] = [0, 0];
    for (const { size: { w, h }, settings } of row.panels) {
      if (x + w > COLUMNS) {
        y += highest;
        [x, highest] = [0, 0];
      }
      add({ x, y, w, h }, settings);
      x += w;
      highest = Math.max(highest, h);
    }
    y += highest;
  }
  return panels;
}

/** The whole file. */
export function dashboardJson(): string {
  return JSON.stringify(dashboard(), null, 2) + "\n";
}

if (import.meta.main) await Deno.writeTextFile(FILE, dashboardJson());

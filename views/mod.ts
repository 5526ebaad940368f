/** Every rendering of a snapshot, as routes hand them out. @module */
import "./modules.ts";
import type { Diagnosis } from "../collectors/doctor/diagnosis.ts";
import type { Mark } from "../collectors/readings/marks.ts";
import type { Series, SeriesKey } from "../collectors/readings/series.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import type { ChartTableProps } from "./chart/table.tsx";
import { cpusFragments, cpusPage, type CpusPageProps, cpusSeries } from "./cpus/page.tsx";
import type { CpusChoice } from "./cpus/choice.ts";
import { isKnown } from "./cpus/groups.ts";
import type { Assets } from "./document.tsx";
import type { DoctorJson } from "./doctor/json.ts";
import type { FleetPageProps } from "./fleet/page.tsx";
import { findFold, FoldContent } from "./card/fold.tsx";
import type { GuideStanding } from "./guide/standing.ts";
import type { ExpositionChoice, ExpositionFormat } from "./exposition/exposition.ts";
import { loginPage, type LoginProps } from "./login.tsx";
import { messagePage, type MessageProps } from "./message.tsx";
import { render } from "./html.ts";
import type { Late } from "./late.ts";
import { link } from "./link.ts";
import { overviewPage } from "./overview/page.tsx";
import { findSubject, type ProofSubject, ringsOf } from "./proof/subject.ts";
import type { SnapshotJson } from "./snapshot_json.ts";
import { type Span, SPAN_USUAL, spanSeconds } from "./chart/span.ts";
import { aside, fragments, late, overviewSeries, partials } from "./overview/updates.ts";

export interface ViewsOptions {
  /** Path of a file that is served beside the pages, by its name. */
  readonly url: (name: string) => string;
  /** Of this service. */
  readonly version: string;
  /** Whether it has a login. */
  readonly login?: boolean | undefined;
  /** What `/metrics` tells. */
  readonly exposition?: ExpositionChoice | undefined;
  /** Whether it knows an engine that knows other hosts. */
  readonly fleet?: boolean | undefined;
}

export interface OverviewPageProps {
  readonly snapshot: Snapshot;
  /** The lines of `overview.series(snapshot)`, in that order. */
  readonly series: Series;
  readonly intervalMs: number;
  /** How far back the charts show; absent: as far as they usually do. */
  readonly span?: Span | undefined;
  readonly marks?: readonly Mark[] | undefined;
  /** Names the columns of `series`; a page whose stream names others asks for itself anew. */
  readonly columnsKey?: string | undefined;
  /** Ticks do not come. */
  readonly late?: Late | undefined;
}

export interface ProofProps {
  readonly subject: ProofSubject;
  readonly snapshot: Snapshot;
  /** The lines of `proof.series(snapshot, subject)`, in that order. */
  readonly series: Series;
}

/** What a tick changes on a page, and the lines of its charts. */
export interface LiveParts {
  series(snapshot: Snapshot): readonly SeriesKey[];
  fragments(snapshot: Snapshot): ReadonlyMap<string, string>;
  partials(fragments: Iterable<readonly [id: string, html: string]>): string;
  /** What is told between ticks: the interval that is asked for. */
  aside?(intervalMs: number): string;
  /** What is told where ticks do not come. */
  late?(snapshot: Snapshot, late: Late): string;
}

/** Charts as tables. */
export interface ChartViews {
  /**
   * The lines of a chart of the overview, or of a CPU that the machine has; undefined where there is
   * no chart of that id.
   */
  series(id: string, snapshot: Snapshot, cpu?: string): readonly SeriesKey[] | undefined;
  document(props: ChartTableProps): string;
}

/** How figures were measured: of a row of a card, or of what of it stands in no row. */
export interface ProofViews {
  /** How many rows of a card have rings; undefined where there is no such card. */
  rings(card: string): number | undefined;
  subject(card: string, row: number | undefined): ProofSubject | null;
  series(snapshot: Snapshot, subject: ProofSubject): readonly SeriesKey[];
  /** For the place of a sheet on a page. */
  part(props: ProofProps): string;
  document(props: ProofProps): string;
}

export interface DoctorViews {
  document(props: { readonly snapshot: Snapshot; readonly diagnosis: Diagnosis }): string;
  text(diagnosis: Diagnosis): string;
  json(diagnosis: Diagnosis): DoctorJson;
}

export interface GuideViews {
  /** All that the page depends on. */
  standing(snapshot: Snapshot): GuideStanding;
  document(standing: GuideStanding): string;
}

/** A snapshot for programs and terminals. */
export interface PlainViews {
  snapshotJson(snapshot: Snapshot, metrics?: readonly string[]): SnapshotJson;
  /** `collect`: names of `COLLECT`; absent: everything. */
  exposition(
    snapshot: Snapshot,
    format: ExpositionFormat,
    collect?: readonly string[],
  ): string;
  table(snapshot: Snapshot): string;
  /** A line for each reading, for spreadsheets. */
  csv(snapshot: Snapshot): string;
}

export interface FleetViews {
  document(props: FleetPageProps): string;
}

/** What few open: it is loaded when it is first asked for. */
type Later<T> = () => Promise<T>;

export interface Views {
  readonly overview: LiveParts & {
    readonly name: string;
    document(props: OverviewPageProps): string;
    /** What is closed at first: of a card, by its place among them. Undefined where there is none. */
    fold(card: string, place: number): ((snapshot: Snapshot) => string) | undefined;
  };
  readonly chart: Later<ChartViews>;
  readonly cpus: {
    live(choice: CpusChoice): LiveParts;
    /** Whether the machine has what is chosen. */
    has(choice: CpusChoice, snapshot: Snapshot): boolean;
    document(props: CpusPageProps): string;
  };
  readonly proof: Later<ProofViews>;
  readonly doctor: Later<DoctorViews>;
  readonly guide: Later<GuideViews>;
  readonly fleet: Later<FleetViews>;
  message(props: MessageProps): string;
  login(props: LoginProps): string;
  readonly plain: Later<PlainViews>;
}

/** What a sheet looks back on. */
const SHEET_SECONDS = spanSeconds(SPAN_USUAL)!;

export const STYLES = ["page.css"] as const;

/** In the order in which they run; `theme.js` runs before all of them. */
const SCRIPTS = ["htmx.min.js", "uplot.min.js", "page.js"] as const;
/** Of a page that lives and has no charts: `live.js` is the part of `page.js` that is not of charts. */
const CHARTLESS_SCRIPTS = ["htmx.min.js", "live.js"] as const;

export function createViews(options: ViewsOptions): Views {
  const { url: pathOf, version, login = false, fleet = false } = options;
  const url = (name: string, root?: string): string => link(pathOf(name), root);
  /** Of a page that does not live. `root`: the way from it up to `/`. */
  const still = (styles: readonly string[] = [], root = ""): Assets => ({
    version,
    styles: [...STYLES, ...styles].map((name) => url(name, root)),
    first: url("theme.js", root),
    scripts: [],
    icon: url("favicon.svg", root),
    logout: login ? true : undefined,
    fleet: fleet ? true : undefined,
  });
  const assets: Assets = {
    ...still(),
    scripts: SCRIPTS.map((name) => url(name)),
    explore: url("explore.js"),
  };
  // Only the page of one has charts.
  const cpus: Assets = {
    ...assets,
    styles: [...assets.styles, url("cpus.css")],
    scripts: CHARTLESS_SCRIPTS.map((name) => url(name)),
  };
  const cpu: Assets = { ...cpus, scripts: assets.scripts };
  // One that the machine does not have says so, and does not live.
  const noCpu: Assets = still(["message.css"]);
  // The page does not live; its script is that of the buttons that copy.
  const doctor: Assets = { ...still(["doctor.css"]), scripts: [url("copy.js")] };
  const guide = still(["guide.css"]);
  // It has no stream: what is asked anew is the page itself.
  const hosts: Assets = {
    ...still(["fleet.css"]),
    scripts: ["htmx.min.js", "fleet.js"].map((name) => url(name)),
  };
  const sheet: Assets = { ...still(["sheet.css"]), scripts: doctor.scripts };
  return {
    overview: {
      name: "overview",
      series: overviewSeries,
      fragments,
      partials,
      aside,
      late,
      document: (props) => {
        const { span = SPAN_USUAL } = props;
        return overviewPage({ ...props, span, assets, stream: "stream?page=overview" });
      },
      fold: (card, place) => {
        const fold = findFold(card, place);
        if (fold === undefined) return undefined;
        return (snapshot) => render(FoldContent({ fold, snapshot }));
      },
    },
    proof: async () => {
      const { sheetPage, SheetPart } = await import("./proof/sheet.tsx");
      const { coverageKeys } = await import("./proof/told.ts");
      return {
        rings: ringsOf,
        subject: findSubject,
        series: coverageKeys,
        part: (props) =>
          render(SheetPart({ ...props, spanSeconds: SHEET_SECONDS, style: url("sheet.css") })),
        document: (props) => sheetPage({ ...props, spanSeconds: SHEET_SECONDS, assets: sheet }),
      };
    },
    chart: async () => {
      const { chartTablePage, chartTableSeries, ROOT } = await import("./chart/table.tsx");
      return {
        series: chartTableSeries,
        document: (props) => chartTablePage(props, still(["chart_table.css"], ROOT)),
      };
    },
    cpus: {
      live: (choice) => ({
        series: (snapshot) => cpusSeries(choice, snapshot),
        fragments: (snapshot) => cpusFragments(choice, snapshot),
        partials,
        aside,
        late,
      }),
      has: ({ cpu }, snapshot) => cpu === undefined || isKnown(cpu, snapshot),
      document: (props) => {
        const { choice, snapshot } = props;
        if (choice.cpu === undefined) return cpusPage(props, cpus);
        return cpusPage(props, isKnown(choice.cpu, snapshot) ? cpu : noCpu);
      },
    },
    doctor: async () => {
      const { doctorPage } = await import("./doctor/page.tsx");
      const { doctorText: text } = await import("./doctor/text.ts");
      const { doctorJson: json } = await import("./doctor/json.ts");
      return { document: (props) => doctorPage({ ...props, assets: doctor }), text, json };
    },
    guide: async () => {
      const { guideStanding: standing } = await import("./guide/standing.ts");
      const { guidePage } = await import("./guide/page.tsx");
      return { standing, document: (props) => guidePage(props, guide) };
    },
    fleet: async () => {
      const { fleetPage } = await import("./fleet/page.tsx");
      return { document: (props) => fleetPage(props, hosts) };
    },
    message: (props) => messagePage(props, still(["message.css"], props.root)),
    login: (props) =>
      loginPage(props, {
        ...still(["message.css", "login.css"]),
        logout: undefined,
        fleet: undefined,
      }),
    plain: async () => {
      const { exposition } = await import("./exposition/exposition.ts");
      const { snapshotJson } = await import("./snapshot_json.ts");
      const { readingsCsv: csv } = await import("./readings_csv.ts");
      const { tableText: table } = await import("./table_text.ts");
      return {
        snapshotJson,
        exposition: (snapshot, format, collect) =>
          exposition(snapshot, format, { ...options.exposition, version, collect }),
        table,
        csv,
      };
    },
  };
}

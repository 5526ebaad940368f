/** The page of the CPUs, all of them or one, and the parts of it that a tick changes. @module */
import { CPU_PAGE, type Series, type SeriesKey } from "../../collectors/mod.ts";
import type { Mark } from "../../collectors/readings/marks.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { chartKeys } from "../chart/chart.tsx";
import { COLUMNS, CPUS_PATH, type CpusChoice, cpusQuery } from "./choice.ts";
import { isKnown } from "./groups.ts";
import { HeatCard, HeatChoices } from "./heat.tsx";
import { Lacks } from "./lacks.tsx";
import { cpuCard, CpuCharts, CpuFacts, CpuFigures, CpuHead, CpuLacks, NoSuchCpu } from "./one.tsx";
import { CpusCount, CpusTable, isLong } from "./table.tsx";
import { Arcs } from "./value.tsx";
import { type Assets, document, type Live, TickNumber } from "../document.tsx";
import { IntervalChoice } from "../interval.tsx";
import { plural } from "../format.ts";
import { type Html, render } from "../html.ts";
import type { Late } from "../late.ts";
import { Symbols } from "../ring.tsx";
import { axisSeconds, SPAN_USUAL } from "../chart/span.ts";

export interface CpusPageProps {
  readonly choice: CpusChoice;
  readonly snapshot: Snapshot;
  /** The lines of `cpusSeries(choice, snapshot)`, in that order. */
  readonly series: Series;
  readonly intervalMs: number;
  readonly marks?: readonly Mark[] | undefined;
  readonly columnsKey?: string | undefined;
  readonly late?: Late | undefined;
}

/** The lines of the charts of one CPU; the page of all has none. */
export function cpusSeries({ cpu }: CpusChoice, snapshot: Snapshot): readonly SeriesKey[] {
  return cpu === undefined ? [] : chartKeys([cpuCard(cpu, snapshot)], snapshot);
}

/** Id of an element to the element, for each part that a tick may change. */
function parts(choice: CpusChoice, snapshot: Snapshot): readonly (readonly [string, () => Html])[] {
  const { cpu } = choice;
  if (cpu !== undefined) {
    const one = { choice, cpu, snapshot };
    return [
      ["cpu-facts", () => <CpuFacts {...one} />],
      ["cpu-figures", () => <CpuFigures {...one} />],
      ["cpu-lacks", () => <CpuLacks {...one} />],
    ];
  }
  return [
    ["cpus-by", () => <HeatChoices choice={choice} snapshot={snapshot} />],
    ["cpus-heat", () => <HeatCard choice={choice} snapshot={snapshot} />],
    ["cpus-table", () => <CpusTable choice={choice} snapshot={snapshot} />],
    ["cpus-count", () => <CpusCount choice={choice} snapshot={snapshot} />],
    ["cpus-lacks", () => <Lacks quantities={COLUMNS} snapshot={snapshot} id="cpus-lacks" />],
  ];
}

/** Every part of the page: id of its element to the element's HTML, id included. */
export function cpusFragments(
  choice: CpusChoice,
  snapshot: Snapshot,
): ReadonlyMap<string, string> {
  return new Map([
    ["tick", render(TickNumber({ snapshot }))],
    ["interval", render(IntervalChoice(snapshot))],
    ...parts(choice, snapshot).map(([id, part]) => [id, render(part())] as const),
  ]);
}

/** The page as a document. It lives, unless it is of a CPU that is not there. */
export function cpusPage(props: CpusPageProps, assets: Assets): string {
  const { choice, snapshot, series, intervalMs } = props;
  const { cpu } = choice;
  const { hostname } = snapshot.profile;
  const stream = `stream?page=cpus&${cpusQuery(cpu === undefined ? choice : { cpu })}`;
  const live: Live = {
    stream: stream.replace(/&$/, ""),
    snapshot,
    intervalMs,
    spanSeconds: axisSeconds(choice.span ?? SPAN_USUAL, series),
    columnsKey: props.columnsKey,
    late: props.late,
  };
  const known = cpu === undefined || isKnown(cpu, snapshot);
  return document({
    title: cpu === undefined ? `CPUs, ${hostname}` : `${CPU_PAGE.heading} ${cpu}, ${hostname}`,
    current: CPUS_PATH,
    assets,
    live: known ? live : undefined,
    children: cpu === undefined
      ? <All {...props} />
      : known
      ? <One {...props} cpu={cpu} script={assets.explore} />
      : <NoSuchCpu choice={choice} cpu={cpu} snapshot={snapshot} />,
  });
}

function All({ choice, snapshot }: CpusPageProps): Html {
  const { profile } = snapshot;
  const { sockets, cores } = snapshot.size;
  const sizes = [
    sockets === undefined ? "" : plural(sockets, "socket"),
    cores === undefined ? "" : plural(cores, "core"),
  ].filter((size) => size !== "").join(", ");
  return (
    <>
      <Symbols />
      <Arcs />
      <div class="host">
        <h1>CPUs</h1>
        <span>{profile.hostname}</span>
        {profile.cpuModel === undefined ? null : <span class="m">{profile.cpuModel}</span>}
        {sizes === "" ? null : <span class="m">{sizes}</span>}
      </div>
      <div class="cpus all">
        <HeatChoices choice={choice} snapshot={snapshot} />
        <HeatCard choice={choice} snapshot={snapshot} />
        <section
          class={isLong(snapshot) ? "card long" : "card"}
          id="cpus-figures"
          aria-labelledby="cpus-figures-title"
        >
          <header>
            <h2 id="cpus-figures-title">Figures of each CPU</h2>
          </header>
          <section class="scroll" tabindex={0} aria-label="Table that scrolls sideways">
            <CpusTable choice={choice} snapshot={snapshot} />
          </section>
          <CpusCount choice={choice} snapshot={snapshot} />
        </section>
        <Lacks quantities={COLUMNS} snapshot={snapshot} id="cpus-lacks" />
      </div>
    </>
  );
}

/** `script`: for those who use the charts. */
function One(props: CpusPageProps & { cpu: string; script: string | undefined }): Html {
  const { choice, cpu, snapshot, series, marks, script } = props;
  const one = { choice, cpu, snapshot };
  return (
    <>
      <Symbols />
      <CpuHead {...one} />
      <div class="standing">
        <CpuFacts {...one} />
      </div>
      <div class="cpus">
        <CpuFigures {...one} />
        <CpuCharts {...one} series={series} marks={marks} script={script} />
        <CpuLacks {...one} />
      </div>
    </>
  );
}

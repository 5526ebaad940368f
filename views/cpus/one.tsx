/** One CPU: what it is, its figures, and its last minutes. @module */
import type { Card, Chart, Figures, InstanceQuantity, Shown } from "../../collectors/card.ts";
import { metric as metricOf, shownUnit } from "../../collectors/catalogue.ts";
import { CPU_PAGE, type Present, type Series } from "../../collectors/mod.ts";
import type { Mark } from "../../collectors/readings/marks.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { chartColumns, ChartFigure } from "../chart/chart.tsx";
import { ChartControls } from "../chart/controls.tsx";
import { type CpusChoice, cpusHref, cpusQuery, HEATS } from "./choice.ts";
import { allNames, coreNumbers, siblingsOf } from "./groups.ts";
import { Lacks } from "./lacks.tsx";
import { found } from "./quantity.ts";
import { FiguresBlock } from "../card/figures.tsx";
import { spellOut } from "../format.ts";
import type { Child, Html } from "../html.ts";
import { Remedy } from "../problems.tsx";
import { CardTrust } from "../ring.tsx";
import { axisSeconds, SPAN_USUAL } from "../chart/span.ts";
import { worst } from "../standing.ts";
import { groupName } from "../card/table.tsx";

interface OneProps {
  readonly choice: CpusChoice;
  readonly cpu: string;
  readonly snapshot: Snapshot;
}

const ALL: readonly InstanceQuantity[] = CPU_PAGE.sections.flatMap(({ quantities }) => quantities);

function presentOf(cpu: string, snapshot: Snapshot): Present | undefined {
  return snapshot.instances(CPU_PAGE.scope).find(({ name }) => name === cpu);
}

/** Its name, and the ways to the others. */
export function CpuHead({ choice, cpu, snapshot }: OneProps): Html {
  const names = allNames(snapshot);
  const at = names.indexOf(cpu);
  const to = (name: string | undefined, words: string, rel: string): Html =>
    name === undefined
      ? <span class="m">{words}</span>
      : <a href={cpusHref(choice, { cpu: name })} rel={rel}>{words}</a>;
  return (
    <div class="host one">
      <h1 data-host={snapshot.profile.hostname}>{`${CPU_PAGE.heading} ${cpu}`}</h1>
      <span class="m">{snapshot.profile.hostname}</span>
      <nav aria-label="Other CPUs">
        {to(names[at - 1], "Previous", "prev")}
        {to(names[at + 1], "Next", "next")}
        <a href={cpusHref(choice, { cpu: undefined, span: undefined })}>All CPUs</a>
      </nav>
    </div>
  );
}

/** What it is. */
export function CpuFacts({ choice, cpu, snapshot }: OneProps): Html {
  const present = presentOf(cpu, snapshot);
  return (
    <dl class="facts" id="cpu-facts">
      {present === undefined
        ? <Fact name="State">{CPU_PAGE.unused.word}</Fact>
        : <Facts choice={choice} present={present} snapshot={snapshot} />}
    </dl>
  );
}

function Facts(props: { choice: CpusChoice; present: Present; snapshot: Snapshot }): Html {
  const { choice, present, snapshot } = props;
  const { groups } = present;
  const core = groups.core === undefined ? undefined : coreNumbers(snapshot).get(present.name);
  const others = siblingsOf(snapshot, present).filter(({ name }) => name !== present.name);
  const { name: rangeName, metrics: [low, high] } = CPU_PAGE.range;
  const [least, most] = [snapshot.read(low, present.name), snapshot.read(high, present.name)];
  const text = (id: string, value: number): string => spellOut(value, shownUnit(metricOf(id)));
  return (
    <>
      {groups.socket === undefined ? null : <Fact name="Socket">{groups.socket}</Fact>}
      {core === undefined ? null : (
        <Fact name="Core">
          {core}
          {others.length === 0 ? null : ", shared with "}
          {others.map(({ name }, index) => (
            <>
              {index === 0 ? null : ", "}
              <a href={cpusHref(choice, { cpu: name })}>{`${CPU_PAGE.heading} ${name}`}</a>
            </>
          ))}
        </Fact>
      )}
      {groups.core_type === undefined || groups.core_type === "cpu"
        ? null
        : <Fact name="Core type">{groups.core_type}</Fact>}
      {groups.l3_domain === undefined
        ? null
        : <Fact name={groupName("l3_domain", "").trim()}>{groups.l3_domain}</Fact>}
      {isMeasured(least) && isMeasured(most)
        ? <Fact name={rangeName}>{`${text(low, least.value)} to ${text(high, most.value)}`}</Fact>
        : null}
    </>
  );
}

function Fact(props: { name: string; children?: Child }): Html {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

/** All that is known of it now; while it is not used, that it is not. */
export function CpuFigures({ cpu, snapshot }: OneProps): Html {
  const here = presentOf(cpu, snapshot) !== undefined;
  return (
    <div class="figures" id="cpu-figures">
      {here
        ? CPU_PAGE.sections.map(({ title, quantities }, index) => (
          <Section
            title={title}
            at={index}
            rows={rowsOf(quantities, cpu, snapshot)}
            snapshot={snapshot}
          />
        ))
        : <Unused cpu={cpu} />}
    </div>
  );
}

function rowsOf(
  quantities: readonly InstanceQuantity[],
  cpu: string,
  snapshot: Snapshot,
): readonly Shown[] {
  return quantities.flatMap((quantity) => {
    const { metric, lack } = found(quantity, snapshot);
    return lack === null ? [{ metric, name: quantity.name, instance: cpu }] : [];
  });
}

function Section(props: {
  title: string;
  at: number;
  rows: readonly Shown[];
  snapshot: Snapshot;
}): Html | null {
  const { title, at, rows, snapshot } = props;
  if (rows.length === 0) return null;
  const block: Figures = { block: "figures", rows };
  const standing = worst(rows.map(({ metric, instance }) => snapshot.read(metric, instance)));
  return (
    <section class="card" aria-labelledby={`cpu-title-${at}`}>
      <header>
        <h2 id={`cpu-title-${at}`}>{title}</h2>
        {standing === null ? null : <CardTrust measured={standing} title={title} />}
      </header>
      <FiguresBlock block={block} snapshot={snapshot} />
    </section>
  );
}

function Unused({ cpu }: { cpu: string }): Html {
  const { word, message, remedy } = CPU_PAGE.unused;
  return (
    <section class="card" aria-labelledby="cpu-title-unused">
      <header>
        <h2 id="cpu-title-unused">{`${CPU_PAGE.heading} ${cpu} is ${word}`}</h2>
      </header>
      <div class="none">
        <p class="m">{`${message}.`}</p>
        <Remedy text={remedy.replace("#", cpu)} />
      </div>
    </section>
  );
}

export function CpuLacks({ snapshot }: OneProps): Html {
  return <Lacks quantities={ALL} snapshot={snapshot} id="cpu-lacks" />;
}

/**
 * The charts as a card of their own. All that there could be, so that a page and its stream number
 * their lines alike.
 */
export function cpuCard(cpu: string, snapshot: Snapshot): Card {
  return { id: "cpu", title: CPU_PAGE.heading, place: "wide", order: 0, blocks: HEATS.map(chart) };

  function chart(quantity: InstanceQuantity): Chart {
    const { metric } = found(quantity, snapshot);
    const { title, top, topMetric } = quantity.heat!;
    const share = shownUnit(metricOf(metric)) === "1";
    return {
      block: "chart",
      id: `cpu_${quantity.key}`,
      title,
      style: "line",
      series: [{ metric, name: quantity.name, instance: cpu }],
      ...(share && topMetric === undefined ? { top } : {}),
    };
  }
}

export interface CpuChartsProps extends OneProps {
  /** The lines of `chartKeys([cpuCard(...)])`. */
  readonly series: Series;
  readonly marks?: readonly Mark[] | undefined;
  /** URL of the script for those who use the charts. */
  readonly script?: string | undefined;
}

/** What the machine lacks is told elsewhere. */
export function CpuCharts(props: CpuChartsProps): Html | null {
  const { choice, cpu, snapshot, series, marks, script } = props;
  const { span = SPAN_USUAL, ...others } = choice;
  const card = cpuCard(cpu, snapshot);
  const columns = chartColumns([card], snapshot);
  const charts = [...columns].filter((_, index) => found(HEATS[index]!, snapshot).lack === null);
  if (charts.length === 0) return null;
  return (
    <section class="card" aria-labelledby="cpu-title-charts">
      <header>
        <h2 id="cpu-title-charts">Over time</h2>
        <ChartControls
          span={span}
          page={`cpus&cpu=${cpu}`}
          query={cpusQuery({ ...others, cpu })}
          script={script}
        />
      </header>
      <div class="plots">
        {charts.map(([chart, picks]) => (
          <ChartFigure
            chart={chart}
            columns={picks}
            series={series}
            snapshot={snapshot}
            spanSeconds={axisSeconds(span, series)}
            named={false}
            query={`cpu=${cpu}`}
            span={span}
            marks={marks}
          />
        ))}
      </div>
    </section>
  );
}

/** For a number that no CPU of this machine has. */
export function NoSuchCpu({ choice, cpu, snapshot }: OneProps): Html {
  const names = allNames(snapshot);
  const [first, last] = [names[0], names.at(-1)];
  return (
    <section class="message">
      <h1>{`There is no ${CPU_PAGE.heading} ${cpu}`}</h1>
      <p>
        {first === undefined
          ? "This machine does not tell which it has."
          : `${snapshot.profile.hostname} has ${names.length} of them, from ${first} to ${last}.`}
      </p>
      <p>
        <a
          href={choice.by === undefined
            ? cpusHref({}, {})
            : cpusHref(choice, { cpu: undefined, span: undefined })}
        >
          All CPUs
        </a>
      </p>
    </section>
  );
}

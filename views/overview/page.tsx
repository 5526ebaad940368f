/** The overview: the host, how far its figures can be trusted, and every card in its place. @module */
import type { Card } from "../../collectors/card.ts";
import { CARDS } from "../../collectors/catalogue.ts";
import type { HostProfile } from "../../collectors/host/profile.ts";
import type { Mark } from "../../collectors/readings/marks.ts";
import type { Series } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { GRADES } from "../../collectors/trust.ts";
import { arrange } from "./arrangement.ts";
import { CardSection } from "../card/card.tsx";
import { chartColumns, trendColumns } from "../chart/chart.tsx";
import { ChartControls } from "../chart/controls.tsx";
import { type Assets, document } from "../document.tsx";
import { DIGIT_SPACE, duration, plural, whole } from "../format.ts";
import { headlineText } from "../card/headline.tsx";
import { heightOf, lackingHeight } from "./height.ts";
import type { Html } from "../html.ts";
import { keptTally } from "./kept_tally.ts";
import { foldsOf, Lacking } from "./lacking.tsx";
import type { Late } from "../late.ts";
import { pack } from "./packing.ts";
import { Causes } from "../problems.tsx";
import { Glyph, Symbols } from "../ring.tsx";
import { axisSeconds, type Span } from "../chart/span.ts";
import { absenceOf, headlineOf, heroOf, type Tally } from "../standing.ts";

/** The arc of an estimate in the legend. */
const LEGEND_SHARE = 0.62;

/** Of system cards, on a wide page. */
const STACKS_MOST = 4;

export interface OverviewProps {
  readonly snapshot: Snapshot;
  /** The lines of `chartKeys(CARDS, snapshot)`, in that order. */
  readonly series: Series;
  /** How far back the charts show; the series has as much. */
  readonly span: Span;
  readonly marks?: readonly Mark[] | undefined;
}

export interface OverviewDocumentProps extends OverviewProps {
  readonly assets: Assets;
  readonly stream: string;
  /** The interval that is asked for. */
  readonly intervalMs: number;
  readonly columnsKey?: string | undefined;
  readonly late?: Late | undefined;
}

/** `exploring`: URL of the script for those who use the charts; absent: the page does not live. */
export function Overview(props: OverviewProps & { exploring?: string }): Html {
  const { snapshot, span } = props;
  return (
    <>
      <Symbols />
      <HostLine profile={snapshot.profile} snapshot={snapshot}>
        <ChartControls span={span} page="overview" script={props.exploring} />
      </HostLine>
      <div class="standing">
        <TrustLine snapshot={snapshot} />
        <Causes snapshot={snapshot} />
      </div>
      <div class="grid">
        <Columns {...props} />
      </div>
    </>
  );
}

function Columns(props: OverviewProps): Html {
  const { snapshot, series, span, marks } = props;
  const { core, side, wide, sys, foot, lacking, told } = arrange(snapshot);
  const hero = heroOf(snapshot);
  const columns = chartColumns(CARDS, snapshot);
  const spanSeconds = axisSeconds(span, series);
  const trends = { columns: trendColumns(CARDS, snapshot), series, spanSeconds };
  const section = (card: Card, classes: string): Html => (
    <CardSection
      card={card}
      snapshot={snapshot}
      series={series}
      columns={columns}
      trends={trends}
      spanSeconds={spanSeconds}
      span={span}
      marks={marks}
      classes={classes}
    />
  );
  const sections = (cards: readonly Card[]): readonly Html[] =>
    cards.map((card) => section(card, card === hero ? "card hero" : "card"));
  const panel = lacking.length === 0 ? null : (
    <Lacking
      lacking={lacking}
      snapshot={snapshot}
      entry={(card) => section(card, "entry")}
    />
  );
  return (
    <>
      <Column name="core" sections={sections(core)} />
      <Column
        name="side"
        sections={told === "side" && panel !== null ? [panel, ...sections(side)] : sections(side)}
      />
      <Column name="broad" sections={sections(wide)} />
      <Stacks
        cards={sys}
        sections={sections(sys)}
        lacking={told === "sys" ? lacking : []}
        panel={told === "sys" ? panel : null}
        snapshot={snapshot}
      />
      <Column name="foot" sections={sections(foot)} />
    </>
  );
}

function Column(props: { name: string; sections: readonly Html[] }): Html | null {
  const { name, sections } = props;
  return sections.length === 0 ? null : <div class={name}>{[...sections]}</div>;
}

interface StacksProps {
  readonly cards: readonly Card[];
  /** Of the cards. */
  readonly sections: readonly Html[];
  readonly lacking: readonly Card[];
  readonly panel: Html | null;
  readonly snapshot: Snapshot;
}

/** Cards of the system side by side, as many as there is room for, and with them what is lacking. */
function Stacks({ cards, sections, lacking, panel, snapshot }: StacksProps): Html {
  const parcels = cards.map((card) => ({
    height: heightOf(card, snapshot),
    stretches: card.blocks.some(({ block }) => block === "chart"),
  }));
  const all = [...sections];
  if (panel !== null) {
    const causes = foldsOf(lacking, snapshot).map(([first]) => absenceOf(snapshot, first!));
    parcels.push({ height: lackingHeight(causes), stretches: false });
    all.push(panel);
  }
  return (
    <div class="sys">
      {pack(parcels, STACKS_MOST).map((stack) => (
        <div class="stack">{stack.map((index) => all[index]!)}</div>
      ))}
    </div>
  );
}

function HostLine(
  props: { profile: HostProfile; snapshot: Snapshot; children: Html },
): Html {
  const { profile, snapshot } = props;
  const { sockets, cores, cpus } = snapshot.size;
  const sizes = [
    sockets === undefined ? "" : plural(sockets, "socket"),
    cores === undefined ? "" : plural(cores, "core"),
    plural(cpus, "CPU"),
  ].filter((size) => size !== "").join(", ");
  return (
    <div class="host">
      <h1>{profile.hostname}</h1>
      {profile.cpuModel === undefined ? null : (
        <span>
          {(sockets ?? 1) > 1 ? `${sockets} × ` : ""}
          {profile.cpuModel}
        </span>
      )}
      <span class="m">{sizes}</span>
      {profile.hypervisor === undefined ? null : (
        <span class="m">
          {profile.hypervisor === "unknown" ? "virtual machine" : `${profile.hypervisor} guest`}
        </span>
      )}
      {profile.distribution === undefined ? null : <span class="m">{profile.distribution}</span>}
      <span class="m">{`Linux ${profile.kernelRelease}`}</span>
      <Uptime snapshot={snapshot} />
      {props.children}
    </div>
  );
}

export function Uptime(props: { snapshot: Snapshot }): Html {
  const { bootedAtMs, wallMs } = props.snapshot;
  return (
    <span class="m" id="uptime">
      {bootedAtMs === undefined ? "" : `up ${duration((wallMs - bootedAtMs) / 1000)}`}
    </span>
  );
}

/** How many quantities are worth what. It is the legend of the rings, and its numbers add up. */
export function TrustLine(props: { snapshot: Snapshot }): Html {
  const counts = keptTally(props.snapshot);
  return (
    <ul class="trust" id="trust">
      <li>
        Quantities measured <Count count={counts.measured} of={counts.total} />
      </li>
      {GRADES.map((grade) => <GradeCount counts={counts} grade={grade} />)}
      <li>
        <Glyph grade="absent" /> not available <Count count={counts.unavailable} />
      </li>
      <li>
        not yet <Count count={counts.waiting} />
      </li>
    </ul>
  );
}

/** Also of none: what came and went would move the others. */
function GradeCount(props: { counts: Tally; grade: keyof Tally["grades"] }): Html {
  const { counts, grade } = props;
  return (
    <li>
      <Glyph grade={grade} share={LEGEND_SHARE} /> {grade} <Count count={counts.grades[grade]} />
    </li>
  );
}

/** As wide with three digits as with one: what follows stands still. Hence the number comes last. */
function Count(props: { count: number; of?: number }): Html {
  const count = whole(props.count);
  const blank = DIGIT_SPACE.repeat(Math.max(0, 3 - count.length));
  return <b>{(props.of === undefined ? count : `${count} of ${whole(props.of)}`) + blank}</b>;
}

/** The overview as a document, live where a stream is named. */
export function overviewPage(props: OverviewDocumentProps): string {
  const { snapshot, series, span, marks, assets, stream, intervalMs, columnsKey, late } = props;
  return document({
    lead: lead(snapshot),
    title: snapshot.profile.hostname,
    current: "/",
    assets,
    live: {
      stream,
      snapshot,
      intervalMs,
      spanSeconds: axisSeconds(span, series),
      columnsKey,
      late,
    },
    children: (
      <Overview
        snapshot={snapshot}
        series={series}
        span={span}
        marks={marks}
        {...(assets.explore === undefined ? {} : { exploring: assets.explore })}
      />
    ),
  });
}

function lead(snapshot: Snapshot): string {
  const hero = heroOf(snapshot);
  const headline = hero === undefined ? undefined : headlineOf(hero);
  return headline === undefined ? "" : headlineText(headline, snapshot);
}

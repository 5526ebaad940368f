/** The overview: the host, how far its figures can be trusted, and every card in its place. @module */
import type { Card } from "../collectors/card.ts";
import { CARDS } from "../collectors/catalogue.ts";
import type { HostProfile } from "../collectors/host.ts";
import type { Series } from "../collectors/series.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { GRADES } from "../collectors/trust.ts";
import { CardSection } from "./card.tsx";
import { chartColumns } from "./chart.tsx";
import { type Assets, document } from "./document.tsx";
import { DIGIT_SPACE, duration, plural, whole } from "./format.ts";
import { headlineText } from "./headline.tsx";
import { heightOf, lackingHeight } from "./height.ts";
import type { HowShown } from "./how.tsx";
import type { Html } from "./html.ts";
import { pack } from "./packing.ts";
import { Problems } from "./problems.tsx";
import { Glyph, Symbols } from "./ring.tsx";
import { absenceOf, headlineOf, heroOf, sameAbsence, type Tally, tally } from "./standing.ts";

/** The span of the charts. */
export const SPAN_SECONDS = 300;

/** The arc of an estimate in the legend. */
const LEGEND_SHARE = 0.62;

const PLACES = ["core", "side", "sys", "full"] as const;
/** Of system cards, on a wide page. */
const STACKS_MOST = 3;

export interface OverviewProps {
  readonly snapshot: Snapshot;
  /** The lines of `chartKeys(CARDS, snapshot)`, in that order. */
  readonly series: Series;
  readonly how: HowShown;
}

export interface OverviewDocumentProps extends OverviewProps {
  readonly assets: Assets;
  readonly stream: string;
  /** The interval that is asked for. */
  readonly intervalMs: number;
}

export function Overview(props: OverviewProps): Html {
  const { snapshot, how } = props;
  return (
    <>
      <Symbols />
      <HostLine profile={snapshot.profile} snapshot={snapshot} />
      <div class="standing">
        <TrustLine snapshot={snapshot} />
        <a href="/doctor">What is in the way</a>
        <Problems snapshot={snapshot} />
      </div>
      <div class={how === "open" ? "grid told" : "grid"}>
        {PLACES.map((place) => <Column place={place} {...props} />)}
      </div>
    </>
  );
}

/** The cards of a place; those of the system side by side, as many as there is room for. */
function Column(props: OverviewProps & { place: Card["place"] }): Html | null {
  const { place, snapshot, series, how } = props;
  const lacks = (card: Card): boolean => absenceOf(snapshot, card).length > 0;
  const hero = heroOf(snapshot);
  const columns = chartColumns(CARDS, snapshot);
  const cards = CARDS.filter((card) => card.place === place && !lacks(card));
  const section = (card: Card, classes: string): Html => (
    <CardSection
      card={card}
      snapshot={snapshot}
      series={series}
      columns={columns}
      spanSeconds={SPAN_SECONDS}
      classes={classes}
      how={how}
    />
  );
  const sections = cards.map((card) => section(card, card === hero ? "card hero" : "card"));
  if (place !== "sys") return cards.length === 0 ? null : <div class={place}>{sections}</div>;

  const parcels = cards.map((card) => ({
    height: heightOf(card, snapshot),
    stretches: card.blocks.some(({ block }) => block === "chart"),
  }));
  const lacking = CARDS.filter(lacks);
  if (lacking.length > 0) {
    const folds = foldsOf(lacking, snapshot);
    const height = lackingHeight(folds.map(([first]) => absenceOf(snapshot, first!)));
    parcels.push({ height, stretches: false });
    sections.push(
      <Lacking folds={folds.map((fold) => fold.map((card) => section(card, "entry")))} />,
    );
  }
  return (
    <div class="sys">
      {pack(parcels, STACKS_MOST).map((stack) => (
        <div class="stack">{stack.map((index) => sections[index]!)}</div>
      ))}
    </div>
  );
}

/** Cards by what they lack everything for: each that tells of its causes, then those that share them. */
function foldsOf(lacking: readonly Card[], snapshot: Snapshot): readonly (readonly Card[])[] {
  const folds = new Map<Card, Card[]>();
  for (const card of lacking) {
    const first = sameAbsence(snapshot, card) ?? card;
    const fold = folds.get(first) ?? [];
    fold.push(card);
    folds.set(first, fold);
  }
  return [...folds.values()];
}

/**
 * Cards that have nothing to show, wherever their place would be, in one. Those of a fold stand with
 * their titles in a line, and the causes of all below it.
 */
function Lacking(props: { folds: readonly (readonly Html[])[] }): Html {
  return (
    <section class="card lacking" aria-labelledby="title-lacking">
      <header>
        <h2 id="title-lacking">Not available on this system</h2>
      </header>
      {props.folds.map((entries) => <div class="fold">{entries}</div>)}
    </section>
  );
}

function HostLine(props: { profile: HostProfile; snapshot: Snapshot }): Html {
  const { profile, snapshot } = props;
  const sockets = profile.sockets ?? 1;
  const sizes = [
    profile.sockets === undefined ? "" : plural(profile.sockets, "socket"),
    profile.cores === undefined ? "" : plural(profile.cores, "core"),
    plural(profile.onlineCpus.length, "CPU"),
  ].filter((size) => size !== "").join(", ");
  return (
    <div class="host">
      <h1>{profile.hostname}</h1>
      {profile.cpuModel === undefined ? null : (
        <span>
          {sockets > 1 ? `${sockets} × ` : ""}
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
    </div>
  );
}

export function Uptime(props: { snapshot: Snapshot }): Html {
  const { profile: { bootedAtMs }, wallMs } = props.snapshot;
  return (
    <span class="m" id="uptime">
      {bootedAtMs === undefined ? "" : `up ${duration((wallMs - bootedAtMs) / 1000)}`}
    </span>
  );
}

/** How many quantities are worth what. It is the legend of the rings, and its numbers add up. */
export function TrustLine(props: { snapshot: Snapshot }): Html {
  const counts = tally(props.snapshot);
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
  const { snapshot, series, how, assets, stream, intervalMs } = props;
  return document({
    lead: lead(snapshot),
    title: snapshot.profile.hostname,
    current: "/",
    assets,
    live: { stream, snapshot, intervalMs, spanSeconds: SPAN_SECONDS },
    children: <Overview snapshot={snapshot} series={series} how={how} />,
  });
}

function lead(snapshot: Snapshot): string {
  const hero = heroOf(snapshot);
  const headline = hero === undefined ? undefined : headlineOf(hero);
  return headline === undefined ? "" : headlineText(headline, snapshot);
}

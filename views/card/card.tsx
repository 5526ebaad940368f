/**
 * A card: its header and the runs of blocks between its charts. Header and runs are parts with ids of
 * their own, which a tick replaces; charts stand outside of them, so that no swap touches a canvas, and
 * so does what is closed, which is asked for when it opens.
 *
 * @module
 */
import type { Block, Card, Chart, Figures, Fold, Shown } from "../../collectors/card.ts";
import { metric, shownUnit } from "../../collectors/catalogue.ts";
import type { Mark } from "../../collectors/readings/marks.ts";
import type { Series } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured, type Problem } from "../../collectors/trust.ts";
import { BarBlock } from "./bar.tsx";
import { ChartFigure } from "../chart/chart.tsx";
import { EachBlock } from "./each.tsx";
import { FiguresBlock } from "./figures.tsx";
import { GridBlock, type Trends } from "./grid.tsx";
import { HeadlineBlock } from "./headline.tsx";
import type { Html } from "../html.ts";
import { PartsBlock } from "./parts.tsx";
import type { Span } from "../chart/span.ts";
import { Unavailable } from "../problems.tsx";
import { markOf, restOf } from "../proof/subject.ts";
import { Glyph, Ring, SheetPlace } from "../ring.tsx";
import { FoldPlace } from "./fold.tsx";
import { absenceOf, headlineOf, heroOf, sameAbsence } from "../standing.ts";
import { TableBlock } from "./table.tsx";
import { Value } from "../value.tsx";

type Still = Exclude<Block, Chart | Fold>;
/** A run of other blocks, or one chart, or one that is closed. */
type Piece = { readonly part: number; readonly blocks: readonly Still[] } | Chart | Fold;

const PIECES = new WeakMap<Card, readonly Piece[]>();

function piecesOf(card: Card): readonly Piece[] {
  let pieces = PIECES.get(card);
  if (pieces === undefined) PIECES.set(card, pieces = cut(card.blocks));
  return pieces;
}

function cut(blocks: readonly Block[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let run: Still[] = [];
  let part = 0;
  const end = (): void => {
    if (run.length > 0) pieces.push({ part: part++, blocks: run });
    run = [];
  };
  for (const block of blocks) {
    if (block.block === "chart" || block.block === "fold") {
      end();
      pieces.push(block);
    } else run.push(block);
  }
  end();
  // What is said where nothing can be shown needs a place.
  if (part === 0) pieces.push({ part, blocks: [] });
  return pieces;
}

export interface CardProps {
  readonly card: Card;
  readonly snapshot: Snapshot;
  readonly series: Series;
  readonly columns: ReadonlyMap<Chart, readonly number[]>;
  readonly trends: Trends;
  readonly spanSeconds: number;
  readonly span: Span;
  readonly marks?: readonly Mark[] | undefined;
  /** Of the section: what it is, and where it goes. */
  readonly classes: string;
}

export function CardSection(props: CardProps): Html {
  const { card, snapshot, series, columns, trends, spanSeconds, classes } = props;
  const causes = absenceOf(snapshot, card);
  const rest = restOf(card);
  return (
    <section class={classes} aria-labelledby={`title-${card.id}`}>
      <Header card={card} snapshot={snapshot} causes={causes} />
      {/* Outside of what a tick replaces. */}
      {rest === null ? null : (
        <div class="why">
          <SheetPlace url={rest.url} />
        </div>
      )}
      <div class="body">
        {piecesOf(card).map((piece) =>
          "block" in piece && piece.block === "fold"
            ? <FoldPlace card={card} fold={piece} />
            : "block" in piece
            ? (
              <ChartFigure
                chart={piece}
                columns={columns.get(piece)!}
                series={series}
                snapshot={snapshot}
                spanSeconds={spanSeconds}
                span={props.span}
                marks={props.marks}
                named={card.blocks.some((block) => isLegend(block, piece))}
              />
            )
            : (
              <Part
                card={card}
                snapshot={snapshot}
                part={piece.part}
                blocks={piece.blocks}
                causes={causes}
                trends={trends}
              />
            )
        )}
      </div>
    </section>
  );
}

/** The parts of a card that a tick may change: id and element. */
export function cardParts(
  card: Card,
  snapshot: Snapshot,
  trends: Trends,
): readonly (readonly [string, Html])[] {
  const causes = absenceOf(snapshot, card);
  const parts: (readonly [string, Html])[] = [
    [headId(card), <Header card={card} snapshot={snapshot} causes={causes} />],
  ];
  for (const piece of piecesOf(card)) {
    if ("block" in piece) continue;
    const { part, blocks } = piece;
    parts.push([
      partId(card, part),
      <Part
        card={card}
        snapshot={snapshot}
        part={part}
        blocks={blocks}
        causes={causes}
        trends={trends}
      />,
    ]);
  }
  return parts;
}

function headId(card: Card): string {
  return `card-${card.id}-head`;
}

function partId(card: Card, part: number): string {
  return `card-${card.id}-${part}`;
}

function Header(props: { card: Card; snapshot: Snapshot; causes: readonly Problem[] }): Html {
  const { card, snapshot, causes } = props;
  const rest = restOf(card);
  return (
    <header id={headId(card)}>
      <h2 id={`title-${card.id}`}>{card.title}</h2>
      <Badge card={card} snapshot={snapshot} />
      <Note card={card} snapshot={snapshot} />
      {causes.length > 0
        ? (
          <span class="proof">
            <Glyph grade="absent" />
            {"not available"}
          </span>
        )
        : rest === null
        ? null
        : <Ring mark={markOf(snapshot, rest)} title={card.title} />}
    </header>
  );
}

/** The PMU behind the card's figures; nothing where no PMU is. */
function Badge({ card, snapshot }: { card: Card; snapshot: Snapshot }): Html | null {
  if (card.badge === undefined) return null;
  const pmus = new Set(snapshot.sources(card.badge).map(({ pmu }) => pmu));
  return pmus.size === 0 ? null : <code class="badge">{[...pmus].join(", ")}</code>;
}

function Note(props: { card: Card; snapshot: Snapshot }): Html | null {
  const { card, snapshot } = props;
  const { note } = card;
  if (note === undefined) {
    const headline = headlineOf(card);
    if (headline === undefined || heroOf(snapshot) === card) return null;
    return <NoteText shown={headline.shown} words={headline.caption} snapshot={snapshot} />;
  }
  return <NoteText shown={note} words={note.name} snapshot={snapshot} />;
}

function NoteText(
  props: { shown: Shown; words: string | undefined; snapshot: Snapshot },
): Html | null {
  const { shown, words, snapshot } = props;
  const reading = snapshot.read(shown.metric, shown.instance);
  if (!isMeasured(reading) || reading.grade === "implausible") return null;
  return (
    <small>
      <Value reading={reading} unit={shownUnit(metric(shown.metric))} vouched />
      {words === undefined ? null : ` ${words}`}
    </small>
  );
}

interface PartProps {
  readonly card: Card;
  readonly snapshot: Snapshot;
  readonly part: number;
  readonly blocks: readonly Still[];
  readonly causes: readonly Problem[];
  readonly trends: Trends;
}

function Part(props: PartProps): Html {
  const { card, snapshot, part, blocks, causes, trends } = props;
  const gone = causes.length > 0;
  return (
    <div class="part" id={partId(card, part)}>
      {gone
        ? part === 0
          ? <Unavailable causes={causes} sameAs={sameAbsence(snapshot, card)?.title} />
          : null
        : blocks.map((block) => (
          <StillBlock card={card} block={block} snapshot={snapshot} trends={trends} />
        ))}
    </div>
  );
}

interface StillBlockProps {
  readonly card: Card;
  readonly block: Still;
  readonly snapshot: Snapshot;
  readonly trends: Trends;
}

function StillBlock(props: StillBlockProps): Html | null {
  const { card, block, snapshot, trends } = props;
  switch (block.block) {
    case "headline":
      // Another card has the large figure: this one's stands beside its title.
      if (heroOf(snapshot) !== card) return null;
      return <HeadlineBlock block={block} snapshot={snapshot} />;
    case "figures":
      return <FiguresBlock block={block} snapshot={snapshot} />;
    case "parts":
      return <PartsBlock block={block} snapshot={snapshot} />;
    case "bar":
      return <BarBlock block={block} snapshot={snapshot} />;
    case "table":
      return <TableBlock block={block} snapshot={snapshot} />;
    case "grid":
      return <GridBlock card={card} block={block} snapshot={snapshot} trends={trends} />;
    case "each":
      return <EachBlock block={block} snapshot={snapshot} />;
  }
}

/** Figures with swatches that name the lines of a chart, in the same order. */
function isLegend(block: Block, chart: Chart): boolean {
  if (block.block === "parts") return chart.split !== undefined;
  return block.block === "figures" && block.swatch === true && sameMetrics(block, chart);
}

function sameMetrics(figures: Figures, chart: Chart): boolean {
  return chart.series.every((shown, index) => figures.rows[index]?.metric === shown.metric);
}

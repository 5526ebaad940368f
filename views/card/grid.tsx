/** Things of a kind, a line each: cache levels, translation buffers. @module */
import type { Card, Grid, GridRow, Shown } from "../../collectors/card.ts";
import { metric, shownUnit } from "../../collectors/catalogue.ts";
import type { Series } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { Shares } from "./bar.tsx";

import { Spark } from "../chart/spark.tsx";
import type { Html } from "../html.ts";
import { hasRings, markOf, rowOf } from "../proof/subject.ts";
import { Ring, SheetPlace } from "../ring.tsx";
import { Value } from "../value.tsx";

/** With so many values a row may become lines of labelled values; the style sheet says where. */
const STACKING = 3;
const SHARE = "1";

/** What the trends of a page are drawn from. */
export interface Trends {
  readonly columns: ReadonlyMap<Shown, number>;
  /** Null in the part of a tick: the script in the browser draws on. */
  readonly series: Series | null;
  readonly spanSeconds: number;
}

export interface GridBlockProps {
  readonly card: Card;
  readonly block: Grid;
  readonly snapshot: Snapshot;
  readonly trends: Trends;
}

/**
 * Rows and columns are the same on every machine: what is not measured says so in its cell. On a narrow
 * card each row becomes a name with its labelled values below it.
 */
export function GridBlock(props: GridBlockProps): Html {
  const { block } = props;
  const { heading, columns, rows } = block;
  const ringed = hasRings(block);
  const drawn = rows.some(({ trend }) => trend !== undefined);
  const many = columns.length >= STACKING;
  const shape = ringed ? many ? "counts many" : "counts" : `columns-${Math.min(columns.length, 8)}`;
  return (
    <div class="table">
      <table class={shape}>
        <thead>
          <tr>
            <th scope="col">{heading}</th>
            {columns.map((name, at) => (
              <th scope="col" class={isShares(block, at) ? "share" : undefined}>{name}</th>
            ))}
            {drawn ? <th scope="col" class="trend">{trendName(block)}</th> : null}
            {ringed ? <th scope="col" class="vouch">Trust</th> : null}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => <Row row={row} ringed={ringed} drawn={drawn} {...props} />)}
        </tbody>
      </table>
    </div>
  );
}

/** Whether the column is one of shares, by its first row. */
function isShares({ rows }: Grid, at: number): boolean {
  const shown = rows[0]?.cells[at];
  return shown !== null && shown !== undefined && shownUnit(metric(shown.metric)) === SHARE;
}

/** `MPKI over time`: the column whose quantities are drawn, for as long as the charts show. */
function trendName({ columns, rows }: Grid): string {
  const first = rows.find(({ trend }) => trend !== undefined)!;
  const at = first.cells.findIndex((shown) => shown?.metric === first.trend!.metric);
  return `${columns[at] ?? "Trend"} over time`;
}

interface RowProps extends GridBlockProps {
  readonly row: GridRow;
  readonly ringed: boolean;
  readonly drawn: boolean;
}

function Row(props: RowProps): Html {
  const { card, block, row, snapshot, trends, ringed, drawn } = props;
  const { columns } = block;
  const { name, note, cells, trend } = row;
  const stacks = ringed || columns.length >= STACKING;
  const subject = ringed ? rowOf(card, row) : null;
  return (
    <>
      <tr>
        <th scope="row">
          {name}
          {note === undefined ? null : <small>{note}</small>}
        </th>
        {cells.map((shown, at) => (
          <Cell
            shown={shown}
            name={stacks ? columns[at] : undefined}
            inShares={isShares(block, at)}
            snapshot={snapshot}
            vouched={ringed ? true : undefined}
          />
        ))}
        {drawn
          ? (
            <td class="trend">
              {trend === undefined ? null : (
                <Spark
                  shown={trend}
                  snapshot={snapshot}
                  column={trends.columns.get(trend)!}
                  series={trends.series}
                  spanSeconds={trends.spanSeconds}
                />
              )}
            </td>
          )
          : null}
        {subject === null ? null : (
          <td class="vouch">
            <Ring mark={markOf(snapshot, subject)} title={subject.title} />
          </td>
        )}
      </tr>
      {/* What is in the sheet is no tick's to replace. */}
      {subject === null ? null : (
        <tr class="why" hx-morph-skip>
          <td colspan={columns.length + (drawn ? 3 : 2)}>
            <SheetPlace url={subject.url} />
          </td>
        </tr>
      )}
    </>
  );
}

interface CellProps {
  readonly shown: Shown | null;
  readonly name: string | undefined;
  readonly inShares: boolean;
  readonly snapshot: Snapshot;
  readonly vouched: true | undefined;
}

function Cell(props: CellProps): Html {
  const { shown, name, inShares, snapshot, vouched } = props;
  // Where cells are placed by their kind, it leaves no hole in the row of the others.
  if (shown === null) return <td class={inShares ? "share" : undefined}></td>;
  const unit = shownUnit(metric(shown.metric));
  const reading = snapshot.read(shown.metric, shown.instance);
  if (unit !== SHARE) {
    return (
      <td data-name={name}>
        <Value reading={reading} unit={unit} vouched={vouched} />
      </td>
    );
  }
  // Without a value there is no bar either: an empty one would be a zero.
  const drawn = isMeasured(reading) && reading.grade !== "implausible";
  return (
    <td class="share" data-name={name}>
      {drawn ? <Shares shares={[reading.value]} /> : null}
      <Value reading={reading} unit={unit} vouched={vouched} />
    </td>
  );
}

/** One row an instance: disks, interfaces, filesystems. @module */
import type { Shown, Table } from "../../collectors/card.ts";
import { GROUPINGS, metric, SCOPES, shownUnit } from "../../collectors/catalogue.ts";
import type { Present, Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../../collectors/trust.ts";
import { whole } from "../format.ts";
import type { Html } from "../html.ts";
import { nameOf } from "../standing.ts";
import { Value } from "../value.tsx";

/** What of a name fits beside three values on a phone, and in a column of cards, in wide letters. */
const LONG = 12;
const LONGEST = 23;
/** What more of it fits for each value less. */
const VALUE = 11;
/** With so many values a row may become lines of labelled values; the style sheet says where. */
const STACKING = 3;
const THIN = /[filjtrI.,:;'|!()/\s-]/g;
/** Of a thin letter. */
const THIN_WIDTH = 0.55;

/**
 * How much room the names need: where they are long, a narrow card gives them lines of their own. It
 * depends on all instances, so that a row that comes into sight changes nothing.
 */
export function breadthOf(block: Table, snapshot: Snapshot): "" | "long" | "longest" {
  if (SCOPES.get(block.scope)?.volatile || block.columns.length > 3) return "";
  const most = Math.max(0, ...namesOf(block, snapshot).map(widthOf));
  const over = most - VALUE * (3 - block.columns.length);
  return over > LONGEST ? "longest" : over > LONG ? "long" : "";
}

function widthOf(name: string): number {
  const wide = name.replace(THIN, "").length;
  return wide + (name.length - wide) * THIN_WIDTH;
}

/** What a row is of. */
interface Line {
  readonly name: string;
  /** The name that people use, where `name` is a number. */
  readonly known: string | undefined;
  readonly read: (metric: string) => Reading;
}

/** Names of all rows that there could be, in no order. */
export function namesOf({ scope, grouping }: Table, snapshot: Snapshot): readonly string[] {
  if (grouping === undefined) return snapshot.instances(scope).map(({ name }) => name);
  return snapshot.groups(scope, grouping).map((name) => groupName(grouping, name));
}

/** `Socket 0`. */
export function groupName(grouping: string, name: string): string {
  return `${GROUPINGS.find(({ id }) => id === grouping)!.name} ${name}`;
}

/** All of them, in the order in which they are shown. */
function lines(block: Table, snapshot: Snapshot): readonly Line[] {
  const { scope, grouping, sort } = block;
  if (grouping !== undefined) {
    return snapshot.groups(scope, grouping).map((name) => ({
      name: groupName(grouping, name),
      known: undefined,
      read: (id) => snapshot.readGroup(id, grouping, name),
    }));
  }
  const label = SCOPES.get(scope)?.known;
  return sorted(snapshot, scope, sort).map(({ name, labels }) => ({
    name,
    known: label === undefined ? undefined : labels[label],
    read: (id) => snapshot.read(id, name),
  }));
}

/**
 * A row that overtakes another changes the text of both places and moves nothing (`morphScanLimit`).
 * On a narrow card each row becomes a name with its labelled values below it.
 */
export function TableBlock(props: { block: Table; snapshot: Snapshot }): Html {
  const { block, snapshot } = props;
  const instances = lines(block, snapshot);
  const volatile = SCOPES.get(block.scope)?.volatile === true;
  if (instances.length === 0 && !volatile) return <p class="m">{block.empty}</p>;
  const shown = instances.slice(0, block.most);
  // Of what comes and goes only a choice is listed: how many more were looked at says nothing. It
  // has all its rows and cells from the start, so that nothing moves when they fill.
  const others = volatile ? 0 : instances.length - shown.length;
  const blank = volatile ? block.most - shown.length : 0;
  const classes = `columns-${Math.min(block.columns.length, 8)} ${breadthOf(block, snapshot)}`;
  return (
    <div class="table">
      <table class={classes.trim()}>
        <thead>
          <tr>
            <th scope="col">{block.heading}</th>
            {block.columns.map((column) => <th scope="col">{nameOf(column)}</th>)}
          </tr>
        </thead>
        <tbody>
          {shown.map((line) => <Row line={line} kind={block.heading} columns={block.columns} />)}
          {Array.from({ length: blank }, (_, index) => {
            const said = shown.length === 0 && index === 0;
            return (
              <tr class="blank" aria-hidden={said ? undefined : "true"}>
                <th scope="row">{said ? block.empty : "\u00a0"}</th>
                {block.columns.map(() => <td></td>)}
              </tr>
            );
          })}
        </tbody>
        {others === 0 ? null : (
          <tfoot>
            <tr>
              <td colspan={block.columns.length + 1}>{`and ${whole(others)} more`}</td>
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}

interface RowProps {
  readonly line: Line;
  readonly kind: string;
  readonly columns: readonly Shown[];
}

function Row(props: RowProps): Html {
  const { line: { name, known, read }, kind, columns } = props;
  const whole = known === undefined ? name : `${known} ${name}`;
  // Said where the row may become lines of labelled values.
  const stacks = columns.length >= STACKING;
  return (
    <tr>
      <th
        scope="row"
        title={widthOf(whole) > LONG ? whole : undefined}
        data-kind={stacks ? kind : undefined}
      >
        {known === undefined ? name : (
          <span class="known">
            <span>{known}</span> <small>{name}</small>
          </span>
        )}
      </th>
      {columns.map((column) => (
        <td data-name={stacks ? nameOf(column) : undefined}>
          <Value
            reading={read(column.metric)}
            unit={shownUnit(metric(column.metric))}
          />
        </td>
      ))}
    </tr>
  );
}

/** Largest first; those without a value last, in the order in which they appeared. */
export function sorted(
  snapshot: Snapshot,
  scope: string,
  by: string | undefined,
): readonly Present[] {
  const instances = snapshot.instances(scope);
  if (by === undefined) return instances;
  const keys = new Map(instances.map((instance) => {
    const reading = snapshot.read(by, instance.name);
    return [instance, isMeasured(reading) ? reading.value : -Infinity];
  }));
  return instances.toSorted((a, b) => {
    const [left, right] = [keys.get(a)!, keys.get(b)!];
    return left === right ? a.slot - b.slot : right - left;
  });
}

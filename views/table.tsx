/** One row an instance: disks, interfaces, filesystems. @module */
import type { Shown, Table } from "../collectors/card.ts";
import { metric, shownUnit } from "../collectors/catalogue.ts";
import type { Present, Snapshot } from "../collectors/snapshot.ts";
import { isMeasured } from "../collectors/trust.ts";
import { whole } from "./format.ts";
import type { Html } from "./html.ts";
import { nameOf } from "./standing.ts";
import { Value } from "./value.tsx";

/**
 * Rows have no ids, so that a row that overtakes another changes the text of both places and moves
 * nothing. On a narrow card each row becomes a name with its labelled values below it.
 */
export function TableBlock(props: { block: Table; snapshot: Snapshot }): Html {
  const { block, snapshot } = props;
  const instances = sorted(snapshot, block.scope, block.sort);
  if (instances.length === 0) return <p class="m">{block.empty}</p>;
  const shown = instances.slice(0, block.most);
  const others = instances.length - shown.length;
  return (
    <div class="table">
      <table class={`columns-${Math.min(block.columns.length, 8)}`}>
        <thead>
          <tr>
            <th scope="col">{block.heading}</th>
            {block.columns.map((column) => <th scope="col">{nameOf(column)}</th>)}
          </tr>
        </thead>
        <tbody>
          {shown.map((instance) => (
            <Row
              name={instance.name}
              kind={block.heading}
              columns={block.columns}
              snapshot={snapshot}
            />
          ))}
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

function Row(
  props: { name: string; kind: string; columns: readonly Shown[]; snapshot: Snapshot },
): Html {
  const { name, kind, columns, snapshot } = props;
  return (
    <tr>
      <th scope="row" title={name} data-kind={kind}>{name}</th>
      {columns.map((column) => (
        <td data-name={nameOf(column)}>
          <Value
            reading={snapshot.read(column.metric, name)}
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

/** Things of a kind, a line each: cache levels, translation buffers. @module */
import type { Grid, Shown } from "../collectors/card.ts";
import { metric, shownUnit } from "../collectors/catalogue.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import { isMeasured } from "../collectors/trust.ts";
import { Shares } from "./bar.tsx";
import type { Html } from "./html.ts";
import { Value } from "./value.tsx";

/** With so many values a row may become lines of labelled values; the style sheet says where. */
const STACKING = 3;
const SHARE = "1";

/**
 * Rows and columns are the same on every machine: what is not measured says so in its cell. On a narrow
 * card each row becomes a name with its labelled values below it.
 */
export function GridBlock(props: { block: Grid; snapshot: Snapshot }): Html {
  const { block, snapshot } = props;
  const stacks = block.columns.length >= STACKING;
  return (
    <div class="table">
      <table class={`counts columns-${Math.min(block.columns.length, 8)}`}>
        <thead>
          <tr>
            <th scope="col">{block.heading}</th>
            {block.columns.map((name) => <th scope="col">{name}</th>)}
          </tr>
        </thead>
        <tbody>
          {block.rows.map(({ name, note, cells }) => (
            <tr>
              <th scope="row">
                {name}
                {note === undefined ? null : <small>{note}</small>}
              </th>
              {cells.map((shown, at) => (
                <Cell
                  shown={shown}
                  name={stacks ? block.columns[at] : undefined}
                  snapshot={snapshot}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly shown: Shown | null;
  readonly name: string | undefined;
  readonly snapshot: Snapshot;
}

function Cell(props: CellProps): Html {
  const { shown, name, snapshot } = props;
  if (shown === null) return <td></td>;
  const unit = shownUnit(metric(shown.metric));
  const reading = snapshot.read(shown.metric, shown.instance);
  if (unit !== SHARE) {
    return (
      <td data-name={name}>
        <Value reading={reading} unit={unit} />
      </td>
    );
  }
  // Without a value there is no bar either: an empty one would be a zero.
  const drawn = isMeasured(reading) && reading.grade !== "implausible";
  return (
    <td class="share" data-name={name}>
      {drawn ? <Shares shares={[reading.value]} /> : null}
      <Value reading={reading} unit={unit} />
    </td>
  );
}

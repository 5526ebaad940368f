/** Name and value, a line each. @module */
import type { Figures, Shown } from "../../collectors/card.ts";
import { metric, shownUnit } from "../../collectors/catalogue.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../../collectors/trust.ts";
import { inkOf } from "../chart/svg_line.tsx";
import type { Html } from "../html.ts";
import { nameOf } from "../standing.ts";
import { Value } from "../value.tsx";

export function FiguresBlock(props: { block: Figures; snapshot: Snapshot }): Html {
  const { block, snapshot } = props;
  return (
    <dl class={block.abreast ? "kv abreast" : "kv"}>
      {rowsOf(block, snapshot).map((shown, index) => (
        <div>
          {block.swatch
            ? <dt class={`sw ${inkOf(index)}`}>{nameOf(shown)}</dt>
            : <dt>{nameOf(shown)}</dt>}
          <dd>
            <Value
              reading={snapshot.read(shown.metric, shown.instance)}
              unit={shownUnit(metric(shown.metric))}
            />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** All, or those that this machine can have; all again where it can have none, to say so. */
function rowsOf(block: Figures, snapshot: Snapshot): readonly Shown[] {
  if (!block.sparse) return block.rows;
  const some = block.rows.filter((shown) =>
    isPossible(snapshot.read(shown.metric, shown.instance))
  );
  return some.length === 0 ? block.rows : some;
}

function isPossible(reading: Reading): boolean {
  return isMeasured(reading) || reading.absent !== "not_supported" ||
    reading.problem?.remedy !== undefined;
}

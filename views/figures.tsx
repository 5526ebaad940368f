/** Name and value, a line each. @module */
import type { Figures } from "../collectors/card.ts";
import { metric, shownUnit } from "../collectors/catalogue.ts";
import type { Snapshot } from "../collectors/snapshot.ts";
import type { Html } from "./html.ts";
import { nameOf } from "./standing.ts";
import { inkOf } from "./svg_line.tsx";
import { Value } from "./value.tsx";

export function FiguresBlock(props: { block: Figures; snapshot: Snapshot }): Html {
  const { block, snapshot } = props;
  return (
    <dl class="kv">
      {block.rows.map((shown, index) => (
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

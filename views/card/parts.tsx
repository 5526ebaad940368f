/** One quantity for each group of its instances: sockets, core types. @module */
import type { Parts } from "../../collectors/card.ts";
import { metric, shownUnit } from "../../collectors/catalogue.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { splitOf } from "../chart/chart.tsx";
import { inkOf } from "../chart/svg_line.tsx";
import type { Html } from "../html.ts";
import { Value } from "../value.tsx";
import { groupName } from "./table.tsx";

export function PartsBlock(props: { block: Parts; snapshot: Snapshot }): Html | null {
  const { block: { shown, split }, snapshot } = props;
  const groups = splitOf(shown.metric, split, snapshot);
  if (groups.length === 0) return null;
  const unit = shownUnit(metric(shown.metric));
  return (
    <dl class="kv">
      {groups.map(({ grouping, name }, index) => (
        <div>
          <dt class={`sw ${inkOf(index)}`}>{groupName(grouping, name)}</dt>
          <dd>
            <Value reading={snapshot.readGroup(shown.metric, grouping, name)} unit={unit} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The events behind figures, by the groups that counted them: what was counted, scaled to what. @module */
import { shownUnit } from "../../collectors/catalogue.ts";
import { type Count, groupOf } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import type { Provenance } from "../../collectors/source.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { absentWords, spellOut } from "../format.ts";
import type { Html } from "../html.ts";
import { countOfThem, countText, nameOfCount } from "./names.ts";

const SAYS: Readonly<Record<Provenance, readonly [one: string, several: string]>> = {
  kernel: ["the kernel's event", "the kernel's events"],
  vendor: ["an event of the maker's list", "events of the maker's list"],
  third_party: ["an event that one other source names", "events that one other source names"],
  unverified: ["an event that nobody has verified yet", "events that nobody has verified yet"],
};
const COLUMNS = ["Counted", "Scale", "Per second"] as const;

export function Events(props: { counts: readonly Count[]; snapshot: Snapshot }): Html | null {
  const { counts, snapshot } = props;
  if (counts.length === 0) return null;
  const byPmu = Map.groupBy(counts, ({ source }) => source.pmu);
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Event</th>
          {COLUMNS.map((name) => <th scope="col">{name}</th>)}
        </tr>
      </thead>
      {[...byPmu.values()].map((some) =>
        [...Map.groupBy(some, ({ source }) => groupOf(source)).values()]
          .map((group, index, { length }) => (
            <Group counts={group} number={length > 1 ? index + 1 : null} snapshot={snapshot} />
          ))
      )}
    </table>
  );
}

interface GroupProps {
  readonly counts: readonly Count[];
  /** The sheet's own; null where its PMU has one group in it. */
  readonly number: number | null;
  readonly snapshot: Snapshot;
}

/** `Group 2 on cpu, 8 CPUs: the kernel's events`, and each event once. */
function Group({ counts, number, snapshot }: GroupProps): Html {
  const { source: { pmu }, metric } = counts[0]!;
  const instances = new Set(counts.flatMap(({ source }) => source.instances));
  const where = instances.size === 0 ? "" : `, ${countOfThem(instances.size, metric.scope)}`;
  const said = new Set(counts.map(({ source }) => source.provenance));
  const [only] = said;
  const group = number === null ? "On" : `Group ${number} on`;
  const byEvents = Map.groupBy(counts, ({ source }) => source.events.join(" + "));
  return (
    <tbody>
      <tr>
        <td class="of" colspan={COLUMNS.length + 1}>
          {`${group} ${pmu}${where}${said.size === 1 ? `: ${SAYS[only!][1]}` : ""}`}
        </td>
      </tr>
      {[...byEvents].map(([events, same]) => {
        const [first] = same;
        const names = [...new Set(same.map((count) => nameOfCount(count.metric)))].join(", ");
        const says = said.size === 1 ? "" : ` (${SAYS[first!.source.provenance][0]})`;
        return (
          <tr>
            <th scope="row">
              <code>{events}</code>
              <small>{names + says}</small>
            </th>
            {cellsOf(first!, snapshot).map((text, at) => <td data-name={COLUMNS[at]}>{text}</td>)}
          </tr>
        );
      })}
    </tbody>
  );
}

function cellsOf({ metric, counting }: Count, snapshot: Snapshot): readonly string[] {
  if (counting !== null) {
    const { counted, scaled, perSecond } = counting;
    return [
      countText(counted, metric.unit),
      // Of nothing there is nothing to scale.
      `× ${counted === 0 || scaled === counted ? "1" : (scaled / counted).toFixed(3)}`,
      spellOut(perSecond, shownUnit(metric)),
    ];
  }
  const reading = snapshot.read(metric.id);
  const text = isMeasured(reading)
    ? spellOut(reading.value, shownUnit(metric))
    : absentWords(reading.absent);
  return ["", "", text];
}

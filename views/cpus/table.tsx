/** The CPUs as a table that can be sorted by each of its columns. @module */
import type { InstanceQuantity } from "../../collectors/card.ts";
import { CPU_PAGE, type Present } from "../../collectors/mod.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { plural, whole } from "../format.ts";
import type { Html } from "../html.ts";
import { COLUMNS, type CpusChoice, cpusHref, type PlaceKey } from "./choice.ts";
import { byNumber, coreNumbers, hasThreads, partingOf } from "./groups.ts";
import { type Found, found } from "./quantity.ts";
import { TableValue } from "./value.tsx";

/** Up to so many all are shown; of more, a part at first. */
const ALL_MOST = 64;
const PART = 32;
const ANCHOR = "#cpus-figures";

interface TableProps {
  readonly choice: CpusChoice;
  readonly snapshot: Snapshot;
}

/** Where a CPU is, as a column. */
interface Place {
  readonly key: PlaceKey;
  readonly name: string;
  readonly of: (cpu: Present) => string;
}

interface Column extends Found {
  readonly quantity: InstanceQuantity;
}

/** What several parts of the table need to know. */
interface Frame {
  readonly places: readonly Place[];
  readonly columns: readonly Column[];
  readonly rows: readonly Present[];
  readonly total: number;
  readonly sort: string;
  readonly order: "asc" | "desc";
}

const FRAMES = new WeakMap<Snapshot, Map<string, Frame>>();

function frameOf({ choice, snapshot }: TableProps): Frame {
  let known = FRAMES.get(snapshot);
  if (known === undefined) FRAMES.set(snapshot, known = new Map());
  const key = `${choice.sort} ${choice.order} ${choice.rows}`;
  let frame = known.get(key);
  if (frame === undefined) known.set(key, frame = newFrame(choice, snapshot));
  return frame;
}

function newFrame(choice: CpusChoice, snapshot: Snapshot): Frame {
  const places = placesOf(snapshot);
  const columns = COLUMNS.map((quantity) => ({ quantity, ...found(quantity, snapshot) }))
    .filter(({ lack }) => lack === null);
  const place = places.find(({ key }) => key === choice.sort);
  const column = columns.find(({ quantity }) => quantity.key === choice.sort);
  // What this machine does not have sorts nothing.
  const sort = place?.key ?? column?.quantity.key ?? "cpu";
  const order = (sort === choice.sort ? choice.order : undefined) ?? firstOrder(column);
  const cpus = byNumber(snapshot);
  const sorted = column !== undefined
    ? byValue(cpus, column.metric, order, snapshot)
    : byPlace(cpus, place ?? places[0]!, order);
  const all = cpus.length <= ALL_MOST || choice.rows === "all";
  const rows = all ? sorted : sorted.slice(0, PART);
  return { places, columns, rows, total: cpus.length, sort, order };
}

/** One looks for the largest values, and for the first places. */
function firstOrder(column: unknown): "asc" | "desc" {
  return column === undefined ? "asc" : "desc";
}

function placesOf(snapshot: Snapshot): readonly Place[] {
  const parting = partingOf(snapshot);
  const places: Place[] = [{ key: "cpu", name: CPU_PAGE.heading, of: ({ name }) => name }];
  if (parting.includes("socket")) {
    places.push({ key: "socket", name: "Socket", of: ({ groups }) => groups.socket ?? "" });
  }
  if (hasThreads(snapshot)) {
    const numbers = coreNumbers(snapshot);
    places.push({ key: "core", name: "Core", of: ({ name }) => String(numbers.get(name)) });
  }
  if (parting.includes("core_type")) {
    places.push({ key: "type", name: "Type", of: ({ groups }) => groups.core_type ?? "" });
  }
  return places;
}

function byPlace(cpus: readonly Present[], place: Place, order: "asc" | "desc"): Present[] {
  const sign = order === "asc" ? 1 : -1;
  const collator = new Intl.Collator("en", { numeric: true });
  return cpus.toSorted((a, b) => sign * collator.compare(place.of(a), place.of(b)));
}

/** What cannot be believed comes behind what can, and what has no value last, in either order. */
function byValue(
  cpus: readonly Present[],
  metric: string,
  order: "asc" | "desc",
  snapshot: Snapshot,
): Present[] {
  const sign = order === "asc" ? 1 : -1;
  const keyOf = ({ name }: Present): readonly [number, number] => {
    const reading = snapshot.read(metric, name);
    if (!isMeasured(reading)) return [2, 0];
    return [reading.grade === "implausible" ? 1 : 0, sign * reading.value];
  };
  const keys = new Map(cpus.map((cpu) => [cpu, keyOf(cpu)]));
  return cpus.toSorted((a, b) => {
    const [left, right] = [keys.get(a)!, keys.get(b)!];
    return left[0] - right[0] || left[1] - right[1];
  });
}

export function CpusTable(props: TableProps): Html {
  const { choice, snapshot } = props;
  const frame = frameOf(props);
  const { places, columns, rows } = frame;
  const href = cpusHref({ by: choice.by }, { cpu: "" });
  return (
    <table id="cpus-table" aria-labelledby="cpus-figures-title">
      <thead>
        <tr>
          {places.map((place) => (
            <Heading
              frame={frame}
              choice={choice}
              name={place.name}
              sort={place.key}
              classes={classOf(place)}
              first="asc"
            />
          ))}
          {columns.map(({ quantity: { key, name } }) => (
            <Heading frame={frame} choice={choice} name={name} sort={key} first="desc" />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((cpu) => (
          <tr>
            <th scope="row">
              <a href={href + cpu.name} aria-label={`${CPU_PAGE.heading} ${cpu.name}`}>
                {cpu.name}
              </a>
            </th>
            {places.slice(1).map((place) => <td class={classOf(place)}>{place.of(cpu)}</td>)}
            {columns.map(({ metric, unit }) => (
              <td>
                <TableValue reading={snapshot.read(metric, cpu.name)} unit={unit} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function classOf({ key }: Place): string {
  return key === "type" ? "type" : "place";
}

interface HeadingProps {
  readonly frame: Frame;
  readonly choice: CpusChoice;
  readonly name: string;
  readonly sort: string;
  readonly classes?: string;
  /** In which order it sorts when it did not before. */
  readonly first: "asc" | "desc";
}

function Heading({ frame, choice, name, sort, classes, first }: HeadingProps): Html {
  const sorts = frame.sort === sort;
  const order = sorts ? (frame.order === "asc" ? "desc" : "asc") : first;
  return (
    <th
      scope="col"
      class={classes}
      aria-sort={sorts ? (frame.order === "asc" ? "ascending" : "descending") : undefined}
    >
      <a href={cpusHref(choice, { sort, order }, ANCHOR)}>{name}</a>
    </th>
  );
}

/** Whether the table is longer than a screen, so that it is worth leaving out while it is not seen. */
export function isLong(snapshot: Snapshot): boolean {
  return snapshot.instances(CPU_PAGE.scope).length >= PART;
}

/** How many rows there are, and the way to the others. */
export function CpusCount(props: TableProps): Html {
  const { choice } = props;
  const { rows, total } = frameOf(props);
  const part = rows.length < total;
  return (
    <p class="m" id="cpus-count">
      {part
        ? `The first ${whole(rows.length)} of ${plural(total, CPU_PAGE.heading)} in this order. `
        : `${plural(total, CPU_PAGE.heading)}. `}
      {part
        ? <a href={cpusHref(choice, { rows: "all" }, ANCHOR)}>{`Show all ${whole(total)}`}</a>
        : choice.rows === "all" && total > ALL_MOST
        ? (
          <a href={cpusHref(choice, { rows: undefined }, ANCHOR)}>
            {`Show the first ${PART} only`}
          </a>
        )
        : null}
    </p>
  );
}

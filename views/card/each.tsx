/** Shares of one for every instance of a scope: a bar each, or a skyline where there are many. @module */
import type { Each } from "../../collectors/card.ts";
import type { Present, Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../../collectors/trust.ts";
import { inkOf } from "../chart/svg_line.tsx";
import { spellOut, whole } from "../format.ts";
import type { Html } from "../html.ts";
import { link } from "../link.ts";
import { worst } from "../standing.ts";
import { Value } from "../value.tsx";
import { Shares } from "./bar.tsx";
import { groupName } from "./table.tsx";

/** Up to so many have a bar with a number each. */
const BARS_MOST = 16;
/** Instances side by side in one skyline: five pixels each on a phone. */
const SKYLINE_MOST = 64;
/** Of numbers that are named one by one. */
const SPANS_MOST = 4;
const SOCKET = "socket";
const STEP = 6;
const HEIGHT = 100;

export function EachBlock(props: { block: Each; snapshot: Snapshot }): Html | null {
  const { block, snapshot } = props;
  const all = snapshot.instances(block.scope);
  if (all.length === 0) return null;
  const shown = all.slice(0, block.most);
  const others = all.length - shown.length;
  const few = shown.length <= BARS_MOST;
  return (
    <div class="each">
      {few
        ? <Bars block={block} snapshot={snapshot} instances={shown} />
        : rowsOf(shown).map((row) => <Skyline block={block} snapshot={snapshot} row={row} />)}
      <p class="m">
        {others === 0 ? null : `and ${whole(others)} more. `}
        {few ? null : <Ends block={block} snapshot={snapshot} instances={shown} />}
        {block.page === undefined ? null : <a href={link(block.page)}>{`All ${block.heading}s`}</a>}
      </p>
    </div>
  );
}

interface SomeProps {
  readonly block: Each;
  readonly snapshot: Snapshot;
  readonly instances: readonly Present[];
}

function Bars(props: SomeProps): Html {
  const { block, snapshot, instances } = props;
  return (
    <ul class="bars">
      {instances.map(({ name }) => {
        const readings = block.parts.map((part) => snapshot.read(part.metric, name));
        const shares = readings.map((reading) => isMeasured(reading) ? reading.value : null);
        return (
          <li>
            <span class="name">{`${block.heading} ${name}`}</span>
            <Shares shares={shares} />
            <Value reading={sumOf(readings)} unit="1" />
          </li>
        );
      })}
    </ul>
  );
}

/** Instances side by side; those of one socket where there are several. */
interface Row {
  readonly socket: string | undefined;
  readonly instances: readonly Present[];
}

function rowsOf(instances: readonly Present[]): readonly Row[] {
  const sockets = Map.groupBy(instances, ({ groups }) => groups[SOCKET]);
  const several = sockets.size > 1 && !sockets.has(undefined);
  const groups: readonly Row[] = several
    ? [...sockets].map(([socket, members]) => ({ socket, instances: members }))
    : [{ socket: undefined, instances }];
  return groups.flatMap((group) =>
    chunks(group.instances).map((some) => ({ ...group, instances: some }))
  );
}

interface SkylineProps {
  readonly block: Each;
  readonly snapshot: Snapshot;
  readonly row: Row;
}

/** One path for each part, so that 64 CPUs cost five elements. */
function Skyline({ block, snapshot, row: { socket, instances } }: SkylineProps): Html {
  const paths = block.parts.map(() => "");
  instances.forEach(({ name }, index) => {
    let top = 0;
    block.parts.forEach((part, at) => {
      const reading = snapshot.read(part.metric, name);
      if (!isMeasured(reading)) return;
      const from = Math.round(top * HEIGHT);
      top = Math.min(1, top + reading.value);
      const height = Math.round(top * HEIGHT) - from;
      const x = index * STEP + 1;
      if (height > 0) paths[at] += `M${x} ${HEIGHT - from}v-${height}h4v${height}z`;
    });
  });
  const names = spans(instances.map(({ name }) => name));
  const where = socket === undefined ? "" : `${groupName(SOCKET, socket)}: `;
  return (
    <figure class="skyline">
      <figcaption>
        <span>{`${where}${block.heading}s ${names}`}</span>
        {socket === undefined ? null : (
          <Value
            reading={sumOf(
              block.parts.map(({ metric }) => snapshot.readGroup(metric, SOCKET, socket)),
            )}
            unit="1"
          />
        )}
      </figcaption>
      <svg
        viewBox={`0 0 ${instances.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {paths.map((path, index) => <path class={`fill ${inkOf(index)}`} d={path} />)}
      </svg>
    </figure>
  );
}

/** `Busiest: CPU 17, 98.0 %. Quietest: CPU 91, 3.00 %.` */
function Ends({ block, snapshot, instances }: SomeProps): Html | null {
  const shares = instances.flatMap(({ name }) => {
    const sum = sumOf(block.parts.map(({ metric }) => snapshot.read(metric, name)));
    return isMeasured(sum) ? [{ name, share: sum.value }] : [];
  }).toSorted((a, b) => b.share - a.share);
  const [first, last] = [shares[0], shares.at(-1)];
  if (first === undefined || last === undefined) return null;
  const say = ({ name, share }: typeof first): string =>
    `${block.heading} ${name}, ${spellOut(share, "1")}`;
  return <>{`Busiest: ${say(first)}. Quietest: ${say(last)}. `}</>;
}

/** The sum with the worst of their grades; an absence where none is measured. */
function sumOf(readings: readonly Reading[]): Reading {
  const standing = worst(readings);
  if (standing === null) return readings[0] ?? { absent: "not_supported" };
  const value = readings.reduce((sum, each) => sum + (isMeasured(each) ? each.value : 0), 0);
  return { ...standing, value };
}

/** `0 to 31, 64 to 95`, of names that are numbers; else the first and the last. */
function spans(names: readonly string[]): string {
  const numbers = names.map(Number);
  if (numbers.some((number) => !Number.isInteger(number))) return `${names[0]} to ${names.at(-1)}`;
  const found: [from: number, to: number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = found.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else found.push([number, number]);
  }
  if (found.length > SPANS_MOST) return `${numbers[0]} to ${numbers.at(-1)}, not all`;
  return found.map(([from, to]) => from === to ? `${from}` : `${from} to ${to}`).join(", ");
}

function chunks(instances: readonly Present[]): readonly (readonly Present[])[] {
  const rows = Math.ceil(instances.length / SKYLINE_MOST);
  const size = Math.ceil(instances.length / rows);
  return Array.from({ length: rows }, (_, row) => instances.slice(row * size, (row + 1) * size));
}

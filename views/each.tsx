/** Shares of one for every instance of a scope: a bar each, or a skyline where there are many. @module */
import type { Each } from "../collectors/card.ts";
import type { Present, Snapshot } from "../collectors/snapshot.ts";
import { isMeasured } from "../collectors/trust.ts";
import { Shares } from "./bar.tsx";
import { plural, whole } from "./format.ts";
import type { Html } from "./html.ts";
import { worst } from "./standing.ts";
import { inkOf } from "./svg_line.tsx";
import { Value } from "./value.tsx";

/** Up to so many have a bar with a number each. */
const BARS_MOST = 16;
/** Instances side by side in one skyline: five pixels each on a phone. */
const SKYLINE_MOST = 64;
const STEP = 6;
const HEIGHT = 100;

export function EachBlock(props: { block: Each; snapshot: Snapshot }): Html | null {
  const { block, snapshot } = props;
  const all = snapshot.instances(block.scope);
  if (all.length === 0) return null;
  const shown = all.slice(0, block.most);
  const others = all.length - shown.length;
  return (
    <div class="each">
      {shown.length <= BARS_MOST
        ? <Bars block={block} snapshot={snapshot} instances={shown} />
        : chunks(shown).map((instances) => (
          <Skyline block={block} snapshot={snapshot} instances={instances} />
        ))}
      {others === 0 ? null : <p class="m">{`and ${whole(others)} more`}</p>}
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
        const standing = worst(readings);
        const shares = readings.map((reading) => isMeasured(reading) ? reading.value : null);
        const sum = shares.filter((share) => share !== null).reduce((a, b) => a + b, 0);
        return (
          <li>
            <span class="name">{`${block.heading} ${name}`}</span>
            <Shares shares={shares} />
            <Value
              reading={standing === null ? readings[0]! : { ...standing, value: sum }}
              unit="1"
            />
          </li>
        );
      })}
    </ul>
  );
}

/** One path for each part, so that 64 CPUs cost five elements. */
function Skyline(props: SomeProps): Html {
  const { block, snapshot, instances } = props;
  const paths = block.parts.map(() => "");
  const sums: number[] = [];
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
    sums.push(top);
  });
  const [first, last] = [instances[0]!, instances.at(-1)!];
  const most = sums.indexOf(Math.max(...sums));
  const label = `${plural(instances.length, block.heading)}, the highest is ` +
    `${block.heading} ${instances[most]!.name} with ${Math.round(sums[most]! * 100)} %`;
  return (
    <figure class="skyline">
      <figcaption>{`${block.heading} ${first.name} to ${last.name}`}</figcaption>
      <svg
        viewBox={`0 0 ${instances.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {paths.map((path, index) => <path class={`fill ${inkOf(index)}`} d={path} />)}
      </svg>
    </figure>
  );
}

function chunks(instances: readonly Present[]): readonly (readonly Present[])[] {
  const rows = Math.ceil(instances.length / SKYLINE_MOST);
  const size = Math.ceil(instances.length / rows);
  return Array.from({ length: rows }, (_, row) => instances.slice(row * size, (row + 1) * size));
}

/** Parts of a whole as one horizontal bar. @module */
import type { Bar } from "../../collectors/card.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../../collectors/trust.ts";
import { inkOf } from "../chart/svg_line.tsx";
import type { Html } from "../html.ts";

export function BarBlock(props: { block: Bar; snapshot: Snapshot }): Html {
  const { block, snapshot } = props;
  const whole = snapshot.read(block.whole);
  const parts = block.parts.map((shown) => snapshot.read(shown.metric, shown.instance));
  // Without its whole a part has no length; the figures below say why.
  const shares = isMeasured(whole) && whole.value > 0
    ? parts.map((part) => share(part, whole.value))
    : [];
  return (
    <div>
      <Shares shares={shares} large />
    </div>
  );
}

function share(part: Reading, whole: number): number | null {
  return isMeasured(part) && part.grade !== "implausible" ? part.value / whole : null;
}

/**
 * Shares of one, side by side: the first lies over the next, and so on, so that all begin where the bar
 * does. Those who hear the page have the figures.
 */
export function Shares(props: { shares: readonly (number | null)[]; large?: boolean }): Html {
  let end = 0;
  const ends = props.shares.map((value) =>
    value === null ? null : end = Math.min(1, end + Math.max(0, value))
  );
  return (
    <svg class={props.large ? "bar large" : "bar"} aria-hidden="true">
      {ends.map((width, index) =>
        width === null ? null : <rect class={inkOf(index)} width={perCent(width)} />
      ).reverse()}
    </svg>
  );
}

function perCent(share: number): string {
  return `${Math.round(share * 1000) / 10}%`;
}

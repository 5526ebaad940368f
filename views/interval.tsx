/**
 * How often the sampler ticks, and the choice of it. It is one for everybody who looks: hence it is
 * told again whenever anybody changes it.
 *
 * @module
 */
import type { Html } from "./html.ts";

/** Milliseconds that are offered. */
export const INTERVALS: readonly number[] = [100, 250, 500, 1000, 2000, 5000, 10_000];

/** Of the list, and the one that is in force where it is none of them. */
function offered(intervalMs: number): readonly number[] {
  return [...new Set([...INTERVALS, intervalMs])].toSorted((a, b) => a - b);
}

/** `250 ms`, `1.5 s`. */
export function intervalText(intervalMs: number): string {
  return intervalMs < 1000 ? `${intervalMs}\u00a0ms` : `${intervalMs / 1000}\u00a0s`;
}

/** The part that a change replaces. Its selected option is what is in force. */
export function IntervalChoice({ intervalMs }: { intervalMs: number }): Html {
  return (
    <select id="interval" name="interval" aria-label="Interval, the same for everybody">
      <optgroup label="For everybody">
        {offered(intervalMs).map((ms) => (
          <option value={`${ms}ms`} selected={ms === intervalMs}>{intervalText(ms)}</option>
        ))}
      </optgroup>
    </select>
  );
}

/** `back`: path of the page that a browser without scripts comes back to. */
export function IntervalForm(props: { intervalMs: number; back: string }): Html {
  return (
    // What a browser remembers of the last visit is not what is in force.
    <form
      class="every"
      method="post"
      action="interval"
      autocomplete="off"
      hx-post="interval"
      hx-trigger="change"
      hx-swap="none"
    >
      <span aria-hidden="true">Every</span>
      <IntervalChoice intervalMs={props.intervalMs} />
      {props.back === "/" ? null : <input type="hidden" name="back" value={props.back} />}
      <button class="btn unscripted" type="submit">Set</button>
    </form>
  );
}

/**
 * What a tick changes on the page: the text of every part that can be replaced, by the id of its
 * element. Who sends them compares them with the last ones and leaves out what did not change.
 *
 * @module
 */
import { CARDS } from "../../collectors/catalogue.ts";
import type { SeriesKey } from "../../collectors/readings/series.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { chartKeys, trendColumns } from "../chart/chart.tsx";
import { TickNumber } from "../document.tsx";
import { render } from "../html.ts";
import { keptParts } from "./kept_parts.ts";
import { IntervalChoice } from "../interval.tsx";
import type { Late } from "../late.ts";
import { TrustLine, Uptime } from "./page.tsx";
import { Causes } from "../problems.tsx";

/** The lines of all charts of the overview: columns of the `sample` events, and of `Series`. */
export function overviewSeries(snapshot: Snapshot): readonly SeriesKey[] {
  return chartKeys(CARDS, snapshot);
}

/** Every part of the overview: id of its element to the element's HTML, id included. */
export function fragments(snapshot: Snapshot): ReadonlyMap<string, string> {
  const found = new Map<string, string>([
    ["tick", render(TickNumber({ snapshot }))],
    ["interval", choiceOf(snapshot.intervalMs)],
    ["uptime", render(Uptime({ snapshot }))],
    ["trust", render(TrustLine({ snapshot }))],
    ["causes", causesOf(snapshot)],
  ]);
  const columns = trendColumns(CARDS, snapshot);
  const trends = { columns, series: null, spanSeconds: 0 };
  for (const card of CARDS) {
    for (const [id, html] of keptParts(card, snapshot, trends)) found.set(id, html);
  }
  return found;
}

let choice = { intervalMs: NaN, html: "" };

/** It changes when somebody changes it. */
function choiceOf(intervalMs: number): string {
  if (choice.intervalMs !== intervalMs) {
    choice = { intervalMs, html: render(IntervalChoice({ intervalMs })) };
  }
  return choice.html;
}

const CAUSES = new WeakMap<Snapshot["problems"], string>();

/** The list stays the same until a cause comes or goes. */
function causesOf(snapshot: Snapshot): string {
  let html = CAUSES.get(snapshot.problems);
  if (html === undefined) {
    CAUSES.set(snapshot.problems, html = render(Causes({ snapshot })));
  }
  return html;
}

/** One message for the page: each part morphs the element with its id. */
export function partials(parts: Iterable<readonly [string, string]>): string {
  let text = "";
  for (const [id, html] of parts) {
    text += `<hx-partial hx-target="#${id}" hx-swap="outerMorph">${html}</hx-partial>`;
  }
  return text;
}

/** What a page is told between ticks: the interval, since the next tick may be a minute away. */
export function aside(intervalMs: number): string {
  return partials([["interval", choiceOf(intervalMs)]]);
}

/** What a page is told where the next tick does not come; that tick will take its place. */
export function late(snapshot: Snapshot, late: Late): string {
  return partials([["tick", render(TickNumber({ snapshot, late }))]]);
}

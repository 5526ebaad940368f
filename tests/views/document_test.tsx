import { assert, assertEquals, assertMatch } from "@std/assert";
import { diagnose } from "../../collectors/doctor/diagnosis.ts";
import type { Snapshot } from "../../collectors/readings/snapshot.ts";
import { type Assets, document, TickNumber } from "../../views/document.tsx";
import { render } from "../../views/html.ts";
import { IntervalChoice, INTERVALS } from "../../views/interval.tsx";
import { createViews } from "../../views/mod.ts";
import { snapshotJson } from "../../views/snapshot_json.ts";
import { HandFilled } from "./hand_filled.ts";

const ASSETS: Assets = {
  version: "1.2.3",
  styles: ["/a.css"],
  first: "/t.js",
  scripts: ["/b.js"],
  icon: "/i.svg",
};
const { snapshot } = new HandFilled([{ "load_1m": 1 }]);
const children = <p>Figures</p>;

function header(current: string, live: boolean): string {
  const html = document({
    title: "stage",
    current,
    assets: ASSETS,
    children,
    ...(live
      ? {
        live: { stream: "stream?page=x", snapshot, intervalMs: 250, spanSeconds: 300 },
        controls: <i class="range">5 min</i>,
      }
      : {}),
  });
  return /<header class="top">.*?<\/header>/s.exec(html)![0];
}

/** What a header holds, from left to right. */
function parts(html: string): readonly string[] {
  const known = /class="(mark|state|range|every|btn unscripted|seg themes)|<nav|<time|id="pause"/g;
  return [...html.matchAll(known)].map(([found, name]) => name ?? found);
}

Deno.test("the header of a live page has all of its controls, in their order", () => {
  assertEquals(parts(header("/", true)), [
    "mark",
    "<nav",
    "state",
    "<time",
    "range",
    "every",
    // Of the form.
    "btn unscripted",
    'id="pause"',
    "btn unscripted",
    "seg themes",
  ]);
});

Deno.test("the header of a page that does not live has nothing that is live", () => {
  assertEquals(parts(header("/doctor", false)), ["mark", "<nav", "seg themes"]);
});

Deno.test("the form of the interval leads back to its own page", () => {
  assert(!header("/", true).includes('name="back"'));
  assertMatch(header("/cpus", true), /<input type="hidden" name="back" value="\/cpus"/);
});

/** Texts of the options, the one in force in brackets. */
function options(intervalMs: number): string {
  const html = render(<IntervalChoice intervalMs={intervalMs} />);
  return [...html.matchAll(/<option value="(\d+)ms"( selected)?[^>]*>([^<]*)</g)]
    .map(([, , selected, text]) => selected === undefined ? text : `[${text}]`)
    .join(", ").replaceAll("\u00a0", " ");
}

Deno.test("IntervalChoice offers its list, and shows what is in force whatever it is", () => {
  assertEquals(options(1000), "100 ms, 250 ms, 500 ms, [1 s], 2 s, 5 s, 10 s");
  assertEquals(options(750), "100 ms, 250 ms, 500 ms, [750 ms], 1 s, 2 s, 5 s, 10 s");
  assertEquals(options(60_000), "100 ms, 250 ms, 500 ms, 1 s, 2 s, 5 s, 10 s, [60 s]");
  assertEquals(options(10).slice(0, 7), "[10 ms]");
  for (const ms of INTERVALS) assertEquals(options(ms).match(/\[/g)?.length, 1);
});

Deno.test("a page is told the interval between ticks as in a tick", () => {
  const { overview } = createViews({ url: (name) => name, version: "1.2.3" });
  const ofTick = overview.fragments(snapshot).get("interval");
  assertEquals(overview.aside?.(snapshot.intervalMs), overview.partials([["interval", ofTick!]]));
});

Deno.test("every page says of which version it is", async () => {
  const views = createViews({ url: (name) => `/static/${name}`, version: "4.5.6" });
  const doctor = await views.doctor();
  for (
    const html of [
      views.message({ status: 404, message: "Cannot find it" }),
      doctor.document({ snapshot, diagnosis: diagnose(snapshot) }),
    ]
  ) assertMatch(html, /<footer>Ringside 4\.5\.6<\/footer>/);
});

Deno.test("the time of a tick is the one that its JSON has", () => {
  const wallMs = Date.UTC(2026, 0, 2, 3, 4, 5) - 0.4;
  const late = { ...snapshot, wallMs, size: snapshot.size } as Snapshot;
  const [, time] = /datetime="([^"]+)"/.exec(render(<TickNumber snapshot={late} />))!;
  assertEquals(time, snapshotJson(late, []).time);
});

/**
 * What the overview costs: bytes of a first visit, time to render it whole and its parts of a tick,
 * bytes of a tick. On machines of text whose figures all change, with a chart's span of history.
 *
 * @module
 */
import { Marks } from "../../collectors/readings/marks.ts";
import type { Series } from "../../collectors/readings/series.ts";
import { createApp } from "../../routes/app.ts";
import { ASSETS } from "../../routes/assets.ts";
import { Encoded } from "../../routes/encoding.ts";
import { Chain } from "../../routes/stream/chain.ts";
import type { Place } from "../../routes/stream/cursor.ts";
import { Hub } from "../../routes/stream/hub.ts";
import { CHART_SPAN_MS, PageChannel } from "../../routes/stream/page_stream.ts";
import { createViews, type Views } from "../../views/mod.ts";
import { BusyHost } from "../busy_host.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const BYTES_MOST = 60_000;
const RENDER_MS_MOST = 5;
const HISTORY_TICKS = CHART_SPAN_MS / 1000;
/** By then a client has read as much as a block can point back to. */
const CHAINED_TICKS = 10;
/** At an interval of a second. */
const MESSAGE_BYTES_MOST = 2000;
/** Points are no closer. */
const FINE_MS = 100;
const VERSION = "1.2.3";
const MACHINES = ["server-2socket", "firecracker-2cpu"] as const;

export async function page(size: Size): Promise<Result[]> {
  const rounds = size === "smoke" ? 3 : 300;
  const results: Result[] = [];
  for (const name of MACHINES) {
    const host = await BusyHost.load(name);
    for (let i = 0; i < HISTORY_TICKS; i++) host.tick();
    const views = createViews({ url: (file) => ASSETS.url(file), version: VERSION });
    const html = await get(host, views, "/");
    const files = [...html.text.matchAll(/ (?:src|href)="(static\/[^"]+)"/g)].map(([, path]) =>
      `/${path}`
    );
    let beside = 0;
    for (const path of new Set(files)) beside += (await get(host, views, path)).bytes;
    const noise = new Encoded(documentOf(host, views, noisy(seriesOf(host, views)))).gzip().length;
    const bytes = { unit: "B", most: BYTES_MOST };
    results.push(
      { name: `${name}: first page, HTML`, value: html.bytes, unit: "B" },
      { name: `${name}: first page`, value: html.bytes + beside, ...bytes },
      { name: `${name}: first page, lines of pure noise`, value: noise + beside, ...bytes },
      ...times(name, host, views, rounds),
      ...await message(name, host, views),
      ...points(name, host, views, rounds),
    );
  }
  return results;
}

/** An answer as it is served to a browser: text, and bytes with gzip. */
async function get(
  host: BusyHost,
  views: Views,
  path: string,
): Promise<{ text: string; bytes: number }> {
  const { sampler } = host;
  const app = createApp({
    sampler,
    hub: new Hub({ sampler }),
    rendering: views,
    marks: new Marks(sampler.feed),
    files: ASSETS,
    version: VERSION,
    address: { hostname: "127.0.0.1", port: 7878 },
    allowedHosts: [],
  });
  const plain = await (await app.request(path)).text();
  const gzip = await app.request(path, { headers: { "accept-encoding": "gzip" } });
  return { text: plain, bytes: (await gzip.arrayBuffer()).byteLength };
}

function times(name: string, host: BusyHost, views: Views, rounds: number): Result[] {
  const whole: number[] = [];
  const parts: number[] = [];
  for (let round = 0; round < rounds; round++) {
    host.tick();
    let begunMs = performance.now();
    documentOf(host, views, seriesOf(host, views));
    whole.push(performance.now() - begunMs);
    host.tick();
    begunMs = performance.now();
    views.overview.fragments(host.stage.snapshot);
    parts.push(performance.now() - begunMs);
  }
  return [
    { name: `${name}: whole page`, value: median(whole), unit: "ms", most: RENDER_MS_MOST },
    { name: `${name}: parts of a tick`, value: median(parts), unit: "ms" },
  ];
}

/** Of ticks at which every figure changed: the first one that a client is told, and one that goes on. */
async function message(name: string, host: BusyHost, views: Views): Promise<Result[]> {
  const { feed } = host.stage;
  const marks = new Marks(feed);
  const channel = new PageChannel(views.overview, { feed, marks, version: VERSION });
  let place: Place = { kind: "new" };
  const chain = new Chain();
  let encoded = new Encoded("");
  let chained = 0;
  for (let tick = 0; tick < CHAINED_TICKS; tick++) {
    const { text, next } = channel.compose(host.stage.snapshot, place);
    place = next;
    encoded = new Encoded(text);
    if (tick > 0) chained = (await chain.block(encoded.plain)).length;
    host.tick();
  }
  chain.close();
  return [
    { name: `${name}: message of a tick`, value: encoded.plain.length, unit: "B" },
    { name: `${name}: message of a tick, alone`, value: encoded.block().length, unit: "B" },
    {
      name: `${name}: message of a tick, streamed`,
      value: chained,
      unit: "B",
      most: MESSAGE_BYTES_MOST,
    },
  ];
}

/** Of a tick at the finest interval that pages are told of, on all lines of the page; it stays so. */
function points(name: string, host: BusyHost, views: Views, rounds: number): Result[] {
  const { stage } = host;
  stage.intervalMs = FINE_MS;
  const keys = views.overview.series(stage.snapshot);
  const spent: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const after = stage.feed.sequence();
    host.tick();
    const begunMs = performance.now();
    stage.feed.series.read(keys, after, CHART_SPAN_MS, { fine: true });
    spent.push(performance.now() - begunMs);
  }
  const value = 1000 * median(spent);
  return [{ name: `${name}: points of a tick on ${keys.length} lines`, value, unit: "us" }];
}

function seriesOf(host: BusyHost, views: Views): Series {
  return host.stage.feed.series.read(views.overview.series(host.stage.snapshot), -1, CHART_SPAN_MS);
}

function documentOf(host: BusyHost, views: Views, series: Series): string {
  return views.overview.document({ snapshot: host.stage.snapshot, series, intervalMs: 1000 });
}

/** The same points with values that nothing can compress. */
function noisy(series: Series): Series {
  let state = 1;
  const values = series.values.map((column) =>
    column.map(() => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647)
  );
  return { ...series, values };
}

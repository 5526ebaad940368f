/**
 * How long the page of a fleet takes that a real Prometheus knows: asked for anew, and while what was
 * answered is fresh. Meanwhile the host's own page is asked for too, and what it takes is told beside.
 *
 * @module
 */
import { fleetSeries } from "../fleet_series.ts";
import { Prometheus } from "../prometheus.ts";
import { Service } from "../service.ts";
import { FRESH_MS } from "../../routes/fleet/feed.ts";
import { medianOf, type Result, type Size } from "./result.ts";
import { pause, spreadOf } from "./windows.ts";

const PAGE_MS_MOST = 1000;
/** So that figures are there while it lasts. */
const AHEAD_SECONDS = 600;

export async function fleet(size: Size): Promise<Result[]> {
  if (Prometheus.missing) return [{ name: "fleet", missing: "prometheus and promtool" }];
  const plan = size === "smoke"
    ? { hosts: 10, rounds: 1, waitMs: 0, samples: 32 }
    : { hosts: 1000, rounds: 9, waitMs: FRESH_MS, samples: 52 };
  const { hosts, rounds, waitMs, samples } = plan;
  const untilSeconds = Math.floor(Date.now() / 1000) + AHEAD_SECONDS;
  const history = fleetSeries({ hosts, cpus: 2, untilSeconds, samples });
  await using prometheus = await Prometheus.start({ targets: [], history });
  await using service = await Service.start({ args: ["--prometheus-url", prometheus.url] });
  const anew: number[] = [];
  const fresh: number[] = [];
  const beside: number[] = [];
  let bytes = NaN;
  for (let round = 0; round < rounds; round++) {
    const asked = take(`${service.url}/fleet?sort=ipc`);
    const own = take(service.url);
    const page = await asked;
    bytes = page.bytes;
    anew.push(page.ms);
    beside.push((await own).ms);
    fresh.push((await take(`${service.url}/fleet?sort=ipc`)).ms);
    await pause(waitMs / 1000);
  }
  const label = `fleet of ${hosts} hosts`;
  return [
    medianOf(spreadOf(anew), {
      name: `${label}: page, asked anew`,
      unit: "ms",
      most: PAGE_MS_MOST,
    }),
    medianOf(spreadOf(fresh), { name: `${label}: page, still fresh`, unit: "ms" }),
    medianOf(spreadOf(beside), { name: `${label}: the host's own page meanwhile`, unit: "ms" }),
    { name: `${label}: bytes of the page, not compressed`, value: bytes, unit: "B" },
  ];
}

async function take(url: string): Promise<{ readonly ms: number; readonly bytes: number }> {
  const begunMs = performance.now();
  // What is compressed would be unpacked here.
  const response = await fetch(url, { headers: { "accept-encoding": "identity" } });
  const { length } = new Uint8Array(await response.arrayBuffer());
  const ms = performance.now() - begunMs;
  if (response.status !== 200) throw new Error(`Cannot take ${url}: ${response.status}`);
  return { ms, bytes: length };
}

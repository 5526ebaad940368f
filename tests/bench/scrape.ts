/**
 * What a scrape of `/metrics` costs the service, by what its CPU rises while somebody scrapes: windows
 * with and without take turns. One in a tick meets a new row each time; many in a tick meet the same.
 *
 * @module
 */
import { Service } from "../service.ts";
import { Crowd, type CrowdReport } from "./crowd.ts";
import { build } from "./native.ts";
import { ProcessTree } from "./process_tree.ts";
import { medianOf, type Options, type Result, type Size } from "./result.ts";
import { pause, rates, spreadOf } from "./windows.ts";

const MS_MOST = 0.5;
/** In a tick of a second. */
const MANY = 50;
const PER_TICK = [1, MANY];

export async function scrape(size: Size, { seconds }: Options = {}): Promise<Result[]> {
  if (await build("crowd") === null) return [{ name: "scrape", missing: "a C compiler (cc)" }];
  // Somebody who asks once a second has an answer in there, however busy the machine is.
  const plan = size === "smoke"
    ? { turns: 1, seconds: 3, warmSeconds: 0 }
    : { turns: 8, seconds: seconds ?? 5, warmSeconds: 60 };
  const results: Result[] = [];
  await using service = await Service.start();
  const tree = new ProcessTree(service.pid);
  await warm(service, plan.warmSeconds);
  for (const gzip of [true, false]) {
    for (const perTick of PER_TICK) {
      const label = `scrape, ${gzip ? "gzip" : "plain"}, ${perTick} in a tick`;
      const costs: number[] = [];
      let bytes = NaN;
      for (let turn = 0; turn < plan.turns; turn++) {
        const [idle] = await rates(() => tree.cpuMs(), { windows: 1, seconds: plan.seconds });
        const { busy, report } = await scraped(service, tree, { gzip, perTick, ...plan });
        costs.push((busy - idle!) * plan.seconds / report.answers);
        bytes = report.wireBytes / report.answers;
      }
      results.push(
        medianOf(spreadOf(costs), { name: `${label}: CPU for each`, unit: "ms", most: MS_MOST }),
        { name: `${label}: bytes of each`, value: bytes, unit: "B" },
      );
    }
  }
  return results;
}

/** What is compiled once is compiled by then. */
async function warm(service: Service, seconds: number): Promise<void> {
  const demand = { kind: "get", paths: ["/metrics"], gzip: true, everyMs: 1000 } as const;
  await using _ = await Crowd.start(service.url, PER_TICK[0]!, demand);
  await pause(seconds);
}

interface Scraping {
  readonly gzip: boolean;
  readonly perTick: number;
  readonly seconds: number;
}

async function scraped(
  service: Service,
  tree: ProcessTree,
  { gzip, perTick, seconds }: Scraping,
): Promise<{ readonly busy: number; readonly report: CrowdReport }> {
  await using crowd = (await Crowd.start(service.url, perTick, {
    ...{ kind: "get", paths: ["/metrics"], gzip, everyMs: 1000 },
  }))!;
  await crowd.report();
  const [busy] = await rates(() => tree.cpuMs(), { windows: 1, seconds });
  const report = await crowd.report();
  if (report.bad > 0 || report.closed > 0 || report.answers === 0) {
    throw new Error(`Cannot measure scrapes: ${JSON.stringify(report)}`);
  }
  return { busy: busy!, report };
}

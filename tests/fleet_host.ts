/** Hosts of a fleet, for tests: what is not said of one is as it is of any. @module */
import type { Engine } from "../routes/fleet/feed.ts";
import type { Fleet, FleetHost, HostTrends, Trend } from "../views/fleet/quantities.ts";
import { TRENDS } from "../views/fleet/quantities.ts";

export const AT_MS = 1_770_000_000_000;

export function fleetHost(host: Partial<FleetHost> = {}): FleetHost {
  const { instance = "a:7878" } = host;
  return {
    key: JSON.stringify(["ringside", instance]),
    job: "ringside",
    instance,
    page: `http://${instance}/`,
    query: "http://engine/graph?g0.expr=x",
    labels: {},
    cores: ["cpu"],
    silentSeconds: 5,
    terms: { cycles: 1e9, retired: 2e9, asked: 2, counted: 2 },
    absences: {},
    ...host,
  };
}

export function fleetOfHosts(...hosts: readonly FleetHost[]): Fleet {
  return { hosts, atMs: AT_MS, lacks: [], left: 0 };
}

/** Answers what it is told to, and counts how often it is asked. */
export class FakeEngine implements Engine {
  readonly url = "http://engine.example:9090";
  readonly host = "engine.example:9090";
  fleet: Fleet | Error;
  trendless: Error | null = null;
  /** Of each quantity of a host. */
  trend: (host: FleetHost) => Trend = () => [1, null, 2];
  asked = 0;
  trendsAsked: (readonly string[])[] = [];
  /** Questions for trends that were under way at the same time. */
  trendsAtOnceMost = 0;
  /** Answers wait for it. */
  gate: Promise<void> = Promise.resolve();
  /** Those with trends wait for it too. */
  trendGate: Promise<void> = Promise.resolve();
  #trendsAtOnce = 0;

  constructor(fleet: Fleet | Error) {
    this.fleet = fleet;
  }

  async hosts(): Promise<Fleet> {
    this.asked++;
    await this.gate;
    if (this.fleet instanceof Error) throw this.fleet;
    return this.fleet;
  }

  async trends(hosts: readonly FleetHost[]): Promise<ReadonlyMap<string, HostTrends>> {
    this.trendsAsked.push(hosts.map(({ instance }) => instance));
    this.trendsAtOnceMost = Math.max(this.trendsAtOnceMost, ++this.#trendsAtOnce);
    await this.gate;
    await this.trendGate;
    this.#trendsAtOnce--;
    if (this.trendless !== null) throw this.trendless;
    return new Map(hosts.map((host) => [host.key, TRENDS.map(() => this.trend(host))]));
  }
}

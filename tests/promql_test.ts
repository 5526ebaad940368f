/**
 * A real Prometheus over a busy host with counters that take turns: what PromQL makes of its scrapes is
 * what the service itself shows. It needs `prometheus`.
 *
 * @module
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { promql } from "../deploy/prometheus/promql.ts";
import { BusyService } from "./browser/busy_service.ts";
import { hybridCpus, madeMachine } from "./made_machine.ts";
import { Prometheus, prometheusTest } from "./prometheus.ts";

/** Ticks between the first scrape that counts and the last. */
const TICKS = 4;
/** The test has no longer one, and all that was scraped is in it. */
const SPAN = "1h";
const EVENTS = "ringside_pmu_events_total";

interface Reading {
  readonly value: number;
  readonly coverage: number;
}

/** What the page shows of the host, and the expression that says the same of a span of scrapes. */
interface Quantity {
  readonly metric: string;
  /** What of it is compared; usually its value. */
  readonly field?: keyof Reading;
  /** The numerator and the denominator: sums over counters. */
  readonly of: readonly [above: string, below: string];
}

const SECONDS = "node_time_seconds";

/** One event of all CPUs. */
function event(name: string): string {
  return `${EVENTS}{event="${name}"}`;
}

function times(prefix: string, labels: string): readonly [above: string, below: string] {
  return [
    `${prefix}_time_running_seconds_total{${labels}}`,
    `${prefix}_time_enabled_seconds_total{${labels}}`,
  ];
}

const QUANTITIES: readonly Quantity[] = [
  { metric: "instructions_per_cycle", of: [event("instructions"), event("cycles")] },
  {
    metric: "instructions_per_cycle",
    of: ["node_perf_instructions_total", "node_perf_cpucycles_total"],
  },
  { metric: "llc_miss_ratio", of: [event("cache-misses"), event("cache-references")] },
  { metric: "branch_miss_ratio", of: [event("branch-misses"), event("branches")] },
  { metric: "l1d_miss_ratio", of: [event("L1-dcache-load-misses"), event("L1-dcache-loads")] },
  {
    metric: "instructions_per_cycle",
    field: "coverage",
    of: times("ringside_pmu", 'event="instructions"'),
  },
  {
    metric: "llc_miss_ratio",
    field: "coverage",
    of: times("ringside_pmu", 'event="cache-misses"'),
  },
  {
    metric: "memory_bytes_per_second",
    of: ["ringside_memory_bandwidth_bytes_total", SECONDS],
  },
  {
    metric: "memory_read_bytes",
    of: ['ringside_memory_bandwidth_bytes_total{direction="read"}', SECONDS],
  },
  {
    metric: "memory_bytes_per_second",
    field: "coverage",
    of: times("ringside_memory_bandwidth", ""),
  },
  {
    metric: "energy_package_joules",
    of: ['ringside_energy_joules_total{zone="package"}', SECONDS],
  },
];

async function shown(url: string): Promise<Readonly<Record<string, Reading>>> {
  const { metrics } = await (await fetch(`${url}/api/v1/snapshot`)).json();
  return metrics;
}

/** Waits until a tick was scraped. Returns when that was, by the clock of Prometheus. */
async function scraped(prometheus: Prometheus, tick: number): Promise<number> {
  const [sample] = await prometheus.until(`timestamp(ringside_ticks_total == ${tick})`);
  return sample!.value;
}

/** The increase of a sum between two scrapes. */
function between(selector: string, from: number, to: number): string {
  return `(sum(${selector} @ ${to}) - sum(${selector} @ ${from}))`;
}

/** In blocks of promql, apart by empty lines. */
async function expressionsOfReadme(): Promise<readonly string[]> {
  const text = await Deno.readTextFile(new URL("../deploy/prometheus/README.md", import.meta.url));
  return [...text.matchAll(/^```promql\n(.*?)^```$/gms)].flatMap(([, block]) =>
    block!.trim().split("\n\n")
  );
}

prometheusTest("PromQL gives what the page gives", async (t) => {
  await using service = await BusyService.start({
    machine: "server-2socket",
    historyTicks: 30,
    exposition: { nodePerf: true },
  });
  await using prometheus = await Prometheus.start({ targets: [service], intervalMs: 100 });
  const { sampler } = service.host;
  const tick = (): number => sampler.feed.sequence();
  await prometheus.scraped();
  const at = [await scraped(prometheus, tick())];
  const pages: Readonly<Record<string, Reading>>[] = [];
  for (let i = 0; i < TICKS; i++) {
    service.host.tick();
    at.push(await scraped(prometheus, tick()));
    pages.push(await shown(service.url));
  }

  for (const { metric, field = "value", of: [above, below] } of QUANTITIES) {
    await t.step(`${metric}, ${field}: ${above} by ${below}`, async () => {
      const values = pages.map((page) => page[metric]![field]);
      // The page's window is the last second, which is what lies between two ticks.
      for (const [i, value] of values.entries()) {
        const [from, to] = [at[i]!, at[i + 1]!];
        const found = await prometheus.value(
          `${between(above, from, to)} / ${between(below, from, to)}`,
        );
        assertAlmostEquals(found / value, 1, 1e-6, `tick ${i}: ${found}, the page ${value}`);
      }
      if (below === SECONDS) return;
      // As panels have it, over all ticks: a ratio of sums lies among its parts.
      const ratio = await prometheus.value(
        `sum(rate(${above}[${SPAN}])) / sum(rate(${below}[${SPAN}]))`,
      );
      const [least, most] = [Math.min(...values), Math.max(...values)];
      assert(ratio >= least * (1 - 1e-6) && ratio <= most * (1 + 1e-6), `${ratio}: ${values}`);
    });
  }

  await t.step("a quantity is found by its name, whichever event counts it", async () => {
    const of = (quantity: string): string =>
      `sum(rate(${EVENTS}[${SPAN}]) * on (job, instance, pmu, event) group_left () ` +
      `ringside_pmu_event_info{quantity="${quantity}"})`;
    const named = `${of("core_llc_misses")} / ${of("core_llc_references")}`;
    const plain = `sum(rate(${event("cache-misses")}[${SPAN}])) / ` +
      `sum(rate(${event("cache-references")}[${SPAN}]))`;
    assertAlmostEquals(await prometheus.value(`(${named}) / (${plain})`), 1, 1e-9);
  });

  await t.step("the ratios differ from tick to tick, and counters had to take turns", () => {
    const ipc = pages.map((page) => page["instructions_per_cycle"]!);
    assertEquals(new Set(ipc.map(({ value }) => value.toFixed(3))).size, TICKS);
    assert(ipc.every(({ coverage }) => coverage > 0.1 && coverage < 0.9), JSON.stringify(ipc));
  });

  await t.step(
    "nothing was lost of a scrape, and counters say since when they count",
    async () => {
      assertEquals(prometheus.warnings, []);
      const boot = await prometheus.value("node_boot_time_seconds");
      assertEquals(await prometheus.value("min(node_cpu_seconds_created)"), boot);
      const created = await prometheus.query(`ringside_pmu_events_created{event="cycles"}`);
      const { begun } = sampler.feed.latest()!;
      assertEquals(created.map(({ value }) => value), created.map(() => begun!.wallMs / 1000));
      assertEquals(created.length, 8);
      // No counter was reset while all of them were scaled.
      assertEquals(await prometheus.value(`sum(resets(${EVENTS}[${SPAN}]))`), 0);
    },
  );
});

/** One that asks for all, and one for parts at times of its own. */
const JOBS = ["ringside", "ringside-parts"];

prometheusTest(
  "what the README of deploy/prometheus asks finds something of each job that scrapes a host",
  async () => {
    await using service = await BusyService.start({ machine: "server-2socket", historyTicks: 30 });
    await using prometheus = await Prometheus.start({
      targets: JOBS.map((job) => ({ url: service.url, labels: { job } })),
      intervalMs: 100,
    });
    const { feed } = service.host.sampler;
    await prometheus.scraped();
    service.host.tick();
    await prometheus.until(
      `ringside_ticks_total == ${feed.sequence()}`,
      ({ length }) => length === JOBS.length,
    );
    const expressions = await expressionsOfReadme();
    assertEquals(expressions.length, 4);
    for (const expression of expressions) {
      const found = await prometheus.query(expression);
      assert(found.every(({ value }) => value > 0), expression);
      const places = JOBS.map((job) =>
        found.filter(({ labels }) => labels["job"] === job)
          .map(({ labels: { job: _, ...rest } }) => JSON.stringify(rest)).toSorted()
      );
      assert(places[0]!.length > 0, expression);
      // Figures of both together would be twice the host's.
      assertEquals(places[1], places[0], expression);
      assertEquals(found.length, places.flat().length, expression);
    }
  },
);

prometheusTest(
  "what rules and panels divide on cores of two kinds is what the page divides",
  async () => {
    const machine = await madeMachine(hybridCpus(2, 4));
    // Alder Lake: its larger cores have no event for all fetches, only for those that miss.
    machine.edit("/proc/cpuinfo", (text) => text.replace(/^(model\s*: )\d+$/gm, `$1${0x97}`));
    await using service = await BusyService.start({ machine, historyTicks: 30 });
    await using prometheus = await Prometheus.start({ targets: [service], intervalMs: 100 });
    const { sampler } = service.host;
    await prometheus.scraped();
    await scraped(prometheus, sampler.feed.sequence());
    const pages: Readonly<Record<string, Reading>>[] = [];
    for (let i = 0; i < TICKS; i++) {
      service.host.tick();
      await scraped(prometheus, sampler.feed.sequence());
      pages.push(await shown(service.url));
    }
    const info = await prometheus.query(
      'count by (pmu) (ringside_pmu_event_info{quantity="l1i_references"})',
    );
    assertEquals(info.map(({ labels }) => labels["pmu"]), ["cpu_atom"]);
    for (const metric of ["l1i_miss_ratio", "l1i_mpki", "instructions_per_cycle"]) {
      const values = pages.map((page) => page[metric]!.value);
      const ratio = await prometheus.value(promql(metric, { range: SPAN })!);
      const [least, most] = [Math.min(...values), Math.max(...values)];
      assert(
        ratio >= least * (1 - 1e-6) && ratio <= most * (1 + 1e-6),
        `${metric}: ${ratio}, the page ${values}`,
      );
    }
  },
);

/**
 * As many hosts as one machine can pretend: twenty services over machines of text at work, each with its
 * own port, one Prometheus that scrapes them all, and the page of the fleet of a twenty-first, which is
 * a process as people start it. Each row is held against what its host itself told Prometheus.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { QUESTIONS } from "../../routes/fleet/queries.ts";
import { TERMS } from "../../views/fleet/quantities.ts";
import { hybridCpus, madeMachine } from "../made_machine.ts";
import { Prometheus } from "../prometheus.ts";
import { Service } from "../service.ts";
import { TextTree } from "../text_tree.ts";
import { browserTest } from "./browser_case.ts";
import { BusyService } from "./busy_service.ts";
import { WatchedPage } from "./chromium.ts";

const HOSTS = 20;
/** More than are ticked while Prometheus looks: no counter is near zero. */
const HISTORY_TICKS = 30;
const TICKS = 3;
/** Twenty hosts in one process take their time. */
const INTERVAL_MS = 2000;
const MACHINES = ["server-2socket", "firecracker-2cpu", "minimal-container", "hybrid"] as const;
type MachineName = (typeof MACHINES)[number];

interface Host {
  readonly name: string;
  readonly machine: MachineName;
  readonly service: BusyService;
}

async function treeOf(machine: MachineName): Promise<TextTree> {
  return machine === "hybrid" ? await madeMachine(hybridCpus(2, 2)) : await TextTree.load(machine);
}

async function start(index: number): Promise<Host> {
  const machine = MACHINES[index % MACHINES.length]!;
  const name = `${machine}-${String(index).padStart(2, "0")}`;
  const options = { hostname: name, seed: index + 1, historyTicks: HISTORY_TICKS };
  const service = await BusyService.start({ machine: await treeOf(machine), ...options });
  return { name, machine, service };
}

/** What a host told at one moment, as sums. */
class Told {
  readonly #lines: readonly string[];

  private constructor(text: string) {
    this.#lines = text.split("\n");
  }

  static async by(service: BusyService): Promise<Told> {
    return new Told(await (await fetch(`${service.url}/metrics`)).text());
  }

  /** Of the series whose labels fit; null: there is none. */
  sum(family: string, fits: RegExp): number | null {
    const values = this.#lines
      .filter((line) => line.startsWith(`${family}{`) && fits.test(line))
      .map((line) => Number(line.slice(line.lastIndexOf(" "))));
    return values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
  }
}

type Term = readonly [family: string, fits: RegExp];
const EVENTS = "ringside_pmu_events_total";
const ENABLED = "ringside_pmu_time_enabled_seconds_total";
const RUNNING = "ringside_pmu_time_running_seconds_total";
const INSTRUCTIONS: Term = [EVENTS, /event="instructions"/];
const MISSES = /event="cache-misses"/;
const SHOWN = /event="(cycles|instructions|cache-misses)",pmu="cpu/;
/** Columns of the page by their place, and what they are quotients of: increases from first to last. */
const COLUMNS: readonly (readonly [column: number, above: Term, below: Term, times: number])[] = [
  [1, INSTRUCTIONS, [EVENTS, /event="cycles"/], 1],
  [2, [EVENTS, MISSES], INSTRUCTIONS, 1000],
  [
    5,
    ["node_cpu_seconds_total", /mode="(?!idle|iowait)/],
    ["node_cpu_seconds_total", /mode=/],
    100,
  ],
  [8, [RUNNING, SHOWN], [ENABLED, SHOWN], 100],
];
/** Those that also have the time between two scrapes in them, which nobody knows to the millisecond. */
const TIMED = [3, 4, 6, 7];

/** The figure that the page has of a number: three digits. */
function shown(value: number): number {
  return Number(value.toPrecision(3));
}

const TERMS_OF = { counted: QUESTIONS.counted, used: QUESTIONS.used };
const TITLES = `[...document.querySelectorAll("#fleet-table tbody tr:not(.together) th a")]
  .map((link) => link.textContent)`;
const CELLS = `[...document.querySelectorAll("#fleet-table tbody tr:not(.together)")].map((row) =>
  [...row.children].map((cell) => cell.innerText.replace(/\\s+/g, " ").trim()))`;

browserTest(
  "twenty hosts, one Prometheus and the page of the fleet",
  async (browser) => {
    await using stack = new AsyncDisposableStack();
    const hosts: Host[] = [];
    for (let index = 0; index < HOSTS; index++) {
      const host = await start(index);
      stack.use(host.service);
      hosts.push(host);
    }
    const targets = hosts.map(({ machine, service: { url } }) => ({
      url,
      labels: { instance_type: machine },
    }));
    const prometheus = stack.use(await Prometheus.start({ targets, intervalMs: INTERVAL_MS }));
    const scraped = async (): Promise<readonly Told[]> => {
      const tick = hosts[0]!.service.host.sampler.feed.sequence();
      await prometheus.until(`count(ringside_ticks_total == ${tick}) == ${HOSTS}`);
      return await Promise.all(hosts.map(({ service }) => Told.by(service)));
    };
    await prometheus.scraped();
    const first = await scraped();
    for (let i = 0; i < TICKS; i++) {
      for (const { service } of hosts) service.host.tick();
      await scraped();
    }
    const last = await scraped();

    const fleet = stack.use(await Service.start({ args: ["--prometheus-url", prometheus.url] }));
    const watched = await WatchedPage.open(browser);
    await watched.page.goto(`${fleet.url}/fleet`);
    const rows = await watched.evaluate<string[][]>(CELLS);
    assertEquals(rows.length, HOSTS);
    let counted = 0;
    for (const [index, { name, machine }] of hosts.entries()) {
      const row = rows.find(([title]) => title!.startsWith(`${name} `))!;
      assertStringIncludes(row[0]!, `instance_type=${machine}`);
      for (const [column, above, below, times] of COLUMNS) {
        const rise = (term: Term): number | null => {
          const [from, to] = [first[index]!.sum(...term), last[index]!.sum(...term)];
          return from === null || to === null ? null : to - from;
        };
        const [upper, lower] = [rise(above), rise(below)];
        if (upper === null || lower === null) {
          // Never a figure where nothing was measured: the reason instead.
          assert(/^\D+$/.test(row[column]!), `${name}: ${row[column]}`);
          continue;
        }
        counted++;
        assertEquals(parseFloat(row[column]!), shown(times * upper / lower), `${name} ${column}`);
      }
      const counts = machine === "server-2socket" || machine === "hybrid";
      for (const column of counts ? TIMED : []) assert(parseFloat(row[column]!) >= 0, name);
    }
    assert(counted > HOSTS, "there is more to compare than each host's CPU");
    // All that the page asks for is what a host with counters tells.
    const terms = Object.values(TERMS_OF).map((term) => `count by (term) (${term})`).join(" or ");
    const known = (await prometheus.query(terms)).map(({ labels }) => labels["term"]);
    assertEquals(new Set(known), new Set(TERMS));

    await watched.page.goto(`${fleet.url}/fleet?group=instance_type&filter=server`);
    await watched.until(`document.querySelector("#fleet-table .together") !== null`);
    assertEquals(
      await watched.evaluate(TITLES),
      hosts.filter(({ machine }) => machine === "server-2socket").map(({ name }) => name),
    );
    await watched.page.goto(`${fleet.url}/fleet?group=core+type`);
    const groups = `[...document.querySelectorAll("#fleet-table .together th")].map((cell) =>
      cell.innerText.replace(/\\s+/g, " "))`;
    assertEquals(
      new Set(await watched.evaluate<string[]>(groups)),
      new Set([
        "cpu 5 hosts",
        "cpu_atom + cpu_core 5 hosts",
        "without core type 10 hosts",
      ]),
    );
    // A host's own page is where its name leads.
    const { name, service } = hosts[3]!;
    await watched.page.click(`#fleet-table a:text-is("${name}")`);
    await watched.until(`location.href.startsWith("${service.url}/")`);
    await watched.until(`document.title.includes("${name}")`);
    assertEquals(watched.takeComplaints(), []);
  },
  Prometheus.missing ? "prometheus" : undefined,
);

/**
 * Every expression of the dashboard and of the rules in a real Prometheus, which scrapes a busy server
 * with counters and a virtual machine without. It needs `prometheus`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { dashboard } from "../../deploy/grafana/dashboard.ts";
import { RECORDING_GROUPS } from "../../deploy/prometheus/recording.ts";
import { BusyService } from "../browser/busy_service.ts";
import { Prometheus, prometheusTest } from "../prometheus.ts";

const RULES = new URL("../../deploy/prometheus/rules.yml", import.meta.url).pathname;
/** Between two looks at a state that is waited for. */
const LOOK_MS = 50;
/** Between two scrapes: the hosts are in the process that asks, and it is busy. */
const INTERVAL_MS = 500;
/** Of rules that were made of all the scrapes before. */
const STEADY = "2s";
/** Enough for rates. */
const TICKS_SEEN = 3;

/** By panel: what has no value on a host, or "all" of its lines. Everything else must have one. */
type Lacking = Readonly<Record<string, "all" | readonly string[]>>;

const IDLE_STATES: Lacking = {
  "Idle states: Cores": "all",
  "Idle states: Modules": "all",
  "Idle states: Packages": "all",
};

/** Their kernels tell all that is cache: nobody asks for less. */
const WHOLE_MEMORY: Lacking = { "Memory": ["≤ Used", "≥ Cache"] };

const HOSTS: readonly {
  readonly instance: string;
  readonly machine: string;
  readonly lacking: Lacking;
  /** Of the rules, between their level and their operation. */
  readonly unrecorded: readonly string[];
}[] = [
  {
    instance: "server",
    machine: "server-2socket",
    lacking: {
      // Its core has no events for them.
      "Instructions per cycle": ["Stalled, front end", "Stalled, back end"],
      // Its controllers are counted: nobody asks for less.
      "Memory bandwidth": ["≥ Read and written", "≥ Share of peak"],
      "Energy": ["Cores", "GPU in the package", "Platform"],
      ...IDLE_STATES,
      ...WHOLE_MEMORY,
      // No page was handed out: there is nothing to have a share of.
      "NUMA": ["Remote share"],
      "Memory traffic, by who counts it: Traffic": ["Second source", "L3 monitors (MBM)"],
      "Memory traffic, by who counts it: Controllers − it": ["Second source", "L3 monitors (MBM)"],
    },
    unrecorded: [
      "stalled_frontend_ratio",
      "stalled_backend_ratio",
      "memory_at_least_bytes_per_second",
      "memory_at_least_peak_ratio",
    ],
  },
  {
    instance: "virtual",
    machine: "firecracker-2cpu",
    lacking: {
      "Instructions per cycle": "all",
      "Instructions per cycle by pmu": "all",
      "Caches, branches, TLBs: References": "all",
      "Caches, branches, TLBs: Misses": "all",
      "Caches, branches, TLBs: Miss ratio": "all",
      "Caches, branches, TLBs: MPKI": "all",
      "Memory bandwidth": "all",
      "Read from memory and written to it": "all",
      "Energy": "all",
      "Pressure": ["Held up by interrupts"],
      "Interrupts by kind": ["Machine check"],
      "Network": ["Link"],
      "CPU clock": "all",
      "Fastest CPUs": "all",
      ...IDLE_STATES,
      "Temperatures": "all",
      ...WHOLE_MEMORY,
      "NUMA": ["Remote share"],
      "Memory traffic, by who counts it: Traffic": "all",
      "Memory traffic, by who counts it: Controllers − it": "all",
    },
    unrecorded: [
      "instructions_per_cycle",
      "instructions_per_second",
      "cpu_cycles_per_second",
      "active_frequency_hertz",
      "stalled_frontend_ratio",
      "stalled_backend_ratio",
      "llc_miss_ratio",
      "llc_mpki",
      "l2_miss_ratio",
      "l2_mpki",
      "l1d_miss_ratio",
      "l1d_mpki",
      "l1i_miss_ratio",
      "l1i_mpki",
      "branch_miss_ratio",
      "branch_mpki",
      "dtlb_mpki",
      "itlb_mpki",
      "memory_read_bytes_per_second",
      "memory_write_bytes_per_second",
      "memory_bytes_per_second",
      "memory_at_least_bytes_per_second",
      "memory_peak_ratio",
      "memory_at_least_peak_ratio",
      "energy_package_watts",
      "energy_memory_watts",
      "energy_per_billion_instructions_joules",
      "energy_per_gigabyte_joules",
      "core_throttles_per_second",
      "package_throttles_per_second",
      "pressure_irq_stalled_ratio",
      // Of the host as a whole: none of its events shares a counter.
      "pmu_coverage",
    ],
  },
];

interface Line {
  readonly title: string;
  readonly name: string;
  readonly expr: string;
}

/** Each line of each panel, as Grafana would ask for it of one host. */
function linesOf(instance: string): readonly Line[] {
  return dashboard().panels.flatMap(({ title, targets = [], ...panel }) =>
    targets.map(({ refId, expr, legendFormat }) => {
      const columns = columnsOf(panel);
      const legend = String(legendFormat ?? columns[`Value #${refId}`] ?? columns["Value"]);
      const asked = expr.replaceAll("$cluster", ".*").replaceAll("$job", ".+")
        .replaceAll("$instance", instance).replaceAll("$__rate_interval", "1m");
      assertEquals(asked.includes("$"), false, asked);
      return { title, name: legend.replace(/\{\{\w+\}\} /g, ""), expr: asked };
    })
  );
}

/** What a table calls its columns. */
function columnsOf(panel: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const steps = panel["transformations"] as
    | readonly { readonly options: { readonly renameByName?: Record<string, string> } }[]
    | undefined;
  return Object.assign({}, ...(steps ?? []).map(({ options }) => options.renameByName));
}

/**
 * A moment of which all is known: both hosts were scraped after it, and answered each time before it. A
 * host that answers too late once has no gauges until it is scraped again.
 */
async function moment(prometheus: Prometheus): Promise<number> {
  while (true) {
    const at = Date.now() / 1000;
    await prometheus.until(`timestamp(up) > ${at}`, (samples) => samples.length === HOSTS.length);
    const steady = await prometheus.query(`min_over_time(up[${STEADY}]) == 1`, at);
    if (steady.length === HOSTS.length) return at;
  }
}

async function lackingOf(
  prometheus: Prometheus,
  instance: string,
  at: number,
): Promise<Lacking> {
  const lines = linesOf(instance);
  const absent: Line[] = [];
  for (const line of lines) {
    if ((await prometheus.query(line.expr, at)).length === 0) absent.push(line);
  }
  const of = (title: string) => (line: Line): boolean => line.title === title;
  return Object.fromEntries(absent.map(({ title }) => {
    const names = absent.filter(of(title)).map(({ name }) => name);
    return [title, names.length === lines.filter(of(title)).length ? "all" : names];
  }));
}

async function unrecordedOf(
  prometheus: Prometheus,
  instance: string,
  at: number,
): Promise<readonly string[]> {
  const absent = new Set<string>();
  for (const { record } of RECORDING_GROUPS.flatMap(({ rules }) => rules)) {
    const found = await prometheus.query(`${record}{instance="${instance}"}`, at);
    if (found.length === 0) absent.add(record.split(":")[1]!.replace("ringside_", ""));
  }
  return [...absent];
}

/** Waits until each group of rules was worked out from now on: each has a time of its own. */
async function worked(prometheus: Prometheus): Promise<void> {
  const asked = Date.now();
  while (true) {
    const response = await fetch(`${prometheus.url}/api/v1/rules`);
    const { data: { groups } } = await response.json() as {
      data: { groups: readonly { readonly lastEvaluation: string }[] };
    };
    if (groups.every(({ lastEvaluation }) => Date.parse(lastEvaluation) > asked)) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

prometheusTest(
  "each expression of the dashboard and each rule has a value wherever the host has what it is of",
  async () => {
    await using stack = new AsyncDisposableStack();
    const services: BusyService[] = [];
    for (const { machine } of HOSTS) {
      services.push(stack.use(await BusyService.start({ machine, historyTicks: 5 })));
    }
    const prometheus = stack.use(
      await Prometheus.start({
        targets: services.map(({ url }, index) => ({
          url,
          labels: { instance: HOSTS[index]!.instance },
        })),
        rules: [RULES],
        intervalMs: INTERVAL_MS,
      }),
    );
    for (let seen = 0; seen < TICKS_SEEN; seen++) {
      for (const { host } of services) host.tick();
      await prometheus.until(
        `changes(ringside_ticks_total[1h]) >= ${seen}`,
        (samples) => samples.length === HOSTS.length,
      );
    }
    await worked(prometheus);
    const at = await moment(prometheus);
    for (const { instance, lacking, unrecorded } of HOSTS) {
      assertEquals(await lackingOf(prometheus, instance, at), lacking, instance);
      assertEquals(await unrecordedOf(prometheus, instance, at), unrecorded, instance);
    }
    // What the variables are chosen from.
    const builds = await prometheus.series("ringside_build_info");
    assertEquals(
      builds.map((labels) => [labels["job"], labels["instance"]]).toSorted(),
      HOSTS.map(({ instance }) => ["ringside", instance]),
    );
    assertEquals(prometheus.warnings, []);
  },
);

/**
 * Made-up hosts as an engine would have them after it scraped Ringside on each for a while: text of
 * OpenMetrics that promtool makes blocks of. What their figures are can be said by heart.
 *
 * @module
 */

export interface FleetSeriesOptions {
  readonly hosts: number;
  readonly cpus: number;
  /** Time of the newest sample, whole seconds since 1970. */
  readonly untilSeconds: number;
  readonly stepSeconds?: number;
  readonly samples?: number;
}

const HERTZ = 1e9;
/** How cores count. */
const NAMES = { cycles: "cycles", retired: "instructions", misses: "cache-misses" };
/** Likewise, where older kernels of Arm take events of unlike cores by number only. */
const ARM_NAMES = { cycles: "CPU_CYCLES", retired: "INST_RETIRED", misses: "LL_CACHE_MISS_RD" };
const TYPES = ["m7i.large", "m7a.large", "c7g.large"] as const;

/** Of host number `index`, by heart. */
export function madeHost(index: number): {
  readonly instance: string;
  readonly name: string;
  readonly type: string;
  readonly ipc: number;
  readonly mpki: number;
  readonly bytesPerSecond: number;
  readonly busy: number;
  readonly watts: number;
  readonly coverage: number;
  readonly pressure: number;
  /** It has no counters. */
  readonly bare: boolean;
} {
  return {
    instance: `h${index}.example:7878`,
    name: `h${index}`,
    type: TYPES[index % TYPES.length]!,
    ipc: 0.5 + (index % 20) / 10,
    mpki: 1 + index % 7,
    bytesPerSecond: 1e9 * (1 + index % 30),
    busy: (5 + index % 90) / 100,
    watts: 40 + index % 100,
    coverage: index % 3 === 0 ? 1 : index % 3 === 1 ? 0.5 : 0.1,
    pressure: (index % 10) / 100,
    bare: index % 11 === 10,
  };
}

interface Series {
  readonly labels: string;
  /** In a second; or as it stands. */
  readonly rate?: number;
  readonly value?: number;
}

/** In the order of its families, as OpenMetrics wants it. */
export function* fleetSeries(options: FleetSeriesOptions): Generator<string> {
  const { hosts, cpus, untilSeconds, stepSeconds = 30, samples = 12 } = options;
  const families = new Map<string, { counter: boolean; series: Series[] }>();
  const add = (family: string, labels: string, figure: { rate?: number; value?: number }): void => {
    let known = families.get(family);
    if (known === undefined) {
      families.set(family, known = { counter: figure.rate !== undefined, series: [] });
    }
    known.series.push({ labels, ...figure });
  };
  for (let index = 0; index < hosts; index++) addHost(index, cpus, add);
  for (const [family, { counter, series }] of families) {
    yield `# TYPE ${family} ${counter ? "counter" : "gauge"}\n`;
    for (const { labels, rate, value } of series) {
      let text = "";
      for (let sample = 0; sample < samples; sample++) {
        const seconds = untilSeconds - (samples - 1 - sample) * stepSeconds;
        const figure = rate === undefined ? value! : rate * sample * stepSeconds;
        text += `${family}${counter ? "_total" : ""}{${labels}} ${figure} ${seconds}\n`;
      }
      yield text;
    }
  }
  yield "# EOF\n";
}

function addHost(
  index: number,
  cpus: number,
  add: (family: string, labels: string, figure: { rate?: number; value?: number }) => void,
): void {
  const host = madeHost(index);
  const { instance, type, bare } = host;
  const own = `job="ringside",instance="${instance}",instance_type="${type}",rack="r${index % 8}"`;
  add("ringside_build_info", `${own},version="1.2.3"`, { value: 1 });
  add("node_uname_info", `${own},nodename="${host.name}"`, { value: 1 });
  for (const group of ["core", "llc", "memory_bandwidth", "energy"]) {
    const reason = bare ? "denied" : "";
    const labels = `${own},group="${group}",reason="${reason}"`;
    add("ringside_pmu_available", labels, { value: bare ? 0 : 1 });
  }
  add("ringside_pmu_available", `${own},group="l3",reason="not_supported"`, { value: 0 });
  for (let cpu = 0; cpu < cpus; cpu++) {
    const at = `${own},cpu="${cpu}"`;
    add("node_cpu_seconds", `${at},mode="user"`, { rate: host.busy });
    add("node_cpu_seconds", `${at},mode="idle"`, { rate: 1 - host.busy });
    if (bare) continue;
    const pmu = index % 5 === 4 && cpu % 2 === 1 ? "cpu_atom" : "cpu_core";
    const { cycles, retired, misses } = index % 6 === 5 ? ARM_NAMES : NAMES;
    const counts = {
      [cycles]: HERTZ,
      [retired]: HERTZ * host.ipc,
      [misses]: HERTZ * host.ipc * host.mpki / 1000,
    };
    for (const [event, rate] of Object.entries(counts)) {
      const labels = `${at},event="${event}",pmu="${pmu}"`;
      add("ringside_pmu_events", labels, { rate });
      add("ringside_pmu_time_enabled_seconds", labels, { rate: 1 });
      add("ringside_pmu_time_running_seconds", labels, { rate: host.coverage });
    }
  }
  const waits = { cpu: host.pressure, memory: host.pressure / 2, io: 0 };
  for (const [resource, rate] of Object.entries(waits)) {
    add(`node_pressure_${resource}_waiting_seconds`, own, { rate });
  }
  if (bare) return;
  for (const direction of ["read", "write"]) {
    const labels = `${own},controller="0",socket="0",direction="${direction}",source="uncore_imc"`;
    add("ringside_memory_bandwidth_bytes", labels, { rate: host.bytesPerSecond / 2 });
    add("ringside_memory_bandwidth_time_enabled_seconds", labels, { rate: 1 });
    add("ringside_memory_bandwidth_time_running_seconds", labels, { rate: host.coverage });
  }
  add("ringside_memory_host_peak_bytes_per_second", `${own},memory="all"`, { value: 1e11 });
  add("ringside_energy_joules", `${own},package="0",zone="package"`, { rate: host.watts });
}

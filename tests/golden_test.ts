/**
 * The whole output for each machine of text: what a scraper, a program, a terminal and a browser get
 * after seven ticks, and what each ring of the page opens. Between the ticks the counters below rise by as much as stands there, so every
 * rate in a golden can be worked out from this file and the machine's own.
 *
 * `deno task goldens` writes the goldens anew; the diff is read before it is committed.
 *
 * @module
 */
import { assertEquals, AssertionError } from "@std/assert";
import { ERRNO } from "../collectors/kernel/errno.ts";
import { readHostProfile } from "../collectors/host/profile.ts";
import { CARDS } from "../collectors/catalogue.ts";
import { REGISTRY } from "../collectors/registry.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { openApi } from "../routes/openapi/document.ts";
import { createViews } from "../views/mod.ts";
import { otlpMessage } from "../views/otlp/metrics.ts";
import { apiText } from "./api_text.ts";
import { FakeKernel } from "./fakes/fake_kernel.ts";
import { FakePerf } from "./fakes/fake_perf.ts";
import { hideCorePmu, showPmus } from "./fakes/hardware_events.ts";
import {
  CPU_CLOCK,
  MAJOR,
  MIGRATIONS,
  MINOR,
  PAGE_FAULTS,
  SWITCHES,
} from "./fakes/software_bench.ts";
import { HandClock, Stage } from "./stage.ts";
import { TextTree } from "./text_tree.ts";
import { linesOf } from "./views/proof/sheet_of.ts";

const FOLDER = new URL("./golden/", import.meta.url);
const UPDATE = Deno.env.get("RINGSIDE_UPDATE_GOLDENS") === "1";
/** Seven, a second apart: what is worth reading every five seconds was read twice then. */
const TICKS = 7;
/** What every reading takes. */
const READING_MS = 0.25;
const SOFTWARE = 1;
/** Of a service that systemd starts. */
const DESCRIPTORS = { soft: 1024, hard: 524_288 };

/** By file and line: what is added to the numbers of the line in each second, in their order. */
type Rises = Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>;

interface Machine {
  readonly name: string;
  readonly nodename: string;
  readonly release: string;
  /** Since boot at the first tick, as its `/proc/uptime` has it; boot is the `btime` of `/proc/stat`. */
  readonly upSeconds: number;
  readonly rises: Rises;
  /** Lets perf events of each CPU rise by a second's worth, or refuses them all. */
  readonly perf: "counts" | "refused";
  /** Counters of each CPU; absent where its hypervisor shows none. */
  readonly counters?: number;
  /** What changes once, before the second tick. */
  readonly edits?: Readonly<Record<string, readonly [was: string, is: string]>>;
}

/** Each CPU has 100 ticks a second to spend on user, nice, system, idle, iowait, irq, softirq, steal. */
const MACHINES: readonly Machine[] = [
  {
    name: "firecracker-2cpu",
    nodename: "sandbox",
    release: "6.18.0",
    upSeconds: 2397.97,
    perf: "counts",
    rises: {
      "/proc/stat": {
        cpu0: [20, 0, 10, 68, 0, 0, 1, 1],
        cpu1: [50, 5, 15, 25, 5, 0, 0, 0],
        intr: [650],
        ctxt: [4000],
        processes: [3],
        softirq: [1000, 0, 200, 0, 30, 400, 0, 0, 250, 0, 120],
      },
      // Sectors of 512 bytes, milliseconds.
      "/proc/diskstats": {
        vda: [100, 0, 2000, 50, 40, 0, 800, 80, 0, 250, 130, 2, 0, 400, 1, 5, 9],
      },
      "/proc/1/net/dev": {
        eth0: [1_000_000, 800, 0, 2, 0, 0, 0, 0, 250_000, 500, 1],
        lo: [3000, 30, 0, 0, 0, 0, 0, 0, 3000, 30],
      },
      "/proc/vmstat": { pgpgin: [1000], pgpgout: [400], pgfault: [5000], pgmajfault: [6] },
      "/proc/pressure/cpu": { "some .*total=": [30_000] },
      "/proc/pressure/io": { "some .*total=": [20_000], "full .*total=": [10_000] },
      "/proc/interrupts": { LOC: [100, 150], RES: [40, 60], CAL: [200, 100], TLB: [20, 10] },
      // utime and stime are the 12th and 13th number after the name's bracket.
      "/proc/self/stat": { "\\(deno\\) S": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1] },
    },
    edits: {
      "/proc/meminfo": ["MemFree:        23898700 kB", "MemFree:        23798700 kB"],
      "/proc/loadavg": ["0.16 0.15 0.09 2/94", "0.31 0.15 0.09 3/95"],
    },
  },
  {
    name: "server-2socket",
    nodename: "db1",
    release: "6.12.48",
    upSeconds: 967540.12,
    perf: "counts",
    counters: 8,
    rises: {
      "/proc/stat": {
        cpu0: [60, 0, 20, 10, 5, 0, 5, 0, 0, 0],
        cpu1: [40, 0, 10, 50, 0, 0, 0, 0, 0, 0],
        cpu2: [0, 0, 0, 100, 0, 0, 0, 0, 0, 0],
        cpu3: [10, 10, 10, 70, 0, 0, 0, 0, 0, 0],
        cpu4: [100, 0, 0, 0, 0, 0, 0, 0, 80, 0],
        cpu5: [0, 0, 0, 60, 40, 0, 0, 0, 0, 0],
        cpu6: [25, 25, 25, 20, 0, 0, 5, 0, 0, 0],
        cpu7: [0, 0, 1, 99, 0, 0, 0, 0, 0, 0],
        intr: [16_965],
        ctxt: [16_000],
        processes: [20],
        softirq: [40_000, 0, 8000, 1, 20_000, 2000, 0, 3, 6000, 0, 3996],
      },
      "/proc/diskstats": {
        nvme0n1: [
          4000,
          0,
          320_000,
          400,
          1000,
          0,
          160_000,
          500,
          0,
          600,
          1100,
          10,
          0,
          8000,
          20,
          5,
          50,
        ],
        // Hard disks: every write takes 15 ms.
        sda: [0, 0, 0, 0, 100, 0, 16_000, 1500, 0, 700, 1500],
        "dm-0": [1500, 0, 120_000, 300, 800, 0, 96_000, 640, 0, 550, 940, 8, 0, 6400, 16],
      },
      "/proc/1/net/dev": {
        eno1np0: [125_000_000, 90_000, 0, 0, 0, 0, 0, 0, 62_500_000, 45_000],
        eno2np1: [25_000_000, 18_000, 1, 3, 0, 0, 0, 0, 12_500_000, 9000],
        bond0: [150_000_000, 108_000, 1, 3, 0, 0, 0, 0, 75_000_000, 54_000],
      },
      "/proc/vmstat": {
        pgpgin: [160_000],
        pgpgout: [88_000],
        pswpin: [10],
        pswpout: [30],
        pgfault: [20_000],
        pgmajfault: [24],
        pgscan_kswapd: [2000],
        pgsteal_kswapd: [1900],
      },
      "/proc/pressure/cpu": { "some .*total=": [120_000] },
      "/proc/pressure/memory": { "some .*total=": [5000], "full .*total=": [1000] },
      "/proc/pressure/io": { "some .*total=": [200_000], "full .*total=": [150_000] },
      "/proc/pressure/irq": { "full .*total=": [4000] },
      "/proc/interrupts": {
        LOC: [1000, 1000, 250, 1000, 1000, 400, 1000, 100],
        "66": [9000],
        "67": [0, 0, 2000],
        RES: [50, 50, 0, 10, 80, 5, 20, 0],
      },
      // What node 1 has to give for node 0 counts as foreign there and as a miss here.
      "/sys/devices/system/node/node0/numastat": {
        numa_hit: [10_000],
        numa_foreign: [300],
        local_node: [9000],
        other_node: [1000],
      },
      "/sys/devices/system/node/node1/numastat": {
        numa_hit: [3700],
        numa_miss: [300],
        local_node: [3700],
        other_node: [300],
      },
      "/proc/self/stat": { "\\(deno\\) S": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1] },
      "/proc/1520/stat": { "\\(postgres\\) S": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 60, 20] },
      "/proc/1600/stat": { "\\(nginx: worker\\) R": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 10] },
    },
    edits: {
      "/proc/1/mounts": ["xfs rw,noatime", "xfs ro,noatime"],
      "/sys/class/hwmon/hwmon0/temp1_input": ["58000", "61500"],
    },
  },
  {
    name: "minimal-container",
    nodename: "3f2a1c",
    release: "5.10.0",
    upSeconds: 47_000,
    perf: "refused",
    rises: {
      "/proc/stat": {
        cpu0: [30, 0, 10, 60, 0, 0, 0, 0, 0, 0],
        cpu1: [0, 0, 5, 90, 0, 0, 0, 5, 0, 0],
      },
      "/proc/net/dev": { eth0: [40_000, 50, 0, 0, 0, 0, 0, 0, 20_000, 40] },
      "/proc/self/stat": { "\\(deno\\) S": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] },
    },
  },
];

/** What a second brings to every CPU's perf events; the clock counts nanoseconds. */
const EVENTS: readonly (readonly [config: number, rise: number])[] = [
  [CPU_CLOCK, 1_000_000_000],
  [SWITCHES, 2000],
  [MIGRATIONS, 15],
  [PAGE_FAULTS, 2500],
  [MINOR, 2497],
  [MAJOR, 3],
];

function raise(text: string, line: string, by: readonly number[]): string {
  const pattern = new RegExp(`(^|\\s)(${line}:?[ \\t]*)(.*)$`, "m");
  if (!pattern.test(text)) throw new Error(`Cannot raise "${line}": there is no such line`);
  return text.replace(pattern, (_, before: string, head: string, numbers: string) => {
    let place = 0;
    const raised = numbers.replace(/-?\d+/g, (number) => {
      const rise = by[place++];
      return rise === undefined ? number : String(Number(number) + rise);
    });
    return before + head + raised;
  });
}

/** A clock on which readings take time, and ticks still begin a second apart. */
class BusyClock extends HandClock {
  #tickMs = 0;

  override stamp(into: Float64Array, at: number): void {
    into[at] = this.monotonic;
    this.monotonic += READING_MS;
  }

  override advance(ms: number): void {
    if (this.#tickMs === 0) this.#tickMs = this.monotonic;
    this.#tickMs += ms;
    this.monotonic = this.#tickMs;
    this.wall += ms;
  }
}

async function stageOf(machine: Machine): Promise<Stage> {
  const tree = await TextTree.load(machine.name);
  const kernel = new FakeKernel().always("uname", [], {
    sysname: "Linux",
    nodename: machine.nodename,
    release: machine.release,
    version: "#1 SMP",
    machine: "x86_64",
  }).always("descriptorLimit", [], DESCRIPTORS).always("setDescriptorLimit", [], 0);
  const perf = new FakePerf(kernel);
  if (machine.perf === "refused") perf.refuse(ERRNO.EACCES);
  if (machine.counters === undefined) hideCorePmu(perf);
  else showPmus(perf, tree, machine.counters);
  const profile = readHostProfile(kernel, tree);
  const clock = new BusyClock();
  clock.monotonic = machine.upSeconds * 1000;
  clock.wall = profile.bootedAtMs! + clock.monotonic;
  const stage = new Stage(REGISTRY, { tree, kernel, clock, profile });
  for (let tick = 1; tick <= TICKS; tick++) {
    stage.tick(tick === 1 ? 0 : 1000);
    if (tick === TICKS) break;
    for (const [path, lines] of Object.entries(machine.rises)) {
      for (const [line, by] of Object.entries(lines)) {
        tree.edit(path, (text) => raise(text, line, by));
      }
    }
    perf.pass(1000);
    for (const cpu of profile.onlineCpus) {
      for (const [config, rise] of EVENTS) perf.happen(cpu, SOFTWARE, config, rise);
    }
    if (tick > 1) continue;
    for (const [path, [was, is]] of Object.entries(machine.edits ?? {})) {
      tree.edit(path, (text) => {
        if (!text.includes(was)) throw new Error(`Cannot edit ${path}: "${was}" is not in it`);
        return text.replace(was, is);
      });
    }
  }
  return stage;
}

const VIEWS = createViews({ url: (name) => `/static/${name}`, version: "1.2.3" });
const PROOF = await VIEWS.proof();
const PLAIN = await VIEWS.plain();
const SPAN_MS = 300_000;

/** By the extension of the golden. */
const RENDERINGS: Readonly<Record<string, (stage: Stage) => string>> = {
  prom: ({ snapshot }) => PLAIN.exposition(snapshot, "prometheus"),
  openmetrics: ({ snapshot }) => PLAIN.exposition(snapshot, "openmetrics"),
  json: ({ snapshot }) => JSON.stringify(PLAIN.snapshotJson(snapshot), null, 2) + "\n",
  txt: ({ snapshot }) => PLAIN.table(snapshot),
  html: ({ snapshot, feed, intervalMs }) => {
    const series = feed.series.read(VIEWS.overview.series(snapshot), 0, SPAN_MS);
    const page = VIEWS.overview.document({ snapshot, series, intervalMs });
    // An element a line, so that a diff shows which one changed.
    return page.replaceAll("><", ">\n<") + "\n";
  },
  "otlp.txt": ({ snapshot }) => otlpText(snapshot),
  "proof.txt": (stage) => CARDS.flatMap(({ id }) => proofsOf(stage, id)).join("\n"),
};

/** A line a metric, and one a point: what encodings make of it is tested by what decodes them. */
function otlpText(snapshot: Snapshot): string {
  const { resource, scope, metrics } = otlpMessage(snapshot, {
    version: "0.0.0",
    instance: "golden",
    resource: {},
  });
  const time = (ms: number): string => new Date(ms).toISOString();
  const lines = metrics.flatMap(({ name, help, unit, kind, points }) => [
    `${name} [${unit}] ${kind}: ${help}`,
    ...points.map(({ attributes, value, atMs, sinceMs }) =>
      `  ${JSON.stringify(attributes)} ${value} at ${time(atMs)}` +
      (sinceMs === undefined ? "" : ` since ${time(sinceMs)}`)
    ),
  ]);
  return [JSON.stringify(resource), JSON.stringify(scope), ...lines].join("\n") + "\n";
}

/** What each ring of a card opens, as text. */
function proofsOf({ snapshot, feed }: Stage, card: string): readonly string[] {
  const rows = [...Array(PROOF.rings(card)).keys()];
  return [undefined, ...rows].flatMap((row) => {
    const subject = PROOF.subject(card, row);
    if (subject === null) return [];
    const series = feed.series.read(PROOF.series(snapshot, subject), 0, SPAN_MS);
    const lines = linesOf(PROOF.part({ subject, snapshot, series }));
    return [[subject.url, ...lines].join("\n  ") + "\n"];
  });
}

function check(name: string, actual: string): void {
  const url = new URL(name, FOLDER);
  if (UPDATE) return Deno.writeTextFileSync(url, actual);
  const expected = Deno.readTextFileSync(url);
  if (actual === expected) return;
  const [now, then] = [actual.split("\n"), expected.split("\n")];
  const at = now.findIndex((line, index) => line !== then[index]);
  const line = at < 0 ? now.length : at;
  throw new AssertionError({
    message: `tests/golden/${name} differs from line ${line + 1} on:\n` +
      `  golden: ${then[line] ?? "(ends)"}\n` +
      `  now:    ${now[line] ?? "(ends)"}\n` +
      "Where the change is wanted: `deno task goldens`, and read the diff before you commit it",
  });
}

for (const machine of MACHINES) {
  for (const [extension, render] of Object.entries(RENDERINGS)) {
    const golden = `${machine.name}.${extension}`;
    Deno.test(`${golden} is what Ringside makes of that machine`, async () => {
      const stage = await stageOf(machine);
      check(golden, render(stage));
      stage.engine.close();
    });
  }
}

/** What programs rely on. A line that goes away breaks somebody's. */
const API = "api.txt";

Deno.test(`${API} has the paths, parameters and fields for programs as they are called`, () => {
  check(API, apiText(openApi({ version: "1.2.3", token: true })));
});

Deno.test("every golden belongs to a machine and a rendering, or is the one of the API", () => {
  const wanted = MACHINES.flatMap(({ name }) =>
    Object.keys(RENDERINGS).map((extension) => `${name}.${extension}`)
  ).concat(API);
  const found = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
  assertEquals(found.toSorted(), wanted.toSorted());
});

/**
 * A real Prometheus on a free port of this host, with a data folder of its own, for tests that look at
 * what it makes of a service. It needs `prometheus` (Debian: package prometheus); where the program is
 * missing, `Prometheus.missing` says so.
 *
 * @module
 */
import { isInstalled } from "./installed.ts";
import { Output } from "./output.ts";

export interface Target {
  /** Of a service: `http://127.0.0.1:7878`, with its base path if it has one. */
  readonly url: string;
  /** Put to each series beside `job` and `instance`, which may be among them. */
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  readonly targets: readonly Target[];
  /** Between two scrapes of a target. */
  readonly intervalMs?: number;
  /** Of the requests: `collect[]` by the names of groups. */
  readonly params?: Readonly<Record<string, readonly string[]>>;
  /** Token that the targets want. */
  readonly token?: string;
  /** Text of OpenMetrics with times, which it has from before its start; needs `promtool`. */
  readonly history?: Iterable<string>;
  /** Absolute paths of files of rules, worked out as often as is scraped. */
  readonly rules?: readonly string[];
}

/** A value of an instant vector; NaN and infinities as Prometheus has them. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** When, in seconds since 1970. */
  readonly time: number;
}

/** What it knows of a target. */
export interface TargetState {
  readonly labels: Readonly<Record<string, string>>;
  readonly scrapeUrl: string;
  readonly health: "up" | "down" | "unknown";
  readonly lastError: string;
}

const PROGRAM = "prometheus";
const JOB = "ringside";
/** Whole minutes of scrapes are no test's. */
const INTERVAL_MS_USUAL = 200;
/** Between two looks at a state that is waited for. */
const LOOK_MS = 50;
/** Of what it said, characters, in the message of one that ends before its time. */
const SAID_MOST = 500;
/** The line after the one with the address, which is whole by then. */
const LISTENING = "TLS is disabled";
const ADDRESS = /msg="Listening on" address=(\S+)/;
const READY = "Server is ready to receive web requests";
const WARNING = /level=(?:warn|error) /;
/** It is told to stop by a signal, and says so as a warning. */
const TOLD_TO_STOP = /Received SIGTERM/;

export class Prometheus implements AsyncDisposable {
  readonly url: string;
  readonly #targets: number;
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #said: Output;

  private constructor(
    url: string,
    targets: number,
    child: Deno.ChildProcess,
    folder: string,
    said: Output,
  ) {
    this.url = url;
    this.#targets = targets;
    this.#child = child;
    this.#folder = folder;
    this.#said = said;
  }

  /** Whether the program is not installed. */
  static get missing(): boolean {
    return !isInstalled(PROGRAM);
  }

  /**
   * Starts it and waits until it answers. Its first scrapes come some five seconds later, as long as it
   * collects targets before it tells its scrapers of them; see `scraped`.
   */
  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const folder = await Deno.makeTempDir({ prefix: "ringside-prometheus-" });
    // JSON is YAML.
    await Deno.writeTextFile(`${folder}/prometheus.yml`, JSON.stringify(configOf(options)));
    if (options.history !== undefined) await fill(folder, options.history);
    const child = new Deno.Command(PROGRAM, {
      args: [
        `--config.file=${folder}/prometheus.yml`,
        `--storage.tsdb.path=${folder}/data`,
        "--web.listen-address=127.0.0.1:0",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const said = new Output(child.stderr);
    // Either may come first.
    await said.until(READY);
    const text = await said.until(LISTENING);
    const address = ADDRESS.exec(text)?.[1];
    if (text.includes(READY) && address !== undefined) {
      return new Prometheus(`http://${address}`, options.targets.length, child, folder, said);
    }
    await child.status;
    await Deno.remove(folder, { recursive: true });
    throw new Error(`Cannot start ${PROGRAM}: it ended, and said ${text.slice(-SAID_MOST)}`);
  }

  /** What it warned of so far, a line each. */
  get warnings(): readonly string[] {
    const lines = this.#said.text.split("\n");
    return lines.filter((line) => WARNING.test(line) && !TOLD_TO_STOP.test(line));
  }

  /** The instant vector that an expression is now, or at a time in seconds since 1970. */
  async query(expression: string, time?: number): Promise<readonly Sample[]> {
    const at = time === undefined ? {} : { time: String(time) };
    const { resultType, result } = await this.#ask("query", { query: expression, ...at }) as Data;
    if (resultType === "scalar") return [sampleOf({}, result as Value)];
    if (resultType === "vector") {
      return (result as Vector).map(({ metric, value }) => sampleOf(metric, value));
    }
    throw new Error(`Cannot read "${expression}": it is a ${resultType}, needs an instant vector`);
  }

  /** The one value that an expression is. */
  async value(expression: string, time?: number): Promise<number> {
    const samples = await this.query(expression, time);
    if (samples.length === 1) return samples[0]!.value;
    throw new Error(`Cannot read "${expression}": it has ${samples.length} values, needs one`);
  }

  /** Waits until an expression is what is wanted of it; without a wish, until it is something. */
  async until(
    expression: string,
    wanted: (samples: readonly Sample[]) => boolean = (samples) => samples.length > 0,
  ): Promise<readonly Sample[]> {
    while (true) {
      const samples = await this.query(expression);
      if (wanted(samples)) return samples;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** Waits until each target was scraped so many times. Throws where one answers an error. */
  async scraped(times = 1): Promise<void> {
    // A scrape that failed is a sample of `up` as well.
    const expression = `count_over_time(up[1h]) >= ${times}`;
    await this.until(expression, (samples) => samples.length === this.#targets);
    for (const { scrapeUrl, health, lastError } of await this.targets()) {
      if (health === "up") continue;
      throw new Error(`Cannot scrape ${scrapeUrl}: it is ${health}, ${lastError}`);
    }
  }

  /** The labels of all series that a selector has, `__name__` among them. */
  async series(selector: string): Promise<readonly Readonly<Record<string, string>>[]> {
    return await this.#ask("series", { "match[]": selector }) as Sample["labels"][];
  }

  async targets(): Promise<readonly TargetState[]> {
    const { activeTargets } = await this.#ask("targets", {}) as { activeTargets: TargetState[] };
    return activeTargets;
  }

  /** Any path below `/api/v1/`. Throws what it answers where that is an error. */
  async #ask(path: string, fields: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(fields)}`);
    const answer = await response.json() as { status: string; error?: string; data?: unknown };
    if (answer.status === "success") return answer.data;
    throw new Error(`Cannot ask Prometheus for ${path} ${JSON.stringify(fields)}: ${answer.error}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
    await this.#said.all();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Where it is not installed the test is left out, and its name says so. */
export function prometheusTest(name: string, fn: (t: Deno.TestContext) => Promise<void>): void {
  const { missing } = Prometheus;
  Deno.test({ name: missing ? `${name} (needs ${PROGRAM})` : name, ignore: missing, fn });
}

/** Blocks of its data folder. */
async function fill(folder: string, history: Iterable<string>): Promise<void> {
  const path = `${folder}/history.txt`;
  const encoder = new TextEncoder();
  const file = await Deno.create(path);
  const writer = file.writable.getWriter();
  for (const text of history) await writer.write(encoder.encode(text));
  await writer.close();
  const { success, stderr } = await new Deno.Command("promtool", {
    args: ["tsdb", "create-blocks-from", "openmetrics", path, `${folder}/data`],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    const said = new TextDecoder().decode(stderr);
    throw new Error(`Cannot fill Prometheus: promtool said ${said.slice(-SAID_MOST)}`);
  }
}

type Value = readonly [time: number, value: string];
type Vector = readonly { readonly metric: Sample["labels"]; readonly value: Value }[];
interface Data {
  readonly resultType: string;
  readonly result: unknown;
}

function sampleOf(labels: Sample["labels"], [time, text]: Value): Sample {
  const value = text === "+Inf" ? Infinity : text === "-Inf" ? -Infinity : Number(text);
  return { labels, value, time };
}

function configOf(options: PrometheusOptions): object {
  const { targets, params = {}, token, rules = [], intervalMs = INTERVAL_MS_USUAL } = options;
  const interval = `${intervalMs}ms`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: rules,
    scrape_configs: [{
      job_name: JOB,
      params,
      ...(token === undefined ? {} : { authorization: { credentials: token } }),
      static_configs: targets.map(({ url, labels = {} }) => {
        const { host, pathname } = new URL(url);
        const path = `${pathname.replace(/\/$/, "")}/metrics`;
        return { targets: [host], labels: { __metrics_path__: path, ...labels } };
      }),
    }],
  };
}

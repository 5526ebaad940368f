/**
 * Follows a service and prints a line for each tick and metric:
 *
 *     deno run --allow-net --allow-env=RINGSIDE_TOKEN deploy/programs/stream.ts \
 *       http://127.0.0.1:7878 cpu_busy_ratio,memory_available_bytes
 *
 * Where the connection ends it comes back, and is told what it has missed. A token is taken from
 * `RINGSIDE_TOKEN`. An example: take what you need of it.
 *
 * @module
 */

/** As `/api/v1/openapi.json` has it: `Tick`. */
interface Tick {
  readonly time: string;
  readonly metrics: Readonly<Record<string, Metric>>;
}

interface Metric {
  readonly unit: string;
  /** Null: not measured, and `absent` says why. */
  readonly value: number | null;
  readonly grade?: string;
  readonly absent?: string;
  readonly reason?: string;
}

/** What was missed, in columns: `Replay`. */
interface Replay {
  readonly time_seconds: readonly number[];
  readonly series: readonly {
    readonly metric: string;
    readonly unit: string;
    readonly values: readonly (number | null)[];
  }[];
}

interface Message {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
}

const AGAIN_MS = 1000;
const TOO_MANY_REQUESTS = 429;

/** Messages as they come, to the end of the connection. */
async function* messages(body: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<Message> {
  let text = "";
  for await (const part of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + part).split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      // A field is `name: value`; a line without a name keeps the connection open.
      yield Object.fromEntries(
        block.split("\n").map((line) => {
          const colon = line.indexOf(":");
          return [line.slice(0, colon), line.slice(colon + 2)];
        }),
      );
    }
  }
}

function show({ event = "message", data }: Message): void {
  if (data === undefined) return;
  switch (event) {
    case "message": {
      const { time, metrics }: Tick = JSON.parse(data);
      for (const [id, { value, unit, grade, absent, reason }] of Object.entries(metrics)) {
        const told = value === null ? `${absent}: ${reason ?? ""}` : `${value} ${unit} ${grade}`;
        console.log(`${time} ${id} ${told}`);
      }
      return;
    }
    case "replay": {
      const { time_seconds: seconds, series }: Replay = JSON.parse(data);
      for (const [at, second] of seconds.entries()) {
        const time = new Date(second * 1000).toISOString();
        for (const { metric, unit, values } of series) {
          console.log(`${time} ${metric} ${values[at] ?? "not measured"} ${unit} missed`);
        }
      }
      return;
    }
    // `gap`: what was missed is not told, or not all of it. `stale`: no ticks come.
    default:
      console.error(`${event} ${data}`);
  }
}

interface End {
  /** The id of the last message. */
  readonly last: string;
  readonly againMs: number;
}

/** Follows one connection to its end. */
async function follow(url: string, after: string): Promise<End> {
  let last = after;
  const token = Deno.env.get("RINGSIDE_TOKEN");
  const response = await fetch(url, {
    headers: {
      ...(last === "" ? {} : { "last-event-id": last }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  });
  if (!response.ok || response.body === null) {
    console.error(await response.text());
    // What is wrong with the request stays so. Somebody else's wrong tokens pass.
    if (response.status < 500 && response.status !== TOO_MANY_REQUESTS) Deno.exit(1);
    const seconds = Number(response.headers.get("retry-after") ?? NaN);
    return { last, againMs: seconds > 0 ? 1000 * seconds : AGAIN_MS };
  }
  try {
    for await (const message of messages(response.body)) {
      show(message);
      last = message.id ?? last;
    }
  } catch (error) {
    console.error(`Cannot read on: ${error}, trying again`);
  }
  return { last, againMs: AGAIN_MS };
}

const [service, metrics] = Deno.args;
if (service === undefined || metrics === undefined) {
  console.error("Cannot follow: needs the address of a service and ids of metrics");
  Deno.exit(2);
}
for (let last = "";;) {
  let againMs = AGAIN_MS;
  try {
    const url = `${service}/api/v1/stream?${new URLSearchParams({ metric: metrics })}`;
    ({ last, againMs } = await follow(url, last));
  } catch (error) {
    console.error(`Cannot reach ${service}: ${error}, trying again`);
  }
  await new Promise((resolve) => setTimeout(resolve, againMs));
}

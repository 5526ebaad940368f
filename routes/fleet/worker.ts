/**
 * Asks the engine, and reads what it answers, in a thread of its own: however much that is, pages of
 * the host do not wait for it. It has the right to one host and port and no other, and hears two kinds
 * of messages: the address, once, and then what to look up, which is no query but names of hosts.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { Fleet, HostTrends } from "../../views/fleet/quantities.ts";
import { Allowance } from "./promql_allowance.ts";
import { AnswerError, type Sample } from "./promql_answer.ts";
import { ANSWER_MS_MOST, type EngineAddress, PromqlClient } from "./promql_client.ts";
import { type Question, QUESTIONS, trendsOf } from "./queries.ts";
import { type Answers, fleetOf, instanceOf, trendRange, trendsBy } from "./state.ts";

export type ToFleetWorker =
  | { readonly type: "engine"; readonly engine: EngineAddress }
  | { readonly type: "hosts"; readonly id: number }
  | {
    readonly type: "trends";
    readonly id: number;
    /** `key` of each. */
    readonly keys: readonly string[];
    readonly atMs: number;
  };

export type FromFleetWorker =
  | { readonly type: "ready" }
  | { readonly type: "hosts"; readonly id: number; readonly fleet: Fleet }
  | {
    readonly type: "trends";
    readonly id: number;
    readonly trends: ReadonlyMap<string, HostTrends>;
  }
  | { readonly type: "failed"; readonly id: number; readonly message: string };

/** In sentences: what of the page is missing where a question has no answer. */
const MISSING: Readonly<Record<Exclude<Question, "hosts">, string>> = {
  names: "names of hosts",
  absences: "reasons of what is not measured",
  cores: "types of cores",
  counted: "figures of the CPU cores",
  used: "figures of memory, CPU time, pressure and power",
};

let client: PromqlClient | undefined;
let address = "";

self.onmessage = ({ data }: MessageEvent<ToFleetWorker>): void => {
  if (data.type === "engine") {
    client = new PromqlClient(data.engine);
    address = data.engine.url;
    tell({ type: "ready" });
    return;
  }
  const { id } = data;
  const answer = data.type === "hosts" ? hosts(id) : trends(data);
  answer.then(tell, (error) => {
    const message = error instanceof Error ? error.message : String(error);
    tell({ type: "failed", id, message });
  });
};

function tell(message: FromFleetWorker): void {
  self.postMessage(message);
}

async function hosts(id: number): Promise<FromFleetWorker> {
  const lacks: string[] = [];
  const allowance = new Allowance();
  const samples = await within(async (signal, abort) => {
    const names = Object.keys(QUESTIONS) as Question[];
    const asked = names.map(async (name): Promise<readonly [Question, readonly Sample[]]> => {
      try {
        return [name, await client!.instant(QUESTIONS[name], signal, allowance)];
      } catch (error) {
        if (name === "hosts" || !(error instanceof AnswerError)) {
          abort();
          throw error;
        }
        lacks.push(`Cannot show ${MISSING[name]}: ${error.message}`);
        return [name, []];
      }
    });
    return Object.fromEntries(await Promise.all(asked)) as Answers;
  });
  return { type: "hosts", id, fleet: fleetOf(samples, lacks.toSorted(), address) };
}

async function trends(
  { id, keys, atMs }: ToFleetWorker & { type: "trends" },
): Promise<FromFleetWorker> {
  const range = trendRange(atMs);
  const lines = await within((signal) =>
    client!.range(trendsOf(keys.map(instanceOf)), range, signal)
  );
  return { type: "trends", id, trends: trendsBy(lines, range) };
}

async function within<T>(
  work: (signal: AbortSignal, abort: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ANSWER_MS_MOST);
  try {
    return await work(controller.signal, () => controller.abort());
  } finally {
    clearTimeout(timer);
  }
}

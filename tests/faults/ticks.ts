/** What a client of `/api/v1/stream` was told and what the service kept, and whether any of it is lost. @module */
import { assert, assertEquals } from "@std/assert";
import { SseReader } from "../sse_reader.ts";
import type { Victim } from "./victim.ts";

/** Follows the stream: each tick is the one after the last, but for those that were replayed before it. */
export class TickFollower {
  readonly #stream: SseReader;
  #last: number | null = null;

  private constructor(stream: SseReader) {
    this.#stream = stream;
  }

  static async of(victim: Victim): Promise<TickFollower> {
    const identity = { headers: { "accept-encoding": "identity" } };
    const url = `${victim.url}/api/v1/stream?metric=load_1m`;
    return new TickFollower(new SseReader(await fetch(url, identity)));
  }

  /** Waits for so many messages of ticks. */
  async follow(messages: number): Promise<void> {
    let replayed = 0;
    for (let i = 0; i < messages;) {
      const { event, id, data } = await this.#stream.message();
      if (event === "replay") {
        replayed = JSON.parse(data).time_seconds.length;
        continue;
      }
      assertEquals(event, "message");
      const sequence = Number(id!.split("-")[1]);
      if (this.#last !== null) assertEquals(sequence, this.#last + 1 + replayed);
      [this.#last, replayed] = [sequence, 0];
      i++;
    }
  }

  async cancel(): Promise<void> {
    await this.#stream.cancel();
  }
}

/**
 * Gaps of the last minute are no more than the ticks that the service itself says it missed: a busy machine
 * may let it miss some. A gap hides every column, so the count is that of the whole time.
 */
export async function checkGaps(victim: Victim): Promise<void> {
  const { text } = await victim.get("/api/v1/series?metric=tick_missed&span=1m");
  const values: readonly (number | null)[] = JSON.parse(text).series[0].values.slice(1);
  const gaps = values.filter((value) => value === null).length;
  const metrics = (await victim.get("/metrics")).text;
  const missed = Number(/^ringside_ticks_missed_total (\S+)$/m.exec(metrics)![1]);
  assert(gaps <= missed, `${gaps} gaps and ${missed} ticks missed: ${values}`);
}

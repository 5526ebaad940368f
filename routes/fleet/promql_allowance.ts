/**
 * What all answers for one page may have together: bytes, and parts that JSON makes values of. Bytes
 * alone are no bound for the time: 16 MiB of empty objects take a slow thread ten seconds.
 *
 * @module
 */
import { AnswerError } from "./promql_answer.ts";

/** Five thousand hosts with long names and many labels are 31 MiB in all; counted as it is unpacked. */
export const PAGE_BYTES_MOST = 40 << 20;
/** Those have 1.7 million. */
export const PAGE_PARTS_MOST = 2_500_000;
/** Each begins a value; those in quotes are counted too, and are few. */
const MARKS = ["{", "[", ","] as const;

export class Allowance {
  #bytes = PAGE_BYTES_MOST;
  #parts = PAGE_PARTS_MOST;

  /** Throws `AnswerError` when nothing is left. */
  takeBytes(count: number): void {
    this.#bytes -= count;
    if (this.#bytes < 0) {
      throw new AnswerError(`its answers are larger than ${PAGE_BYTES_MOST >> 10} KiB together`);
    }
  }

  /** Of a text that is not parsed yet. Throws `AnswerError` when nothing is left. */
  takeParts(text: string): void {
    for (const mark of MARKS) {
      for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
        if (--this.#parts < 0) {
          throw new AnswerError(`its answers have more than ${PAGE_PARTS_MOST} parts together`);
        }
      }
    }
  }
}

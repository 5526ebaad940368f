/**
 * One line of `/proc/[pid]/stat` (proc_pid_stat(5)), from its bytes.
 *
 *     1234 (name (with) ) any) S 1 1234 1234 0 -1 4194560 ...
 *     |     |                | |
 *     pid   comm     last ")"  state, the third field
 *
 * A task chooses its own comm, so it may hold blanks, brackets and line ends: only the last ")" ends it.
 *
 * @module
 */
import { Scanner } from "./scan.ts";

const OPENING = 40;
const CLOSING = 41;

export class ProcessStat {
  readonly #scanner = new Scanner();
  #commStart = 0;
  #commEnd = 0;
  /** Letter of the state, as a byte: `R`, `S`, `D`, `T`, `t`, `Z`, `I` and rarer ones. */
  state = 0;
  /** CPU time in 1/USER_HZ s. */
  userTicks = 0;
  systemTicks = 0;
  threads = 0;
  /** Since boot, in 1/USER_HZ s. Tells two processes with the same number apart. */
  startTicks = 0;
  virtualBytes = 0;
  residentPages = 0;

  /** Takes in a line; false where it does not have its format. */
  parse(bytes: Uint8Array, length: number): boolean {
    const scanner = this.#scanner;
    scanner.reset(bytes, length);
    let closing = length - 1;
    while (closing > 0 && bytes[closing] !== CLOSING) closing--;
    const opening = bytes.indexOf(OPENING);
    if (opening < 0 || opening > closing) return false;
    this.#commStart = opening + 1;
    this.#commEnd = closing;
    scanner.at = closing + 1;
    this.state = scanner.peek(scanner.word());
    this.#skip(10); // ppid to cmajflt
    this.userTicks = scanner.number();
    this.systemTicks = scanner.number();
    this.#skip(4); // cutime to nice
    this.threads = scanner.number();
    this.#skip(1); // itrealvalue
    this.startTicks = scanner.number();
    this.virtualBytes = scanner.number();
    this.residentPages = scanner.number();
    return this.residentPages >= 0;
  }

  /** The name that the task has given itself, as it is: untrusted text. Allocates. */
  comm(): string {
    return this.#scanner.text(this.#commStart, this.#commEnd);
  }

  #skip(words: number): void {
    for (let i = 0; i < words; i++) this.#scanner.word();
  }
}

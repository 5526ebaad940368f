/**
 * A kernel that answers what a test announced, and fails on everything else:
 *
 *     const kernel = new FakeKernel();
 *     kernel.expect("open", ["/proc/stat"], 3);
 *     kernel.expect("read", [3], (_fd, into) => into.fill(7).length);
 *     kernel.always("close", [], undefined);
 *     ...
 *     kernel.done();
 *
 * An announcement that is expected answers one call; one that is made for always answers as many as
 * come, after the expected ones are used up. Arguments that a pattern leaves out may be anything.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type {
  FileBuffer,
  FilesystemSize,
  Kernel,
  Limit,
  Uname,
} from "../../collectors/kernel/kernel.ts";

export type Call = keyof Kernel;
type Arguments<C extends Call> = Parameters<Kernel[C]>;
type Result<C extends Call> = ReturnType<Kernel[C]>;

/** For each argument its value, or what must hold of it; `ANY` and what is left out match all. */
export type Pattern<C extends Call> = Partial<Checks<Arguments<C>>>;
type Checks<T extends readonly unknown[]> = { [I in keyof T]: T[I] | Check<T[I]> };
type Check<T> = (argument: T) => boolean;

/** The result, or what works it out and writes into buffers that the caller handed over. */
export type Answer<C extends Call> = Result<C> | ((...args: Arguments<C>) => Result<C>);

/** Matches every argument. */
export function ANY(): boolean {
  return true;
}

interface Announcement {
  readonly call: Call;
  readonly pattern: readonly unknown[];
  readonly answer: unknown;
}

export class FakeKernel implements Kernel {
  readonly #expected: Announcement[] = [];
  readonly #always: Announcement[] = [];
  /** Every call so far, as it would stand in a program. */
  readonly calls: string[] = [];

  /** Announces one call. Of several that match, the one announced first answers. */
  expect<C extends Call>(call: C, pattern: Pattern<C>, answer: Answer<C>): this {
    this.#expected.push({ call, pattern: [...pattern as readonly unknown[]], answer });
    return this;
  }

  /** Announces any number of calls, none included. Of several that match, the latest answers. */
  always<C extends Call>(call: C, pattern: Pattern<C>, answer: Answer<C>): this {
    this.#always.unshift({ call, pattern: [...pattern as readonly unknown[]], answer });
    return this;
  }

  /** Fails when an expected call was not made. */
  done(): void {
    if (this.#expected.length === 0) return;
    const left = this.#expected.map(({ call, pattern }) => print(call, pattern));
    throw new Error(`Cannot end the test: announced and not called: ${left.join(", ")}`);
  }

  open(path: string): number {
    return this.#answer("open", [path]);
  }
  close(fd: number): void {
    this.#answer("close", [fd]);
  }
  read(fd: number, into: Uint8Array<ArrayBuffer>): number {
    return this.#answer("read", [fd, into]);
  }
  readWhole(fd: number, into: FileBuffer): number {
    return this.#answer("readWhole", [fd, into]);
  }
  count(path: string): number {
    return this.#answer("count", [path]);
  }

  list(path: string): readonly string[] | number {
    return this.#answer("list", [path]);
  }
  perfEventOpen(...args: Arguments<"perfEventOpen">): number {
    return this.#answer("perfEventOpen", args);
  }
  ioctl(fd: number, request: number, argument: number): number {
    return this.#answer("ioctl", [fd, request, argument]);
  }
  ioctlRead(fd: number, request: number, into: BigUint64Array<ArrayBuffer>): number {
    return this.#answer("ioctlRead", [fd, request, into]);
  }
  uname(): Uname {
    return this.#answer("uname", []);
  }
  statvfs(path: string): FilesystemSize | number {
    return this.#answer("statvfs", [path]);
  }
  descriptorLimit(): Limit {
    return this.#answer("descriptorLimit", []);
  }
  setDescriptorLimit(soft: number): number {
    return this.#answer("setDescriptorLimit", [soft]);
  }

  #answer<C extends Call>(call: C, args: Arguments<C>): Result<C> {
    this.calls.push(print(call, args));
    const fits = (announced: Announcement): boolean =>
      announced.call === call && matches(announced.pattern, args);
    const index = this.#expected.findIndex(fits);
    const found = index >= 0 ? this.#expected.splice(index, 1)[0] : this.#always.find(fits);
    if (found === undefined) {
      throw new Error(`Cannot call ${print(call, args)}: this test did not announce it`);
    }
    const answer = found.answer as Answer<C>;
    return typeof answer === "function" ? answer(...args) : answer as Result<C>;
  }
}

function matches(pattern: readonly unknown[], args: readonly unknown[]): boolean {
  return pattern.every((wanted, index) =>
    typeof wanted === "function"
      ? (wanted as Check<unknown>)(args[index])
      : isDeepStrictEqual(wanted, args[index])
  );
}

function print(call: Call, args: readonly unknown[]): string {
  return `${call}(${args.map(printArgument).join(", ")})`;
}

function printArgument(argument: unknown): string {
  if (typeof argument === "function") return argument === ANY ? "any" : "matching";
  if (ArrayBuffer.isView(argument)) return `${argument.byteLength} bytes`;
  if (typeof argument === "number") {
    // Requests of ioctl are known in hexadecimal.
    return argument >= 0x2000 ? `0x${argument.toString(16)}` : String(argument);
  }
  return JSON.stringify(argument, (_key, value) => ArrayBuffer.isView(value) ? "bytes" : value) ??
    "undefined";
}

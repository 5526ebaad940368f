/**
 * The part of `@std/assert` that the tests use, over `node:assert/strict`. The import map points
 * `@std/assert` here; one line of `deno.json` switches to the real one.
 *
 * @module
 */
import assertStrict from "node:assert/strict";

export class AssertionError extends assertStrict.AssertionError {}

export function assert(condition: unknown, message = "Assertion failed"): asserts condition {
  if (!condition) throw new AssertionError({ message });
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  assertStrict.deepStrictEqual(actual, expected, message);
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  assertStrict.notDeepStrictEqual(actual, expected, message);
}

export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): void {
  assertStrict.strictEqual(actual, expected, message);
}

export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance = Math.abs(expected) * 1e-7,
  message?: string,
): void {
  if (Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance) return;
  throw new AssertionError({
    message: message ?? `Expected ${actual} to be within ${tolerance} of ${expected}`,
  });
}

export function assertStringIncludes(actual: string, expected: string, message?: string): void {
  if (actual.includes(expected)) return;
  throw new AssertionError({
    message: message ?? `Expected ${JSON.stringify(actual)} to include ${JSON.stringify(expected)}`,
  });
}

export function assertMatch(actual: string, expected: RegExp, message?: string): void {
  assertStrict.match(actual, expected, message);
}

// deno-lint-ignore no-explicit-any
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

export function assertThrows<E extends Error = Error>(
  body: () => unknown,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
): E {
  let thrown: unknown;
  let threw = false;
  try {
    body();
  } catch (error) {
    thrown = error;
    threw = true;
  }
  return checkThrown(threw, thrown, errorClass, messageIncludes);
}

export async function assertRejects<E extends Error = Error>(
  body: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
): Promise<E> {
  let thrown: unknown;
  let threw = false;
  try {
    await body();
  } catch (error) {
    thrown = error;
    threw = true;
  }
  return checkThrown(threw, thrown, errorClass, messageIncludes);
}

function checkThrown<E extends Error>(
  threw: boolean,
  thrown: unknown,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
): E {
  assert(threw, "Expected the function to throw");
  assert(thrown instanceof (errorClass ?? Error), `Expected another error than ${thrown}`);
  if (messageIncludes !== undefined) assertStringIncludes(thrown.message, messageIncludes);
  return thrown as E;
}

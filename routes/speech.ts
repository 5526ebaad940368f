/**
 * What is said on the standard streams. While the service runs, a pipe that nobody reads any more and a
 * log on a full disk are no reasons to stop: what cannot be said is left unsaid.
 *
 * @module
 */

/** What somebody asked for, on standard output. Throws one line where it cannot be written. */
export function print(text: string): void {
  try {
    console.log(text);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot print to standard output: ${found}, needs one that takes it`);
  }
}

/** On standard output. */
export function say(text: string): void {
  unlessUnheard(() => console.log(text));
}

/** On standard error. */
export function complain(text: string): void {
  unlessUnheard(() => console.error(text));
}

function unlessUnheard(speak: () => void): void {
  try {
    speak();
  } catch {
    // EPIPE, ENOSPC, EBADF: there is nobody left to tell it to.
  }
}

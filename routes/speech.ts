/**
 * What is said on the standard streams while the service runs. A pipe that nobody reads any more and a
 * log on a full disk are no reasons to stop: what cannot be said is left unsaid.
 *
 * @module
 */

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

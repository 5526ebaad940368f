/**
 * Runs in the main thread of the service, before `main.ts`: once that has said where it listens, it says
 * whether it could listen there again.
 *
 * @module
 */
function listenAgain(): string {
  try {
    Deno.listen({ hostname: "127.0.0.1", port: 0 }).close();
    return "MAY";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

const { log } = console;
console.log = (...words: unknown[]): void => {
  log(...words);
  // Said once the rights were given back.
  if (String(words[0]).startsWith("Ringside ")) log(`LISTEN AGAIN ${listenAgain()}`);
};

/** How benchmarks take their words, and how they end. @module */

/** A whole number for a flag; throws a sentence where it is none. */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= least && Number.isInteger(value)) return value;
  throw new Error(
    `Cannot take ${JSON.stringify(text)} for --${flag}: needs a whole number from ${least}`,
  );
}

/** Runs a command to its end: 2 where its words are not understood, else what it says. */
export async function runCommand<Command>(
  parse: (args: string[]) => Command,
  run: (command: Command) => Promise<number>,
): Promise<never> {
  let command: Command;
  try {
    command = parse(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    Deno.exit(2);
  }
  Deno.exit(await run(command));
}

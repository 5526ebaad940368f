/** Programs that a test needs and a machine may not have. @module */

/** Asked for its version, or for whatever `args` say; what it answers does not matter. */
export function isInstalled(program: string, args: readonly string[] = ["--version"]): boolean {
  try {
    new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

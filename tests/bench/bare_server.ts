/** `bare.ts` as a process: what Deno takes before any of Ringside. @module */

export interface BareServer extends AsyncDisposable {
  readonly pid: number;
}

/** Resolves when it listens, with the flags for V8 that any server has: none. */
export async function startBare(): Promise<BareServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net", new URL("./bare.ts", import.meta.url).pathname],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  if (done) throw new Error("Cannot start the bare server: it ended, see above");
  return {
    pid: child.pid,
    async [Symbol.asyncDispose](): Promise<void> {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}

/**
 * Ringside where deploy/README.md puts it. Nothing of this outlives the guest.
 *
 * @module
 */

const ROOT = new URL("../../../", import.meta.url).pathname;
export const OPT = "/opt/ringside";
/** The program, where it may be a link into the home of somebody else. */
export const DENO = "/usr/local/bin/deno";

/** Ends with what a command printed; throws what it complained of. */
export async function run(
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const [command, ...args] = words as [string, ...string[]];
  const { code, stdout, stderr } = await new Deno.Command(command, { args, env }).output();
  const decoder = new TextDecoder();
  if (code === 0) return decoder.decode(stdout);
  throw new Error(`Cannot run ${words.join(" ")}: ${code} ${decoder.decode(stderr)}`);
}

/** What `deno task lab` assembled outside, where packages can be had, is put in place. */
export async function install(): Promise<void> {
  await Deno.mkdir(OPT, { recursive: true });
  await run(["mount", "--bind", `${ROOT}tests/lab/build/ringside`, OPT]);
  const copy = `${DENO}.copy`;
  await Deno.copyFile(await Deno.realPath(Deno.execPath()), copy);
  await Deno.chmod(copy, 0o755);
  await Deno.rename(copy, DENO);
  // What was transpiled outside stood in another place.
  const entries = ["main.ts", "collectors/sampling/sampler_worker.ts"].map((path) =>
    `${OPT}/app/${path}`
  );
  await run([DENO, "cache", "--quiet", ...entries], { DENO_DIR: `${OPT}/cache` });
  await run(["chmod", "-R", "a+rX", OPT]);
}

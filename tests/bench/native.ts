/** The C programs of the benchmarks, built when they are needed. @module */

const HERE = new URL("./", import.meta.url);

const built = new Map<string, Promise<string | null>>();

/** Path of a compiled program of this folder, by its name; null where there is no compiler. */
export function build(name: string): Promise<string | null> {
  let program = built.get(name);
  if (program === undefined) built.set(name, program = compile(name));
  return program;
}

async function compile(name: string): Promise<string | null> {
  const folder = new URL("build/", HERE).pathname;
  await Deno.mkdir(folder, { recursive: true });
  const source = new URL(`${name}.c`, HERE).pathname;
  const program = `${folder}${name}`;
  // Written beside and moved: another benchmark may be running the one that is there.
  const fresh = `${program}.${Deno.pid}`;
  try {
    const { success, stderr } = await new Deno.Command("cc", {
      args: ["-O2", "-Wall", "-o", fresh, source],
    }).output();
    if (!success) throw new Error(`Cannot compile ${name}.c: ${new TextDecoder().decode(stderr)}`);
    await Deno.rename(fresh, program);
    return program;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

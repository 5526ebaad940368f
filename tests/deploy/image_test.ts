/**
 * The image without an engine: its files laid out by its own step, every file system read-only, a
 * network of its own, its user, its words. It needs root, for the namespaces.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { isInstalled } from "../installed.ts";
import type { Run, Told } from "./inside_image.ts";

const INSIDE = new URL("./inside_image.ts", import.meta.url).pathname;
/** A mount that a later one hides cannot be made read-only, nor written to. */
const CLOSE = "cut -d' ' -f2 /proc/self/mounts | " +
  'while read -r point; do mount -o remount,ro,bind "$point" 2>/dev/null || true; done';
const CAP_PERFMON = "0000004000000000";

const ignore = Deno.uid() !== 0 ||
  !["unshare", "setpriv", "ip"].every((command) => isInstalled(command, ["--help"]));

/** The first step may ask the registry; the second has no network. */
async function told(): Promise<Told> {
  const deno = `"${Deno.execPath()}" run --quiet --allow-all "${INSIDE}"`;
  const script =
    `${deno} lay-out && ${CLOSE} && DENO_DIR=/opt/ringside/cache exec unshare --net ${deno} run`;
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: ["--mount", "sh", "-c", script],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`Cannot run the image: ${decoder.decode(stderr)}`);
  return JSON.parse(decoder.decode(stdout));
}

function interfacesOf(dev: string): readonly string[] {
  return dev.trim().split("\n").slice(2).map((line) => line.split(":")[0]!.trim());
}

Deno.test({
  name:
    `the image runs read-only, without a network, as its user and with one capability, and shows the host's network${
      ignore ? " (needs root, unshare, setpriv and ip)" : ""
    }`,
  ignore,
  fn: async () => {
    const { writable, packages, runs } = await told();
    assertEquals(writable, []);
    assertEquals(packages, ["@valibot", "hono", "htmx.org", "uplot", "valibot"]);
    const expected: Readonly<Record<keyof Told["runs"], Partial<Run>>> = {
      user: { uid: "65532", capabilities: "0000000000000000" },
      root: { uid: "0", capabilities: CAP_PERFMON },
    };
    // Deno itself reads nothing of /proc.
    const cat = await new Deno.Command("cat", { args: ["/proc/1/net/dev"] }).output();
    const host = interfacesOf(new TextDecoder().decode(cat.stdout));
    for (const [name, { uid, capabilities }] of Object.entries(expected)) {
      const run = runs[name as keyof Told["runs"]];
      assertMatch(run.said, /^Ringside \S+ on http:\/\/127\.0\.0\.1:7878 [^\n]*\n$/, name);
      assertEquals([run.ready, run.code], [true, 0], name);
      assertEquals([run.uid, run.capabilities], [uid, capabilities], name);
      assertEquals([run.health, run.healthAfter], [0, 1], name);
      assertEquals(run.described, "3.1.1", name);
      // Its own network has lo alone; the host's comes from process 1 of the host's procfs.
      const lacking = host.filter((device) => !run.interfaces.includes(device));
      assertEquals(lacking, [], `${name}: ${run.interfaces}`);
    }
  },
});

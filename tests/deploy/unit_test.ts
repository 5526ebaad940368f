/**
 * The unit as systemd itself reads it: nothing in it is unknown or mistaken, and it is no weaker than it
 * was. `deno task lab unit` starts it with a systemd of its own.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { isInstalled } from "../installed.ts";

const ROOT = new URL("../../", import.meta.url);
const UNIT = new URL("deploy/ringside.service", ROOT).pathname;
/** Of `systemd-analyze security`, tenths: 1.7 with systemd 252, of which the listener and sight of the host are most. */
const EXPOSURE_MOST = 20;
/** Without each of these a service is weaker: the score must notice. */
const GUARDS = [
  "CapabilityBoundingSet",
  "SystemCallFilter",
  "DynamicUser",
  "PrivateDevices",
  "ProtectKernelTunables",
  "RestrictNamespaces",
  "IPAddressDeny",
];

const decoder = new TextDecoder();

async function analyze(...args: string[]): Promise<{ code: number; said: string }> {
  const command = new Deno.Command("systemd-analyze", {
    args,
    env: { LC_ALL: "C", NO_COLOR: "1" },
  });
  const { code, stdout, stderr } = await command.output();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

const ignore = !isInstalled("systemd-analyze");
const needs = ignore ? " (needs systemd-analyze)" : "";

/** In tenths. A unit of another name than the tried one. */
async function exposure(text: string): Promise<number> {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/tried.service`;
    await Deno.writeTextFile(path, text);
    const { said } = await analyze("security", "--offline=true", "--no-pager", path);
    const score = /Overall exposure level for tried\.service: (\d+\.\d)/.exec(said);
    if (score === null) throw new Error(`Cannot find a score: ${said}`);
    return Math.round(10 * Number(score[1]));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test({
  name: `systemd understands every line of the unit${needs}`,
  ignore,
  fn: async () => {
    // Where deno stands elsewhere, that alone is said; so the unit is verified with one that is there.
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/ringside.service`;
      const text = await Deno.readTextFile(UNIT);
      await Deno.writeTextFile(path, text.replace("/usr/local/bin/deno", Deno.execPath()));
      const verified = await analyze("verify", "--man=no", "--recursive-errors=no", path);
      assertEquals(verified, { code: 0, said: "" });
      await Deno.writeTextFile(path, text.replace("ProtectClock=", "ProtectClocks="));
      assertMatch((await analyze("verify", "--man=no", path)).said, /ProtectClocks/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: `the unit is exposed no more than it was, and each guard counts${needs}`,
  ignore,
  fn: async () => {
    const text = await Deno.readTextFile(UNIT);
    const found = await exposure(text);
    assert(found <= EXPOSURE_MOST, `exposure ${found / 10}, at most ${EXPOSURE_MOST / 10}`);
    for (const guard of GUARDS) {
      const weaker = text.replace(new RegExp(`^${guard}=.*$`, "gm"), "");
      assert(await exposure(weaker) > found, `without ${guard} it should be weaker`);
    }
  },
});

/** The words that start the service, and what else of the unit can be told without systemd. @module */
import { assert, assertEquals } from "@std/assert";
import { USAGE } from "../../routes/flags.ts";
import { readDockerfile } from "./dockerfile.ts";

const ROOT = new URL("../../", import.meta.url);
/** Words that a unit needs beside those of the task, and what it says in place of one. */
const OWN = ["--quiet", "--cached-only", "--notify-socket=${NOTIFY_SOCKET}"];

async function unit(): Promise<string> {
  return await Deno.readTextFile(new URL("deploy/ringside.service", ROOT));
}

/** All values of a setting, in their order. */
function settings(text: string, name: string): readonly string[] {
  const joined = text.replaceAll("\\\n", "");
  return [...joined.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value!);
}

Deno.test("the unit starts with the words of the task start", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const task: string[] = tasks.start.match(/'[^']*'|\S+/g).map((word: string) =>
    word.replaceAll("'", "")
  );
  const text = await unit();
  const [start] = settings(text, "ExecStart");
  const words = start!.split(/ +/).filter((word) => !OWN.includes(word));
  const [env, deno, ...rest] = task;
  assert(settings(text, "Environment").some((line) => line.split(" ").includes(env!)), env);
  assertEquals(words, [`/usr/local/bin/${deno}`, ...rest]);
});

Deno.test("no stranger fills the log of the unit and of the image with lines of Deno's own", async () => {
  const [start] = settings(await unit(), "ExecStart");
  const image = readDockerfile(await Deno.readTextFile(new URL("Dockerfile", ROOT)));
  for (const words of [start!.split(/ +/).slice(1), image.entrypoint.slice(1)]) {
    assertEquals(words.slice(0, 2), ["run", "--quiet"]);
  }
});

Deno.test("the unit gives one capability, hides nothing that is shown, and lets V8 make code", async () => {
  const text = await unit();
  const expected: Readonly<Record<string, readonly string[]>> = {
    CapabilityBoundingSet: ["CAP_PERFMON"],
    AmbientCapabilities: ["CAP_PERFMON"],
    NoNewPrivileges: ["yes"],
    PrivateUsers: ["no"],
    ProtectProc: ["default"],
    ProcSubset: ["all"],
    ProtectSystem: ["strict"],
    MemoryDenyWriteExecute: [],
    Type: ["notify"],
    RestrictAddressFamilies: ["AF_INET AF_INET6 AF_UNIX"],
  };
  for (const [name, values] of Object.entries(expected)) {
    assertEquals(settings(text, name), values, name);
  }
  assert(settings(text, "SystemCallFilter")[0]!.split(" ").includes("perf_event_open"));
});

Deno.test("what the README has in the unit's place says the unit's words, and what it is for beside them", async () => {
  const readme = await Deno.readTextFile(new URL("deploy/README.md", ROOT));
  const [emptied, start] = settings(readme, "ExecStart");
  const words = start!.replaceAll(",192.0.2.7:4318", "").replace(",OTEL_*", "").split(/ +/);
  const [own] = settings(await unit(), "ExecStart");
  assertEquals([emptied, words.filter((word) => word !== "--otlp")], ["", own!.split(/ +/)]);
});

Deno.test("the image starts with the words of the task start", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const task: string[] = tasks.start.match(/'[^']*'|\S+/g).map((word: string) =>
    word.replaceAll("'", "")
  );
  const [assignment, ...words] = task as [string, ...string[]];
  const image = readDockerfile(await Deno.readTextFile(new URL("Dockerfile", ROOT)));
  const [name, value] = assignment.split("=") as [string, string];
  assertEquals(image.env[name], value);
  assertEquals(image.entrypoint.filter((word) => !OWN.includes(word)), words);
});

Deno.test("the newest version of the changelog is that of deno.json", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const changelog = await Deno.readTextFile(new URL("CHANGELOG.md", ROOT));
  const versions = [
    ...changelog.matchAll(/^## \[(\d+\.\d+\.\d+)\] - (unreleased|\d{4}-\d\d-\d\d)$/gm),
  ];
  assertEquals(versions[0]?.[1], version);
  assertEquals(versions.length, changelog.match(/^## /gm)?.length);
});

Deno.test("the README of deploy/ names each of its files", async () => {
  const folder = new URL("deploy/", ROOT);
  const text = await Deno.readTextFile(new URL("README.md", folder));
  const [table] = text.split("\n\n").filter((block) => block.startsWith("|"));
  const named = [...table!.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name!);
  const found = [...Deno.readDirSync(folder)].map(({ name }) => name);
  assertEquals(named.toSorted(), found.filter((name) => name !== "README.md").toSorted());
});

Deno.test("the help and the README name the addresses that the task start may listen on", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const [, allowed] = /--allow-net=([^' ]+)/.exec(tasks.start)!;
  const help = USAGE.slice(USAGE.indexOf("  --listen "), USAGE.indexOf("  --interval "));
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const [row] = /^\| `--listen .*$/m.exec(readme)!;
  for (const address of allowed!.split(",")) {
    assert(help.includes(address), `${address} in ${help}`);
    assert(row.includes(`\`${address}\``), `${address} in ${row}`);
  }
});

Deno.test("the README has each flag, with its variable", async () => {
  const text = await Deno.readTextFile(new URL("README.md", ROOT));
  // Of commands, and of both streams of text: not options of the service.
  const others = ["--format", "--json", "--help", "--version"];
  const flags = [...USAGE.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag]) => flag!)
    .filter((flag) => !others.includes(flag));
  for (const flag of flags) {
    const variable = `RINGSIDE_${flag.slice(2).toUpperCase().replaceAll("-", "_")}`;
    const row = new RegExp(`^\\| .*\`${flag}[\` ].*\\| .*\`${variable}\``, "m");
    assert(row.test(text), `${flag} with ${variable}`);
  }
  assert(flags.length > 8);
});

/**
 * netdata in two shapes: only what reads the same as Ringside does, in memory, which is the one that
 * Ringside is compared with; and as Debian installs it. Nothing of either leaves the machine.
 *
 * @module
 */
import { freePort, lackOf, type Peer, type Running, startProgram, versionOf } from "./peer.ts";

const DEBIAN_CONFIG = "/etc/netdata/netdata.conf";
const USER = "netdata";
/** Five minutes at one a second, as its dashboard asks for them. */
const POINTS = 300;

/** What the dashboard of 1.37 asks for each second while its first screen is open. */
const FIRST_SCREEN = [
  data("system.cpu", "ms|flip|jsonwrap|nonzero"),
  data("system.cpu", "ms|absolute|jsonwrap|nonzero"),
  data("system.io", "ms|absolute|jsonwrap|nonzero", "in"),
  data("system.io", "ms|absolute|jsonwrap|nonzero", "out"),
  data("system.net", "ms|absolute|jsonwrap|nonzero", "received"),
  data("system.net", "ms|absolute|jsonwrap|nonzero", "sent"),
  data("system.ram", "ms|percentage|jsonwrap|nonzero", "used|buffers|active|wired"),
];

/** Collectors that are left out where only those of `/proc` and of perf events are to run. */
const OTHER_PLUGINS = [
  ...["timex", "idlejitter", "tc", "cgroups", "diskspace", "checks", "apps", "nfacct", "slabinfo"],
  ...["python.d", "charts.d", "node.d", "go.d", "ebpf", "fping", "ioping"],
  ...["enable running new plugins", "netdata monitoring", "netdata monitoring extended"],
];
const OTHER_PARTS = ["health", "ml", "statsd", "cloud", "registry"];

function data(chart: string, options: string, dimensions?: string): string {
  const query = new URLSearchParams({
    ...{ chart, format: "array", points: `${POINTS}`, group: "average", gtime: "0" },
    ...{ options, after: `-${POINTS}` },
    ...(dimensions === undefined ? {} : { dimensions }),
  });
  return `/api/v1/data?${query}`;
}

export const NETDATA_CORE: Peer = {
  ...common("netdata-core", "netdata, proc + perf only"),
  start: (folder) =>
    start(folder, (own) =>
      [
        own,
        section("db", { mode: "ram", "update every": "1" }),
        section("plugins", {
          ...Object.fromEntries(OTHER_PLUGINS.map((name) => [name, "no"])),
          proc: "yes",
          perf: "yes",
        }),
        section("plugin:perf", { "command options": "all" }),
        ...OTHER_PARTS.map((name) => section(name, { enabled: "no" })),
      ].join("\n")),
};

export const NETDATA_DEBIAN: Peer = {
  ...common("netdata-debian", "netdata, Debian's default"),
  start: (folder) =>
    start(folder, async (own) => `${await Deno.readTextFile(DEBIAN_CONFIG)}\n${own}`),
};

function common(name: string, label: string): Omit<Peer, "start"> {
  return {
    name,
    label,
    lack: () => Promise.resolve(lackOf("netdata", "netdata")),
    watchers: [{
      name: "first screen",
      demand: { kind: "get", paths: FIRST_SCREEN, gzip: true, everyMs: 1000 },
    }],
    version: () => versionOf("netdata", "-v"),
  };
}

/** `config` puts what both have in common to what is its own. */
async function start(
  folder: string,
  config: (own: string) => string | Promise<string>,
): Promise<Running> {
  const port = freePort();
  const directories = Object.fromEntries(
    ["cache", "lib", "log"].map((name) => [name, `${folder}/${name}`]),
  );
  for (const directory of Object.values(directories)) await Deno.mkdir(directory);
  const own = [
    section("global", { "run as user": (await owner(folder)) ?? "root" }),
    section("directories", { ...directories, home: folder }),
    section("web", { "bind to": `127.0.0.1:${port}`, "default port": `${port}` }),
  ].join("\n");
  const file = `${folder}/netdata.conf`;
  await Deno.writeTextFile(file, await config(own));
  return await startProgram({
    program: "netdata",
    args: ["-D", "-c", file],
    // Else it tells its makers of each start.
    env: { DISABLE_TELEMETRY: "1", DO_NOT_TRACK: "1" },
    folder,
    port,
    readyPath: FIRST_SCREEN[0]!,
  });
}

/** Started by root it runs as another user, who must own its folder; null where it does not. */
async function owner(folder: string): Promise<string | null> {
  if (Deno.uid() !== 0) return Deno.env.get("USER") ?? null;
  const line = (await Deno.readTextFile("/etc/passwd")).split("\n")
    .find((line) => line.startsWith(`${USER}:`));
  if (line === undefined) return null;
  const [uid, gid] = line.split(":").slice(2, 4).map(Number);
  await Deno.chown(folder, uid!, gid!);
  for await (const { name } of Deno.readDir(folder)) {
    await Deno.chown(`${folder}/${name}`, uid!, gid!);
  }
  return USER;
}

function section(name: string, values: Readonly<Record<string, string>>): string {
  const lines = Object.entries(values).map(([key, value]) => `    ${key} = ${value}`);
  return [`[${name}]`, ...lines].join("\n");
}

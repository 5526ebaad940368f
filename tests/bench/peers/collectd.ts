/** collectd once a second, with what of it reads what Ringside reads, shown to Prometheus. @module */
import { freePort, lackOf, type Peer, startProgram, versionOf } from "./peer.ts";

const PLUGIN_FOLDER = "/usr/lib/collectd";
const OUTPUT = "write_prometheus";
const PLUGINS = [
  ...["contextswitch", "cpu", "df", "disk", "interface", "irq", "load", "memory", "swap", "uptime"],
  ...["vmem", OUTPUT],
];

/** It loads libraries that Debian does not install with it. */
async function lack(): Promise<string | null> {
  const program = lackOf("collectd", "collectd-core");
  if (program !== null) return program;
  const { stdout } = await new Deno.Command("ldd", { args: [`${PLUGIN_FOLDER}/${OUTPUT}.so`] })
    .output();
  const missing = new TextDecoder().decode(stdout).match(/\S+(?= => not found)/g);
  if (missing === null) return null;
  return `${missing.join(", ")} for collectd (Debian: libprotobuf-c1, libmicrohttpd12)`;
}

export const COLLECTD: Peer = {
  name: "collectd",
  label: "collectd, write_prometheus",
  lack,
  watchers: [{
    name: "scrape",
    demand: { kind: "get", paths: ["/metrics"], gzip: true, everyMs: 1000 },
  }],
  version: () => versionOf("collectd", "-h"),
  start: async (folder) => {
    const port = freePort();
    const file = `${folder}/collectd.conf`;
    await Deno.writeTextFile(
      file,
      [
        `BaseDir "${folder}"`,
        `PIDFile "${folder}/pid"`,
        `PluginDir "${PLUGIN_FOLDER}"`,
        'TypesDB "/usr/share/collectd/types.db"',
        "Interval 1",
        ...PLUGINS.map((name) => `LoadPlugin ${name}`),
        `<Plugin ${OUTPUT}>`,
        '  Host "127.0.0.1"',
        `  Port "${port}"`,
        "</Plugin>",
        "",
      ].join("\n"),
    );
    return await startProgram({
      program: "collectd",
      args: ["-f", "-C", file],
      folder,
      port,
      readyPath: "/metrics",
    });
  },
};

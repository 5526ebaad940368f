/** node_exporter with the collectors that read what Ringside reads, and perf events. @module */
import { freePort, lackOf, type Peer, startProgram, versionOf } from "./peer.ts";

const PROGRAM = "prometheus-node-exporter";
const COLLECTORS = [
  ...["cpu", "diskstats", "filesystem", "interrupts", "loadavg", "meminfo", "netdev"],
  ...["pressure", "stat", "vmstat", "perf"],
];

export const NODE_EXPORTER: Peer = {
  name: "node_exporter",
  label: "node_exporter, core + perf",
  lack: () => Promise.resolve(lackOf(PROGRAM, "prometheus-node-exporter")),
  watchers: [{
    name: "scrape",
    demand: { kind: "get", paths: ["/metrics"], gzip: true, everyMs: 1000 },
  }],
  version: () => versionOf(PROGRAM, "--version"),
  start: (folder) => {
    const port = freePort();
    return startProgram({
      program: PROGRAM,
      args: [
        `--web.listen-address=127.0.0.1:${port}`,
        "--collector.disable-defaults",
        ...COLLECTORS.map((name) => `--collector.${name}`),
      ],
      folder,
      port,
      readyPath: "/metrics",
    });
  },
};

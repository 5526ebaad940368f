/** Ringside itself, by the words of the task `start`. @module */
import config from "../../../deno.json" with { type: "json" };
import { Service } from "../../service.ts";
import { ProcessTree } from "../process_tree.ts";
import type { Peer } from "./peer.ts";

export const RINGSIDE: Peer = {
  name: "ringside",
  label: "Ringside",
  lack: () => Promise.resolve(null),
  watchers: [
    { name: "page", demand: { kind: "stream", path: "/stream?page=overview" } },
    {
      name: "/metrics",
      demand: { kind: "get", paths: ["/metrics"], gzip: true, everyMs: 1000 },
    },
  ],
  version: () => Promise.resolve(`${config.version}, Deno ${Deno.version.deno}`),
  start: async () => {
    const service = await Service.start();
    return {
      url: service.url,
      tree: new ProcessTree(service.pid),
      stop: async () => {
        await service.stop();
      },
    };
  },
};

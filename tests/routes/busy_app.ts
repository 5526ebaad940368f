/** The real pages over a machine with two sockets, and counters that take turns. @module */
import { Marks } from "../../collectors/marks.ts";
import { createApp } from "../../routes/app.ts";
import { Hub } from "../../routes/hub.ts";
import { StaticFiles } from "../../routes/static_files.ts";
import { createViews } from "../../views/mod.ts";
import { BusyHost } from "../busy_host.ts";

const TICKS = 5;
const VERSION = "1.2.3";

/** Answers a GET. */
export async function busyApp(): Promise<(path: string) => Promise<Response>> {
  const host = await BusyHost.load("server-2socket");
  const { sampler } = host;
  for (let tick = 0; tick < TICKS; tick++) host.tick();
  const app = createApp({
    sampler,
    hub: new Hub({ sampler }),
    rendering: createViews({ url: (name) => name, version: VERSION }),
    marks: new Marks(sampler.feed),
    files: await StaticFiles.of({}),
    version: VERSION,
    address: { hostname: "127.0.0.1", port: 7878 },
    allowedHosts: [],
  });
  return async (path) => await app.request(path);
}

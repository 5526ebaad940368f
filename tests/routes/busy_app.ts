/** The real pages over a machine with two sockets, and counters that take turns. @module */
import { Marks } from "../../collectors/readings/marks.ts";
import { createApp, type Deps } from "../../routes/app.ts";
import { ASSETS } from "../../routes/assets.ts";
import { Hub } from "../../routes/stream/hub.ts";
import { createViews } from "../../views/mod.ts";
import { BusyHost } from "../busy_host.ts";

const TICKS = 5;
const VERSION = "1.2.3";

/** Answers a GET. */
export async function busyApp(
  options: Pick<Deps, "basePath"> = {},
): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const host = await BusyHost.load("server-2socket");
  const { sampler } = host;
  for (let tick = 0; tick < TICKS; tick++) host.tick();
  const app = createApp({
    sampler,
    hub: new Hub({ sampler }),
    rendering: createViews({ url: (name) => ASSETS.url(name), version: VERSION }),
    marks: new Marks(sampler.feed),
    files: ASSETS,
    version: VERSION,
    address: { hostname: "127.0.0.1", port: 7878 },
    allowedHosts: [],
    ...options,
  });
  return async (path, init) => await app.request(path, init);
}

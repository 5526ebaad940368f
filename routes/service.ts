/** The service as a whole: a sampler in, a listener out. @module */
import { Marks, type Sampler } from "../collectors/mod.ts";
import { createViews, type Views, type ViewsOptions } from "../views/mod.ts";
import { createApp } from "./app.ts";
import { ASSETS } from "./assets.ts";
import { CLOCK, type Clock } from "./clock.ts";
import { Auth } from "./doors/auth.ts";
import type { Doors } from "./doors/doors.ts";
import type { Engine } from "./fleet/feed.ts";
import type { ServeOptions } from "./options.ts";
import { Listener } from "./server.ts";
import { Hub } from "./stream/hub.ts";

export interface ServiceOptions extends ServeOptions {
  readonly sampler: Sampler;
  readonly version: string;
  /** Absent: none, everybody who reaches the address may read. */
  readonly doors?: Doors;
  /** Absent: none, and there is no fleet to show. */
  readonly engine?: Engine | undefined;
  /** Of the streams; default the machine's. */
  readonly clock?: Clock;
}

/** Listens. Throws `ListenError`. */
export function startService(options: ServiceOptions): Listener {
  const {
    sampler,
    version,
    address,
    allowedHosts,
    basePath = "",
    doors = {},
    engine,
    clock = CLOCK,
  } = options;
  const { token, tls } = doors;
  const { allowedOrigins, exposition } = options;
  const rendering = views(version, {
    login: token !== undefined,
    fleet: engine !== undefined,
    exposition,
  });
  const hub = new Hub({ sampler, clock });
  const marks = new Marks(sampler.feed);
  const { hostname } = sampler.feed.profile;
  const name = `${hostname.replace(/[^a-z0-9]+/gi, "-")}-${address.port}`;
  const auth = token === undefined ? undefined : new Auth({ token, clock, name });
  const common = {
    sampler,
    hub,
    rendering,
    marks,
    files: ASSETS,
    auth,
    tls: tls !== undefined,
    engine,
    clock,
  };
  const app = createApp({ ...common, version, address, allowedHosts, allowedOrigins, basePath });
  return new Listener({ address, app, hub, tls });
}

/** Every rendering, with the paths of the files that are served here. */
export function views(
  version: string,
  options: Pick<ViewsOptions, "login" | "fleet" | "exposition"> = {},
): Views {
  return createViews({ url: (name) => ASSETS.url(name), version, ...options });
}

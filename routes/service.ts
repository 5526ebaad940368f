/** The service as a whole: a sampler in, a listener out. @module */
import type { Sampler } from "../collectors/mod.ts";
import { createApp } from "./app.ts";
import { Hub } from "./hub.ts";
import type { ServeOptions } from "./options.ts";
import type { Rendering } from "./rendering.ts";
import { Listener } from "./server.ts";
import { STATIC_FILES } from "./static_files.ts";
import { VIEWS } from "./views.ts";

export interface ServiceOptions extends ServeOptions {
  readonly sampler: Sampler;
  readonly version: string;
}

/** Listens. Throws `ListenError`. */
export function startService(options: ServiceOptions): Listener {
  const { sampler, version, address, allowedHosts } = options;
  const rendering: Rendering = VIEWS;
  const hub = new Hub({ sampler });
  const files = STATIC_FILES;
  const app = createApp({ sampler, hub, rendering, files, version, address, allowedHosts });
  return new Listener({ address, app, hub });
}

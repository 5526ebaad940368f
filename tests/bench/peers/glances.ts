/** glances as a web server, which reads when it is asked, at most once a second. @module */
import { freePort, lackOf, type Peer, startProgram, versionOf } from "./peer.ts";

/** Its web server is another package, which Debian does not install with it. */
const WEB_SERVER = "/usr/lib/python3/dist-packages/bottle.py";

async function lack(): Promise<string | null> {
  const program = lackOf("glances", "glances");
  if (program !== null) return program;
  try {
    await Deno.stat(WEB_SERVER);
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "bottle for glances (Debian: python3-bottle)";
    throw error;
  }
}

export const GLANCES: Peer = {
  name: "glances",
  label: "glances -w",
  lack,
  watchers: [{
    name: "page",
    demand: {
      kind: "get",
      paths: ["/api/3/all", "/api/3/all/views"],
      gzip: true,
      everyMs: 1000,
    },
  }],
  version: () => versionOf("glances", "-V"),
  start: (folder) => {
    const port = freePort();
    return startProgram({
      program: "glances",
      args: [
        ...["-w", "-B", "127.0.0.1", "-p", `${port}`, "-t", "1", "--cached-time", "1"],
        ...["--disable-check-update", "--disable-webui", "--disable-autodiscover"],
      ],
      folder,
      port,
      readyPath: "/api/3/all",
    });
  },
};

/**
 * Runs in the main thread of the service, before `main.ts`: once that has said where it listens, it
 * tries to break out, and tells what came of each attempt as one line of JSON.
 *
 * @module
 */
const TOKEN = "RINGSIDE_TOKEN";
const SYMBOL = { getpid: { parameters: [], result: "i32" } } as const;
const WORKER_CODE = `try { Deno.dlopen("libc.so.6", ${
  JSON.stringify(SYMBOL)
}); postMessage("opened"); }
catch (error) { postMessage(error.name); }`;

function worker(deno?: WorkerOptions["deno"]): Promise<string> {
  return new Promise((resolve, reject) => {
    const url = `data:text/javascript,${encodeURIComponent(WORKER_CODE)}`;
    const made = new Worker(url, { type: "module", ...(deno === undefined ? {} : { deno }) });
    made.onerror = (event): void => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    made.onmessage = ({ data }): void => {
      made.terminate();
      if (data === "opened") resolve(data);
      else reject(new Deno.errors.NotCapable(data));
    };
  });
}

/** Each resolves where it succeeds. Addresses are those of documentation: nobody is there. */
export const ATTEMPTS: Readonly<Record<string, () => unknown>> = {
  "read own file": () => Deno.readTextFile("deno.json"),
  "read /etc/passwd": () => Deno.readTextFile("/etc/passwd"),
  "read /proc/self/environ": () => Deno.readTextFile("/proc/self/environ"),
  "read by node:fs": async () => (await import("node:fs")).readFileSync("deno.json"),
  "list": () => Deno.readDirSync(".").next(),
  "write": () => Deno.writeTextFile("/tmp/ringside-broke-out", "x"),
  "write own file": () => Deno.writeTextFile("main.ts", ""),
  "temporary file": () => Deno.makeTempFile(),
  "remove": () => Deno.remove("/tmp/ringside-nothing"),
  "run": () => new Deno.Command("true").output(),
  "run by node:child_process": async () =>
    (await import("node:child_process")).execFileSync("true"),
  "signal to another process": () => Deno.kill(Deno.ppid, "SIGCONT"),
  "environment": () => Deno.env.get("PATH"),
  "all of the environment": () => Deno.env.toObject(),
  "the token in the environment": () => Deno.env.get(TOKEN),
  "the collector's headers": () => Deno.env.get("OTEL_EXPORTER_OTLP_HEADERS"),
  "host's name": () => Deno.hostname(),
  "dlopen": () => Deno.dlopen("libc.so.6", SYMBOL),
  "memory by pointer": () => new Deno.UnsafePointerView(Deno.UnsafePointer.create(4096n)!),
  "worker with ffi": () => worker({ permissions: { ffi: true } }),
  "worker with all rights": () => worker({ permissions: "inherit" }),
  "worker of its own file": () =>
    new Promise((resolve, reject) => {
      const made = new Worker(
        new URL("../../collectors/sampling/sampler_worker.ts", import.meta.url),
        {
          type: "module",
          deno: { permissions: { ffi: true } },
        },
      );
      made.onerror = (event): void => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      made.onmessage = ({ data }): void => resolve(data);
      // No options at all: it would say that it cannot begin.
      made.postMessage({});
    }),
  "fetch elsewhere": () => fetch("http://192.0.2.1/"),
  "fetch a name": () => fetch("http://example.net/"),
  "fetch the metadata of a cloud": () => fetch("http://169.254.169.254/latest/meta-data/"),
  // Where a test has one, a worker may connect to it.
  "fetch from an engine": () => fetch("http://127.0.0.3:9090/api/v1/query"),
  "connect to an engine": () => Deno.connect({ hostname: "127.0.0.3", port: 9090 }),
  "worker with the right to an engine": () => worker({ permissions: { net: ["127.0.0.3:9090"] } }),
  "fetch a file": () => fetch(new URL("../../deno.json", import.meta.url)),
  "connect elsewhere": () => Deno.connect({ hostname: "192.0.2.1", port: 80 }),
  "connect to another loopback address": () => Deno.connect({ hostname: "127.0.0.2", port: 80 }),
  "connect to a socket": () =>
    Deno.connect({ transport: "unix", path: "/run/dbus/system_bus_socket" }),
  "connect by node:net": async () => {
    const { connect } = await import("node:net");
    return await new Promise((resolve, reject) => {
      const socket = connect(80, "192.0.2.1");
      socket.on("connect", resolve);
      socket.on("error", reject);
    });
  },
  "WebSocket elsewhere": () => new WebSocket("ws://192.0.2.1/"),
  "look a name up": () => Deno.resolveDns("example.net", "A"),
  "listen everywhere": () => Deno.listen({ hostname: "0.0.0.0", port: 0 }),
  "listen on another address": () => Deno.listen({ hostname: "127.0.0.2", port: 0 }),
  "listen by IPv6": () => Deno.listen({ hostname: "::1", port: 0 }),
  "import a module of its own": () => import(String(new URL("../stage.ts", import.meta.url))),
  "import a remote module": () => import(String("https://192.0.2.1/module.ts")),
  "import a package": () => import(String("npm:axe-core@4.14.1")),
  "ask for rights": async () => {
    const { state } = await Deno.permissions.request({ name: "read" });
    if (state !== "granted") throw new Deno.errors.NotCapable(state);
  },
};

export interface Outcome {
  readonly attempt: string;
  /** `Error`'s name, or null where it succeeded. */
  readonly refused: string | null;
  readonly message: string;
}

async function breakOut(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const [attempt, act] of Object.entries(ATTEMPTS)) {
    try {
      await act();
      outcomes.push({ attempt, refused: null, message: "" });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      outcomes.push({ attempt, refused: name, message });
    }
  }
  return outcomes;
}

const { log } = console;
console.log = (...words: unknown[]): void => {
  log(...words);
  // Said once the rights were given back.
  if (!String(words[0]).startsWith("Ringside ")) return;
  void breakOut().then((outcomes) => log(`BROKE OUT ${JSON.stringify(outcomes)}`));
};

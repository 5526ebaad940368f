/**
 * Run by image_test.ts as root in a mount namespace of its own: lays the image out, and in a second run,
 * when every file system is read-only, runs what the Dockerfile says as whom it says, and prints what
 * became of it as JSON.
 *
 * @module
 */
import { readDockerfile } from "./dockerfile.ts";

export interface Run {
  /** How it went on, or what it said before it ended. */
  readonly said: string;
  readonly ready: boolean;
  readonly uid: string | undefined;
  readonly capabilities: string | undefined;
  /** Exit code of the HEALTHCHECK while it runs, and after it has ended. */
  readonly health: number | null;
  readonly healthAfter: number;
  readonly interfaces: readonly string[];
  /** Version of OpenAPI of its description, which it loads when it is asked for. */
  readonly described: string | undefined;
  readonly code: number;
}

export interface Told {
  /** Places that could still be written to. */
  readonly writable: readonly string[];
  /** Packages that came with it. */
  readonly packages: readonly string[];
  /** As USER of the image, and as root with one capability, as compose.yaml and kubernetes.yaml have it. */
  readonly runs: Readonly<Record<"user" | "root", Run>>;
}

const ROOT = new URL("../../", import.meta.url).pathname;
const HOST = "/mnt/host";
const URL_OF_SERVICE = "http://127.0.0.1:7878";
const DENO = "/opt/bin/deno";
const TRY_AGAIN_MS = 100;

const decoder = new TextDecoder();

async function run(...words: string[]): Promise<void> {
  const [command, ...args] = words as [string, ...string[]];
  const { code, stderr } = await new Deno.Command(command, { args }).output();
  if (code !== 0) throw new Error(`Cannot run ${words.join(" ")}: ${decoder.decode(stderr)}`);
}

async function layOut(): Promise<void> {
  await run("mount", "--make-rprivate", "/");
  for (const place of ["/opt", "/mnt"]) {
    await run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", place);
  }
  for (const folder of ["/opt/bin", `${HOST}/proc`, `${HOST}/sys`]) {
    await Deno.mkdir(folder, { recursive: true });
  }
  await Deno.copyFile(await Deno.realPath(Deno.execPath()), DENO);
  await Deno.chmod(DENO, 0o755);
  await run(DENO, "run", "--quiet", "--allow-all", `${ROOT}deploy/assemble.ts`, "/opt/ringside");
  await run("mount", "--rbind", "/proc", `${HOST}/proc`);
  await run("mount", "--rbind", "/sys", `${HOST}/sys`);
}

/** Places that still take a file. Every file system was made read-only before. */
async function writablePlaces(): Promise<readonly string[]> {
  const writable: string[] = [];
  for (
    const place of ["/", "/tmp", "/opt/ringside/cache", "/opt/ringside/app", "/var/tmp", "/mnt"]
  ) {
    try {
      const file = await Deno.makeTempFile({ dir: place });
      writable.push(place);
      await Deno.remove(file);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
  return writable;
}

const image = readDockerfile(await Deno.readTextFile(`${ROOT}Dockerfile`));
const env = { PATH: "/opt/bin:/usr/bin:/bin", ...image.env };

function command(before: readonly string[], words: readonly string[]): Deno.Command {
  const [name, ...args] = [...before, ...words] as [string, ...string[]];
  const options = { cwd: image.workdir, env, clearEnv: true } as const;
  return new Deno.Command(name, { args, ...options, stdout: "piped", stderr: "piped" });
}

async function healthOf(before: readonly string[]): Promise<number> {
  return (await command(before, image.healthcheck).output()).code;
}

async function tried(before: readonly string[]): Promise<Run> {
  const trees = ["--procfs", `${HOST}/proc`, "--sysfs", `${HOST}/sys`];
  const child = command(before, [...image.entrypoint, ...trees]).spawn();
  let ended = false;
  const output = child.output().then((said) => {
    ended = true;
    return said;
  });
  let ready = false;
  while (!ended && !ready) {
    ready = await fetch(`${URL_OF_SERVICE}/readyz`).then(
      async (answer) => (await answer.text()) === "ready\n",
      () => false,
    );
    if (!ready) await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
  const status = ready ? await Deno.readTextFile(`/proc/${child.pid}/status`) : "";
  const health = ready ? await healthOf(before) : null;
  const { metrics } = ready
    ? await (await fetch(`${URL_OF_SERVICE}/api/v1/snapshot`)).json()
    : { metrics: {} };
  const interfaces = ["interface_receive_bytes", "virtual_interface_receive_bytes"]
    .flatMap((name) => Object.keys(metrics[name]?.instances ?? {}));
  const { openapi: described } = ready
    ? await (await fetch(`${URL_OF_SERVICE}/api/v1/openapi.json`)).json()
    : {};
  if (ready) child.kill("SIGTERM");
  const { code, stdout, stderr } = await output;
  return {
    said: decoder.decode(stdout) + decoder.decode(stderr),
    ready,
    uid: /^Uid:\t(\d+)/m.exec(status)?.[1],
    capabilities: /^CapEff:\t(\w+)/m.exec(status)?.[1],
    health,
    healthAfter: await healthOf(before),
    interfaces,
    described,
    code,
  };
}

if (Deno.args[0] === "lay-out") {
  await layOut();
} else {
  await run("ip", "link", "set", "lo", "up");
  const writable = await writablePlaces();
  const [uid, gid] = image.user.split(":") as [string, string];
  const drop = ["setpriv", "--no-new-privs", "--inh-caps=-all"];
  const packages: string[] = [];
  for (const registry of Deno.readDirSync("/opt/ringside/cache/npm")) {
    for (const { name } of Deno.readDirSync(`/opt/ringside/cache/npm/${registry.name}`)) {
      packages.push(name);
    }
  }
  const told: Told = {
    writable,
    packages: packages.toSorted(),
    runs: {
      user: await tried([
        ...drop,
        "--bounding-set=-all",
        `--reuid=${uid}`,
        `--regid=${gid}`,
        "--clear-groups",
      ]),
      root: await tried([...drop, "--bounding-set=-all,+perfmon"]),
    },
  };
  console.log(JSON.stringify(told));
}

/**
 * The words of deploy/README.md for Podman, run by a Podman of its own in the guest: what its own profile
 * of system calls is told to be, what the README's lets through, and what the container may and may not.
 * In the image's place stands the guest's own system, with the program laid out where the image has it.
 */
import { readDockerfile } from "../../deploy/dockerfile.ts";
import { install, OPT, run } from "../inside/installed.ts";
import { check, finish, part, skip, sleep } from "../inside/report.ts";
import { counted } from "../inside/service.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const SYSTEM = "/run/container-system";
const PROFILE = "/usr/share/containers/seccomp.json";
const TOKEN_FILE = "/run/token";
const TOKEN = crypto.randomUUID();
const URL_OF_SERVICE = "http://127.0.0.1:7878";
const PARANOID = "/proc/sys/kernel/perf_event_paranoid";
const CAP_PERFMON = "0000004000000000";
const NAME = "ringside";
/** A guest is slow, and more so beside another one. */
const TRIES_MOST = 120;
const TRY_AGAIN_MS = 1000;

const readme = (await Deno.readTextFile(`${ROOT}deploy/README.md`)).replaceAll("\\\n", " ");
const image = readDockerfile(await Deno.readTextFile(`${ROOT}Dockerfile`));

/** The README's words up to the image, which is the guest's own system here. */
function words(): string[] {
  const line = /^sudo (podman run .*)$/m.exec(readme)![1]!;
  const said = line.split(/ +/).slice(0, -1)
    .map((word) => word.startsWith('"') ? `${TOKEN_FILE}:/run/secrets/ringside_token:ro` : word);
  const env = Object.entries(image.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  return [...said, ...env, "--workdir", image.workdir, "--rootfs", SYSTEM, ...image.entrypoint];
}

/** As the README makes it of Podman's own. */
async function writeProfile(): Promise<void> {
  const path = /sudo tee (\S+seccomp\S*)/.exec(readme)![1]!;
  const profile = JSON.parse(await Deno.readTextFile(PROFILE));
  const allowed = { names: ["perf_event_open"], action: "SCMP_ACT_ALLOW" };
  profile.syscalls = [allowed, ...profile.syscalls];
  await Deno.writeTextFile(path, JSON.stringify(profile));
}

async function prepare(): Promise<void> {
  await Deno.writeTextFile(PARANOID, "2");
  await Deno.writeTextFile(TOKEN_FILE, `${TOKEN}\n`, { mode: 0o600 });
  await install();
  await writeProfile();
  for (const folder of ["/var/lib/containers", SYSTEM]) {
    await Deno.mkdir(folder, { recursive: true });
  }
  await run(["mount", "-t", "tmpfs", "containers", "/var/lib/containers"]);
  await run(["mount", "--bind", "/", SYSTEM]);
  await run(["mount", "--bind", OPT, `${SYSTEM}${OPT}`]);
  // Podman copies what is there, and outside of the guest it comes and goes.
  for (const folder of ["tmp", "var/tmp", "run"]) {
    await run(["mount", "-t", "tmpfs", "empty", `${SYSTEM}/${folder}`]);
  }
}

/** Null where nobody answers: not yet, or no more. */
async function get(path: string): Promise<Response | null> {
  try {
    return await fetch(URL_OF_SERVICE + path, { headers: { authorization: `Bearer ${TOKEN}` } });
  } catch {
    return null;
  }
}

// deno-lint-ignore no-explicit-any -- what it answers is what is tested
async function started(args: readonly string[]): Promise<any> {
  await run(args);
  for (let tries = 1; !(await get("/readyz"))?.ok; tries++) {
    if (tries === TRIES_MOST) throw new Error(`It does not answer: ${await said()}`);
    await sleep(TRY_AGAIN_MS);
  }
  return await counted(async () => await (await get("/api/v1/perf"))!.json());
}

function said(): Promise<string> {
  return run(["sh", "-c", `podman logs ${NAME} 2>&1`]);
}

async function ended(): Promise<void> {
  await run(["podman", "stop", "--time", "30", NAME]);
  const code = (await run(["podman", "inspect", "--format", "{{.State.ExitCode}}", NAME])).trim();
  check(code === "0", `it ends with ${code} when it is told to stop`);
  await run(["podman", "rm", NAME]);
}

async function status(): Promise<ReadonlyMap<string, string>> {
  const pid = (await run(["podman", "inspect", "--format", "{{.State.Pid}}", NAME])).trim();
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return new Map(text.split("\n").map((line) => line.split(":\t") as [string, string]));
}

const installed = await Promise.all(
  ["podman", "crun"].map((name) => run([name, "--version"]).then(() => true, () => false)),
);
if (installed.every((is) => is)) {
  await prepare();
  await part("Podman's own profile", async () => {
    const own = words().filter((word, index, all) =>
      !word.startsWith("seccomp=") && !all[index + 1]?.startsWith("seccomp=")
    );
    const perf = await started(own);
    // Profiles of late 2025 and later take CAP_PERFMON for it.
    const filtered = /from a seccomp filter and not from the kernel/.test(perf.reason ?? "");
    check(perf.available === true || filtered, `Podman's own profile: ${perf.reason ?? "counts"}`);
    await ended();
  });
  await part("the README's words", async () => {
    const perf = await started(words());
    check(
      perf.available === true && Math.abs(perf.ipc - 1.5) < 0.01,
      `hardware counters of whole CPUs: ipc ${perf.ipc}, of 1.5; ${perf.reason ?? "no reason"}`,
    );
    const { status: refused } = await fetch(`${URL_OF_SERVICE}/api/v1/perf`);
    check(refused === 401, `nothing without the token: ${refused}`);
    const own = await status();
    for (const set of ["CapEff", "CapPrm", "CapBnd"]) {
      check(own.get(set) === CAP_PERFMON, `${set} is CAP_PERFMON alone: ${own.get(set)}`);
    }
    check(own.get("NoNewPrivs") === "1", `NoNewPrivs: ${own.get("NoNewPrivs")}`);
    check(own.get("Seccomp") === "2", `a filter of system calls: ${own.get("Seccomp")}`);
    const touch = await run(["podman", "exec", NAME, "touch", "/etc/x"]).catch(String);
    check(/Read-only file system/.test(touch), `its root is read-only: ${touch.trim()}`);
    const health = await run(["podman", "exec", NAME, ...image.healthcheck]).catch(String);
    check(health === "", `the image's health check ends with 0${health}`);
    await ended();
  });
} else skip("Podman", "podman or crun is not installed");
finish();

/**
 * deploy/ringside.service as it is, started by a systemd of its own in a PID namespace of the guest: what
 * the confined service may, what it counts and sees, and what becomes of it when it hangs.
 */
import { install, run } from "../inside/installed.ts";
import { check, finish, part, skip, sleep } from "../inside/report.ts";
import { counted } from "../inside/service.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const SYSTEMD = "/usr/lib/systemd/systemd";
const UNITS = "/etc/systemd/system";
const LOG = "/run/ringside.log";
const URL_OF_SERVICE = "http://127.0.0.1:7878";
const TOKEN = crypto.randomUUID();
const PARANOID = "/proc/sys/kernel/perf_event_paranoid";
const CAP_PERFMON = "0000004000000000";
/** A guest is slow, and more so beside another one. */
const TRIES_MOST = 90;
const TRY_AGAIN_MS = 1000;
/** The service's own is three times as long, which only takes longer to wait for. */
const WATCHDOG_SECONDS = 15;

/** As deploy/README.md installs it. */
async function installUnit(): Promise<void> {
  await install();
  await Deno.mkdir("/etc/ringside", { recursive: true });
  await Deno.writeTextFile("/etc/ringside/token", `${TOKEN}\n`, { mode: 0o600 });
  await Deno.copyFile(`${ROOT}deploy/ringside.service`, `${UNITS}/ringside.service`);
  await Deno.mkdir(`${UNITS}/ringside.service.d`, { recursive: true });
  await Deno.writeTextFile(
    `${UNITS}/ringside.service.d/lab.conf`,
    `[Service]\nStandardOutput=file:${LOG}\nStandardError=file:${LOG}\n` +
      `WatchdogSec=${WATCHDOG_SECONDS}s\nTimeoutStartSec=120s\n`,
  );
  // Of this machine's own services none is wanted, nor its generators.
  const wants = ["sysinit", "basic", "sockets", "local-fs", "timers", "multi-user"];
  for (const folder of ["/usr/lib/systemd/system", UNITS]) {
    for (const target of wants) {
      await run(["rm", "-rf", `${folder}/${target}.target.wants`]);
    }
  }
  await run(["rm", "-rf", "/usr/lib/systemd/system-generators"]);
}

async function get(path: string): Promise<Response | null> {
  try {
    return await fetch(URL_OF_SERVICE + path, { headers: { authorization: `Bearer ${TOKEN}` } });
  } catch {
    // Nobody listens: not yet, or no more.
    return null;
  }
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < TRIES_MOST; tries++) {
    if (await holds()) return;
    await sleep(TRY_AGAIN_MS);
  }
  throw new Error(`${what}: not after ${TRIES_MOST} tries; it said ${await said()}`);
}

async function said(): Promise<string> {
  try {
    return await Deno.readTextFile(LOG);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function start(): Deno.ChildProcess {
  return new Deno.Command("unshare", {
    args: [
      ...["--pid", "--mount", "--fork", "--mount-proc", "--kill-child"],
      // As container managers do for a systemd: credentials are mounted in one namespace for another.
      ...["--propagation", "shared", SYSTEMD, "--system"],
      ...["--unit=ringside.service", "--log-target=null", "--show-status=no"],
    ],
    env: { container: "lab" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Of the process that a systemd of this guest runs: the one with the unit's words. */
async function pidOfService(): Promise<number> {
  const found = await run(["pgrep", "-f", "main.ts --notify-socket"]);
  return Number(found.split("\n")[0]);
}

async function statusOf(pid: number): Promise<ReadonlyMap<string, string>> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return new Map(
    text.split("\n").map((line) => line.split(":\t") as [string, string]),
  );
}

if (await Deno.stat(SYSTEMD).then(() => true, () => false)) {
  await Deno.writeTextFile(PARANOID, "2");
  await installUnit();
  const manager = start();
  // unshare's only child is process 1 of the namespace.
  const inside = async (...words: string[]): Promise<string> => {
    const pid = (await run(["pgrep", "-P", String(manager.pid)])).trim();
    const enter = ["nsenter", "-t", pid, "-p", "-m", "-r"];
    const env = { SYSTEMD_IGNORE_CHROOT: "1" };
    return (await run([...enter, "systemctl", ...words], env)).trim();
  };
  const property = (name: string): Promise<string> =>
    inside("show", "ringside", "--property", name, "--value");

  await part("start", async () => {
    await until("the unit answers", async () => (await get("/readyz"))?.ok ?? false);
    await until("it is active", async () => await property("ActiveState") === "active");
    const type = await property("Type");
    check(
      type === "notify",
      `it is active by its own word: Type=${type}, ${(await said()).trim()}`,
    );
  });
  await part("confinement", async () => {
    const pid = await pidOfService();
    const status = await statusOf(pid);
    const [uid] = status.get("Uid")!.split("\t");
    check(Number(uid) >= 61184, `its user is one that systemd made for it: ${uid}`);
    for (const set of ["CapEff", "CapPrm", "CapBnd", "CapAmb"]) {
      check(status.get(set) === CAP_PERFMON, `${set} is CAP_PERFMON alone: ${status.get(set)}`);
    }
    check(status.get("NoNewPrivs") === "1", `NoNewPrivs: ${status.get("NoNewPrivs")}`);
    check(status.get("Seccomp") === "2", `a filter of system calls: ${status.get("Seccomp")}`);
    const mounts = await Deno.readTextFile(`/proc/${pid}/mounts`);
    const root = mounts.split("\n").find((line) => line.split(" ")[1] === "/");
    check(/ ro,/.test(root ?? ""), `its root is read-only: ${root?.slice(0, 60)}`);
    const limits = await Deno.readTextFile(`/proc/${pid}/limits`);
    const [soft, hard] = /^Max open files +(\d+) +(\d+)/m.exec(limits)!.slice(1).map(Number);
    // It takes no more than it has memory for.
    check(hard === 65536 && soft! > 12_000, `${soft} descriptors of ${hard}`);
  });
  await part("what it counts", async () => {
    const { status } = await fetch(`${URL_OF_SERVICE}/api/v1/perf`);
    check(status === 401, `nothing without the token that systemd hands over: ${status}`);
    const perf = await counted(async () => await (await get("/api/v1/perf"))!.json());
    check(
      perf.available === true && Math.abs(perf.ipc - 1.5) < 0.01,
      `hardware counters of whole CPUs: ipc ${perf.ipc}, of 1.5; ${perf.reason ?? "no reason"}`,
    );
  });
  await part("what it sees", async () => {
    await get("/");
    // Processes are read once somebody has looked.
    let page = "";
    await until("it shows other users' processes", async () => {
      page = await (await get("/"))!.text();
      return /\bqemu|systemd|unshare|deno\b/.test(page) && />systemd</.test(page);
    });
    check(/>systemd</.test(page), "another user's process, systemd, is on the page");
    const once = await (await get("/api/v1/snapshot"))!.text();
    check(/"filesystem_size_bytes"/.test(once), "filesystems have sizes");
  });
  await part("watchdog", async () => {
    const before = await property("WatchdogTimestampMonotonic");
    await until(
      "it is alive again",
      async () => await property("WatchdogTimestampMonotonic") !== before,
    );
    check(true, "the manager hears that it is alive, again and again");
    const pid = await pidOfService();
    Deno.kill(pid, "SIGSTOP");
    await until("it is started anew", async () => await property("NRestarts") === "1");
    await until("it answers anew", async () => (await get("/readyz"))?.ok ?? false);
    const next = await pidOfService();
    check(next !== pid, `one that stands still is started anew: ${pid} is ${next}`);
  });
  await part("stop", async () => {
    await inside("stop", "ringside");
    const [state, result, code] = await Promise.all(
      ["ActiveState", "Result", "ExecMainStatus"].map(property),
    );
    check(
      state === "inactive" && result === "success" && code === "0",
      `it stops when it is told to: ${state}, ${result}, ${code}`,
    );
  });
  // The guest ends with all that is in it.
} else skip("the unit", `${SYSTEMD} is not installed`);
finish();

/**
 * Who may count what: root and nobody at each level of perf_event_paranoid, and a process with few
 * descriptors. Each is a process of its own; what it may not have, it must say why.
 */
import { check, finish, part, sleep } from "../inside/report.ts";
import type { ProbeAnswer } from "./rights_probe.ts";
import { counted, GuestService } from "../inside/service.ts";

const PROBE = new URL("./rights_probe.ts", import.meta.url).pathname;
const PARANOID = "/proc/sys/kernel/perf_event_paranoid";
const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
const RETRIED_MS = 8000;

async function probe(before: readonly string[]): Promise<ProbeAnswer> {
  const words = [...before, Deno.execPath(), "run", "--allow-all", "--quiet", PROBE];
  const { code, stdout, stderr } = await new Deno.Command(words[0]!, { args: words.slice(1) })
    .output();
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code !== 0) throw new Error(`Cannot run ${words.join(" ")}: ${code} ${complained}`);
  return JSON.parse(said!);
}

function describe({ cycles, problems }: ProbeAnswer): string {
  return `cycles ${cycles}; ${
    problems.map(({ message, remedy }) => `${message} -> ${remedy}`).join("; ")
  }`;
}

/** Lets everybody into the folders that lead to a file: `~/.cache` is closed on many machines. */
function letIn(path: string): void {
  const parts = path.split("/").slice(0, -1);
  for (let i = 2; i <= parts.length; i++) {
    const folder = parts.slice(0, i).join("/");
    const { mode } = Deno.statSync(folder);
    Deno.chmodSync(folder, mode! & 0o7777 | 0o055);
  }
}

// Nobody must find the program and its cache; nothing of this outlives the guest.
const HOME = Deno.env.get("HOME") ?? "/root";
const CACHE = Deno.env.get("DENO_DIR") ?? `${HOME}/.cache/deno`;
for (const path of [PROBE, Deno.execPath(), Deno.realPathSync(Deno.execPath()), `${CACHE}/npm/x`]) {
  letIn(path);
}

for (const level of [3, 2, 1]) {
  await part(`paranoid ${level}`, async () => {
    Deno.writeTextFileSync(PARANOID, String(level));
    const answer = await probe(NOBODY);
    const { problems, cycles } = answer;
    check(cycles === "denied", `nobody at paranoid ${level} is denied: ${describe(answer)}`);
    check(
      problems.length === 1 && /paranoid/.test(`${problems[0]!.message} ${problems[0]!.remedy}`),
      `nobody at paranoid ${level}: one cause, which names the level: ${describe(answer)}`,
    );
    check(answer.userTime === "measured", `nobody at paranoid ${level}: CPU time goes on`);
  });
}
for (const level of [0, -1]) {
  await part(`paranoid ${level}`, async () => {
    Deno.writeTextFileSync(PARANOID, String(level));
    const answer = await probe(NOBODY);
    check(
      answer.cycles === "measured",
      `nobody at paranoid ${level} may count: ${describe(answer)}`,
    );
  });
}
await part("root", async () => {
  Deno.writeTextFileSync(PARANOID, "3");
  const answer = await probe([]);
  check(answer.cycles === "measured", `root at paranoid 3 may count: ${describe(answer)}`);
});
await part("descriptors", async () => {
  Deno.writeTextFileSync(PARANOID, "-1");
  for (const limit of [64, 128]) {
    const answer = await probe([...NOBODY, "prlimit", `--nofile=${limit}:${limit}`]);
    check(
      answer.problems.some(({ message }) => /descriptor/.test(message)) &&
        answer.problems.length < 5,
      `${limit} descriptors: what they cost is said, in ${answer.problems.length} causes for ` +
        `${answer.cpus} CPUs: ${describe(answer)}`,
    );
    const some = limit === 64 || answer.measured > 0;
    check(
      answer.userTime === "measured" && some && answer.measured < answer.quantities,
      `${limit} descriptors: ${answer.measured} of ${answer.quantities} quantities are counted, and CPU time`,
    );
  }
});
await part("raised", async () => {
  Deno.writeTextFileSync(PARANOID, "-1");
  const service = await GuestService.start([...NOBODY, "prlimit", "--nofile=4096:4096"]);
  const first = await counted(() => service.json("/api/v1/perf"));
  Deno.writeTextFileSync(PARANOID, "3");
  // Longer than what was refused is tried again, so that anything that opens anew would have by then.
  await sleep(RETRIED_MS);
  const second = await service.json("/api/v1/perf");
  check(
    first.available === true && second.available === true,
    `nobody's service goes on with what it has open when paranoid is raised to 3: ${
      JSON.stringify([first.reason, second]).slice(0, 200)
    }`,
  );
  const ready = (await service.text("/readyz")).trim();
  const { code, complaints } = await service.stop();
  check(
    ready === "ready" && code === 0 && complaints.length === 0,
    `it is ${ready}, ended with ${code}`,
  );
});
// Out of descriptors it says once that it cannot listen, and listens again.
for (const [level, limit, complaintsMost] of [[2, 4096, 0], [-1, 64, 2]] as const) {
  await part("service", async () => {
    Deno.writeTextFileSync(PARANOID, String(level));
    const service = await GuestService.start([...NOBODY, "prlimit", `--nofile=${limit}:${limit}`]);
    const perf = await service.json("/api/v1/perf");
    check(
      level > 0 ? perf.available === false : perf.reason !== undefined || perf.available,
      `nobody's service at paranoid ${level} with ${limit} descriptors: ${
        JSON.stringify(perf).slice(0, 200)
      }`,
    );
    const ready = (await service.text("/readyz")).trim();
    const { code, complaints } = await service.stop();
    check(
      code === 0 && complaints.length <= complaintsMost,
      `it is ${ready}, ended with ${code} and complained ${complaints.length} times ${
        complaints.slice(0, 3).join("; ")
      }`,
    );
  });
}
finish();

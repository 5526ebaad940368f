/**
 * Resident memory of the whole service with one page open at 1 Hz, beside a bare `Deno.serve` with one
 * idle worker, both running at the same time so that they share what they can.
 *
 * @module
 */
import { Service } from "../service.ts";
import { median } from "./machine.ts";
import type { Result, Size } from "./result.ts";

const OVER_BARE_MIB_MOST = 25;
const MIB_MOST = 80;

export async function memory(size: Size): Promise<Result[]> {
  const seconds = size === "smoke" ? 2 : 60;
  const bare = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-net", new URL("./bare.ts", import.meta.url).pathname],
    stdout: "null",
    stderr: "null",
  }).spawn();
  await using service = await Service.start();
  const page = await fetch(`${service.url}/`);
  await page.text();
  const stream = await fetch(`${service.url}/stream?page=overview`);
  // The stream has no end of its own: it breaks off when the service stops.
  const reading = stream.body!.pipeTo(new WritableStream({})).catch((error) => {
    if (!(error instanceof TypeError)) throw error;
  });
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < seconds; i++) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    if (i < seconds / 2) continue;
    ours.push(await residentMib(service.pid));
    theirs.push(await residentMib(bare.pid));
  }
  bare.kill("SIGTERM");
  await bare.status;
  await service.stop();
  await reading;
  const [own, base] = [median(ours), median(theirs)];
  return [
    { name: "RSS, bare server and idle worker", value: base, unit: "MiB" },
    { name: "RSS, service with one page open", value: own, unit: "MiB", most: MIB_MOST },
    { name: "RSS over bare", value: own - base, unit: "MiB", most: OVER_BARE_MIB_MOST },
  ];
}

async function residentMib(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(status.match(/^VmRSS:\s+(\d+) kB$/m)![1]) / 1024;
}

/**
 * How often a thread of the service is woken: with nobody watching and with one client, beside a bare
 * server with an idle worker. What a thread is woken for costs more than its work where the work is
 * microseconds, and each wake-up may take a CPU out of its sleep.
 *
 * @module
 */
import { Service } from "../service.ts";
import { startBare } from "./bare_server.ts";
import { Crowd } from "./crowd.ts";
import { build } from "./native.ts";
import { ProcessTree } from "./process_tree.ts";
import { medianOf, type Options, type Result, type Size } from "./result.ts";
import { pause, rates, spreadOf } from "./windows.ts";

export async function wakeups(size: Size, { seconds }: Options = {}): Promise<Result[]> {
  const plan = size === "smoke"
    ? { windows: 1, seconds: 1, warmSeconds: 0 }
    : { windows: 6, seconds: seconds ?? 10, warmSeconds: 60 };
  await using bare = await startBare();
  await using service = await Service.start();
  await pause(plan.warmSeconds);
  const results: Result[] = [];
  const count = async (label: string, pid: number): Promise<void> => {
    const tree = new ProcessTree(pid);
    const sleeps = spreadOf(await rates(() => tree.sleeps(), plan));
    const cpu = spreadOf(await rates(() => tree.cpuMs(), plan));
    results.push(
      medianOf(sleeps, { name: `${label}: wake-ups a second`, unit: "x" }),
      medianOf(cpu, { name: `${label}: CPU a second`, unit: "ms" }),
    );
  };
  await count("bare server and idle worker", bare.pid);
  await count("service, nobody watching", service.pid);
  if (await build("crowd") === null) {
    return [...results, { name: "service, one client", missing: "a C compiler (cc)" }];
  }
  await using crowd =
    (await Crowd.start(service.url, 1, { kind: "stream", path: "/stream?page=overview" }))!;
  await crowd.messages(2);
  await pause(plan.warmSeconds);
  await count("service, one client", service.pid);
  return results;
}

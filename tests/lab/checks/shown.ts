/**
 * No check: the whole service on a machine that does something, to be looked at from outside through a
 * forwarded port. It ends when somebody connects to the port after its own.
 */
import { Load } from "../inside/load.ts";
import { sleep } from "../inside/report.ts";
import { GuestService } from "../inside/service.ts";

const PORT = 7878;
const BUSY_MS_MOST = 2500;
const IDLE_MS_MOST = 9000;

/** Busy and idle in turns, of a length that differs. */
async function work(cpu: number): Promise<never> {
  for (;;) {
    await sleep(Math.random() * IDLE_MS_MOST);
    await using _load = new Load(cpu);
    await sleep(Math.random() * BUSY_MS_MOST);
  }
}

const stop = Deno.listen({ hostname: "0.0.0.0", port: PORT + 1 });
const service = await GuestService.start([], [
  "--listen",
  `0.0.0.0:${PORT}`,
  "--insecure-no-auth",
]);
// An emulated CPU takes a real one, and the host has other work.
work(0);
(await stop.accept()).close();
await service.stop();
Deno.exit(0);

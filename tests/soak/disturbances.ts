/** What is done to a service in a soak. Each ends with nothing of its own left open. @module */
import { isCut, type Victim } from "../faults/victim.ts";
import type { Dice } from "./dice.ts";

export type Disturbance = (victim: Victim, dice: Dice) => Promise<void>;

const encoder = new TextEncoder();
const HALF = encoder.encode("GET / HTTP/1.1\r\nHost: loc");
const MB = 2 ** 20;
const LETTERS = new Uint8Array(MB).fill(97);
const INTERVALS = ["100ms", "250ms", "500ms", "1s", "2s"];
/** Everything of every tick, uncompressed: who stops reading it is soon stuck. */
const LARGE = "/api/v1/stream";
const SMALL = "/stream?page=overview";

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function many(
  victim: Victim,
  count: number,
  text: (index: number) => string,
): Promise<Deno.Conn[]> {
  const held = [];
  for (let i = 0; i < count; i++) {
    const connection = await victim.hold(encoder.encode(text(i)));
    if (connection !== null) held.push(connection);
  }
  return held;
}

function stream(path: string, gzip = false): string {
  const encoding = gzip ? "Accept-Encoding: gzip\r\n" : "";
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${encoding}\r\n`;
}

function closeAll(held: readonly Deno.Conn[]): void {
  for (const connection of held) connection.close();
}

/** Asks again while it is turned away: others may have all descriptors just now. */
async function setInterval(victim: Victim, interval: string): Promise<void> {
  while (true) {
    try {
      const response = await fetch(`${victim.url}/interval`, {
        method: "POST",
        headers: { connection: "close" },
        body: new URLSearchParams({ interval }),
        redirect: "manual",
      });
      await response.body?.cancel();
      if (response.status < 400) return;
      if (response.status !== 503) {
        throw new Error(`Cannot set interval ${interval}: status ${response.status}`);
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await pause(100);
  }
}

export const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  "idle connections": async (victim, dice) => {
    const held = await many(victim, dice.between(500, 2500), (i) => i % 2 ? "" : "GET / HT");
    await pause(dice.between(100, 2000));
    closeAll(held);
  },
  "half-sent requests": async (victim, dice) => {
    const held = await many(victim, dice.between(50, 300), () => "");
    for (const connection of held) await connection.write(HALF).catch(() => 0);
    closeAll(held);
  },
  "clients that vanish": async (victim, dice) => {
    for (let i = dice.between(50, 300); i > 0; i--) {
      const request = stream(dice.pick([LARGE, SMALL, "/"]), i % 2 === 0);
      (await victim.hold(encoder.encode(request)))?.close();
    }
  },
  "clients that stop reading": async (victim, dice) => {
    const held = await many(victim, dice.between(100, 600), () => stream(SMALL, true));
    await pause(dice.between(500, 3000));
    closeAll(held);
  },
  "clients that get stuck": async (victim) => {
    // At ten ticks a second they are within seconds, and are cut off half a minute later; whoever
    // asks for another interval meanwhile lets them live longer.
    await setInterval(victim, "100ms");
    const held = await many(victim, 10, () => stream(LARGE));
    await pause(50_000);
    closeAll(held);
  },
  "a large request": async (victim, dice) => {
    const head = dice.pick([
      "GET /?",
      "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ",
      "POST /interval HTTP/1.1\r\nHost: 127.0.0.1\r\n" +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${100 * MB}\r\n\r\n`,
    ]);
    const connection = await victim.hold(encoder.encode(head));
    if (connection === null) return;
    try {
      for (let sent = 0; sent < 100; sent++) {
        for (let at = 0; at < MB;) at += await connection.write(LETTERS.subarray(at));
      }
    } catch (error) {
      if (!isCut(error)) throw error;
    }
    connection.close();
  },
  "a process that is stopped": async (victim, dice) => {
    victim.process.kill("SIGSTOP");
    await pause(dice.between(200, 5000));
    victim.process.kill("SIGCONT");
  },
  "another interval": async (victim, dice) => {
    await setInterval(victim, dice.pick(INTERVALS));
    await pause(dice.between(500, 3000));
  },
  "a crowd of pages": async (victim, dice) => {
    const paths = [
      "/",
      "/cpus",
      "/doctor",
      "/metrics",
      "/api/v1/snapshot",
      "/api/v1/series?page=overview",
    ];
    await Promise.all(
      Array.from({ length: dice.between(10, 40) }, () => victim.ask(dice.pick(paths))),
    );
  },
};

/** As it was at the beginning. */
export async function calm(victim: Victim): Promise<void> {
  await victim.until("/readyz", ({ status }) => status === 200);
  await setInterval(victim, "1s");
}

/**
 * Requests without measure: refused or cut off, without being kept.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { isCut, Victim } from "./victim.ts";

const MB = 2 ** 20;
const MB_SENT = 100;
/** Of resident memory while they come: buffers, and the garbage of a few seconds. */
const GROWTH_MOST = 40 * MB;

const encoder = new TextEncoder();
const LETTERS = new Uint8Array(MB).fill(97);
const LINES = encoder.encode(`X-Line: ${"a".repeat(54)}\r\n`.repeat(MB / 64));
const CHUNK = new Uint8Array([
  ...encoder.encode("100000\r\n"),
  ...LETTERS,
  ...encoder.encode("\r\n"),
]);

interface Request {
  readonly head: string;
  readonly piece: Uint8Array;
  readonly status: RegExp;
}

const HOST = "Host: 127.0.0.1\r\n";
const FORM = "Content-Type: application/x-www-form-urlencoded\r\n";
const LENGTH = `Content-Length: ${MB_SENT * MB}\r\n\r\n`;
const CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

const REQUESTS: Readonly<Record<string, Request>> = {
  "a query": { head: "GET /?", piece: LETTERS, status: /^HTTP\/1.1 4\d\d / },
  "one header": {
    head: `GET / HTTP/1.1\r\n${HOST}X: `,
    piece: LETTERS,
    status: /^HTTP\/1.1 4\d\d /,
  },
  "headers": { head: `GET / HTTP/1.1\r\n${HOST}`, piece: LINES, status: /^HTTP\/1.1 4\d\d / },
  "a body": {
    head: `POST /interval HTTP/1.1\r\n${HOST}${FORM}${LENGTH}`,
    piece: LETTERS,
    status: /^HTTP\/1.1 413 .*Cannot read a body of more than 256 bytes/s,
  },
  "a body in chunks": {
    head: `POST /api/v1/marks HTTP/1.1\r\n${HOST}${FORM}${CHUNKED}`,
    piece: CHUNK,
    status: /^HTTP\/1.1 413 .*Cannot read a body of more than 1536 bytes/s,
  },
  "a body that nobody asked for": {
    head: `POST /nowhere HTTP/1.1\r\n${HOST}${FORM}${CHUNKED}`,
    piece: CHUNK,
    status: /^HTTP\/1.1 404 /,
  },
};

/** Sends until all is sent or the service has closed, and tells what it answered. */
async function send(victim: Victim, { head, piece }: Request): Promise<string> {
  using connection = await victim.connect();
  let answer = "";
  let closed = false;
  const reading = (async () => {
    const into = new Uint8Array(4096);
    const decoder = new TextDecoder();
    try {
      for (let n = await connection.read(into); n !== null; n = await connection.read(into)) {
        answer += decoder.decode(into.subarray(0, n));
        if (isWhole(answer)) break;
      }
    } catch {
      // Reset: what had come by then is the answer.
    }
    closed = true;
  })();
  try {
    await write(connection, encoder.encode(head));
    // Also after the answer: who does not listen goes on sending.
    for (let i = 0; i < MB_SENT && !(closed && answer === ""); i++) await write(connection, piece);
  } catch (error) {
    if (!isCut(error)) throw error;
  }
  await reading;
  return answer;
}

/** Whether the body is as long as the head says. */
function isWhole(answer: string): boolean {
  const [head, body] = answer.split("\r\n\r\n");
  const length = /^content-length: (\d+)$/m.exec(head!)?.[1];
  return body !== undefined && body.length >= Number(length);
}

async function write(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await connection.write(bytes.subarray(done));
}

Deno.test("requests of 100 MB are refused, cost no memory, and ticks go on", async (test) => {
  await using victim = await Victim.start({ args: ["--interval", "100ms"] });
  await victim.ticks(5);
  for (const [name, request] of Object.entries(REQUESTS)) {
    await test.step(name, async () => {
      const before = await victim.resident();
      const sequence = await victim.sequence();
      const answer = await send(victim, request);
      // A reset may overtake the answer to what nobody could read.
      if (answer !== "" || name.startsWith("a body")) assertMatch(answer, request.status);
      const growth = await victim.residentMost() - before;
      assert(growth < GROWTH_MOST, `${name}: ${Math.round(growth / MB)} MiB more`);
      await victim.ticks(1);
      assert(await victim.sequence() > sequence, "no tick came");
    });
  }
  assertEquals(victim.errors.text, "");
  await victim.end();
});

/**
 * The token stays where it was given: no page, answer, log or line of the process says it again, and
 * what it cannot be used for is one line.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { REQUESTS } from "../security/whole_app.ts";
import { SseReader } from "../sse_reader.ts";
import { PrivateFiles, Process, refusal } from "./process.ts";

const TOKEN = "Tk0123456789abcdef0123456789abcdef";
const BEARER = { authorization: `Bearer ${TOKEN}` };

/** Pieces of it too: a message may cut what it quotes. */
function assertNoSecret(text: string, where: string): void {
  for (const piece of [TOKEN.slice(0, 10), TOKEN.slice(-10), btoa(TOKEN).slice(2, 14)]) {
    assert(!text.includes(piece), `${where} holds the token: ${text.slice(0, 200)}`);
  }
}

/** Headers and what there is of the body. */
async function wholeText(response: Response): Promise<string> {
  const head = [...response.headers].join("\n");
  const streams = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
  if (!streams) return head + await response.text();
  const reader = new SseReader(response);
  const { data } = await reader.message();
  await reader.cancel();
  return head + data;
}

async function logIn(url: string, token: string): Promise<Response> {
  const body = new URLSearchParams({ token });
  return await fetch(`${url}/login`, { method: "POST", body, redirect: "manual" });
}

async function searched(service: Process): Promise<void> {
  const { url } = service;
  const session = await logIn(url, TOKEN);
  assertEquals(session.status, 303);
  const cookie = session.headers.get("set-cookie")!;
  assertNoSecret(await wholeText(session), "the answer of the login");
  const browser = { cookie: cookie.split(";")[0]!, accept: "text/html" };
  let answered = 0;
  for (const path of Object.values(REQUESTS).flat()) {
    for (const headers of [BEARER, browser, {}]) {
      const response = await fetch(url + path, { headers, redirect: "manual" });
      if (response.status === 200) answered++;
      assertNoSecret(await wholeText(response), path);
    }
  }
  assert(answered > 50);
  // The token where it does not belong: nothing is quoted of it.
  const strange: readonly [string, RequestInit][] = [
    ["/interval", {
      method: "POST",
      body: new URLSearchParams({ interval: "x" }),
      headers: BEARER,
    }],
    ["/login", { method: "POST", body: TOKEN, headers: { "content-type": "text/plain" } }],
    ["/login", { method: "POST", body: new URLSearchParams([["token", TOKEN], ["token", TOKEN]]) }],
    ["/login", { method: "POST", body: new URLSearchParams({ token: `${TOKEN}x` }) }],
    ["/metrics", { headers: { authorization: `Bearer ${TOKEN}x` } }],
    ["/metrics", { headers: { authorization: `Basic ${btoa(`ringside:${TOKEN}`)}` } }],
    ["/metrics", { headers: { cookie: `ringside=${TOKEN}` } }],
  ];
  for (const [path, init] of strange) {
    const response = await fetch(url + path, { ...init, redirect: "manual" });
    assert(response.status >= 400, `${path} ${response.status}`);
    assertNoSecret(await wholeText(response), path);
  }
  assertNoSecret(await service.stop(), "what the service wrote");
}

Deno.test("a token out of a file anywhere stands in no answer, no log and no list of processes", async () => {
  await using files = new PrivateFiles();
  const path = files.write("token", `${TOKEN}\n`);
  await using service = await Process.start({ args: ["--token-file", path] });
  assertStringIncludes(service.said, "(login by the token of --token-file)\n");
  for (const file of ["cmdline", "environ"]) {
    const args = [`/proc/${service.pid}/${file}`];
    const { stdout } = await new Deno.Command("cat", { args }).output();
    assert(stdout.length > 100);
    assertNoSecret(new TextDecoder().decode(stdout), file);
  }
  await searched(service);
});

Deno.test("a token out of a variable stands in no answer and no log", async () => {
  await using service = await Process.start({ env: { RINGSIDE_TOKEN: TOKEN } });
  assertStringIncludes(service.said, "(login by the token of RINGSIDE_TOKEN)\n");
  await searched(service);
});

Deno.test("a token on the command line is warned of, and stands in no answer and no log", async () => {
  await using service = await Process.start({ args: ["--token", TOKEN] });
  assertMatch(service.said, /\(login by the token of --token, which every user .* can see in ps: /);
  await searched(service);
});

Deno.test("once and doctor neither use nor say a token", async () => {
  for (const command of ["once", "doctor"]) {
    const { code, stdout, stderr } = await refusal({
      args: [command],
      env: { RINGSIDE_TOKEN: TOKEN },
    });
    assert(code <= 1 && stdout.length > 100, stderr);
    assertNoSecret(stdout + stderr, command);
  }
});

Deno.test("a token or a file that cannot be used is one line, exit code 2, and nothing of its content", async () => {
  await using files = new PrivateFiles();
  const open = files.write("open", TOKEN, 0o644);
  const short = files.write("short", TOKEN.slice(0, 12));
  const lines = files.write("lines", `${TOKEN}\n${TOKEN}\n`);
  const empty = files.write("empty", "\n");
  const needed =
    "needs 16 to 512 characters that cannot be guessed, such as openssl rand -hex 16 prints";
  const cases: readonly [string, string][] = [
    [
      "/nowhere/token",
      'Cannot use --token-file: cannot open "/nowhere/token": ENOENT, no such file, directory or event',
    ],
    ["/etc", 'Cannot use --token-file: cannot read "/etc": EISDIR'],
    [
      open,
      `Cannot use --token-file "${open}": every user of this machine may read it, needs a file that ` +
      `only the service reads, by chmod o-rwx ${open}`,
    ],
    [short, `Cannot use the token of --token-file "${short}": it has 12 characters, ${needed}`],
    [empty, `Cannot use the token of --token-file "${empty}": it is empty, ${needed}`],
    [lines, `Cannot use the token of --token-file "${lines}": it holds blanks, several lines or`],
  ];
  for (const [path, begins] of cases) {
    const { code, stdout, stderr } = await refusal({ args: ["--token-file", path] });
    assertEquals([code, stdout, stderr.trimEnd().split("\n").length], [2, "", 1], stderr);
    assert(stderr.startsWith(begins), stderr);
    assertNoSecret(stderr, path);
  }
});

/** The service over TLS: what it is reached by, which names it answers for, and files that do not do. @module */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SseReader } from "../sse_reader.ts";
import { PrivateFiles, Process, refusal, tlsFixture } from "./process.ts";

const TOKEN = "Tk0123456789abcdef0123456789abcdef";
const BEARER = { authorization: `Bearer ${TOKEN}` };
const CA = await tlsFixture("ca");
/** Of the key. */
const SECRET = (await tlsFixture("key")).split("\n")[1]!.slice(0, 20);

interface Pair {
  readonly cert: string;
  readonly key: string;
}

async function pair(files: PrivateFiles): Promise<Pair> {
  return {
    cert: files.write("cert", await tlsFixture("cert"), 0o644),
    key: files.write("key", await tlsFixture("key")),
  };
}

function tlsArgs({ cert, key }: Pair): readonly string[] {
  return ["--tls-cert", cert, "--tls-key", key];
}

/** The status of an answer to these lines, over TLS without HTTP/2, or without TLS. */
async function statusOf(service: Process, lines: readonly string[], tls = true): Promise<string> {
  const { port } = service;
  const connection = tls
    ? await Deno.connectTls({
      hostname: "localhost",
      port,
      caCerts: [CA],
      alpnProtocols: ["http/1.1"],
    })
    : await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  const bytes = new Uint8Array(4096);
  const count = await connection.read(bytes);
  connection.close();
  return new TextDecoder().decode(bytes.subarray(0, count ?? undefined)).split("\r\n")[0]!
    .split(" ")[1]!;
}

/** Leads every name that a client asks for to one port: as somebody does who has the name. */
function proxyTo(port: number): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void (async () => {
    const client = await listener.accept();
    await client.read(new Uint8Array(4096));
    await client.write(new TextEncoder().encode("HTTP/1.1 200 Connected\r\n\r\n"));
    const server = await Deno.connect({ hostname: "127.0.0.1", port });
    const ways = [client.readable.pipeTo(server.writable), server.readable.pipeTo(client.writable)];
    await Promise.allSettled(ways);
  })();
  return listener;
}

Deno.test("https: pages, a login whose cookie stays under TLS, streams, and both versions of HTTP", async () => {
  await using files = new PrivateFiles();
  const token = files.write("token", TOKEN);
  const args = [...tlsArgs(await pair(files)), "--token-file", token, "--interval", "100ms"];
  await using service = await Process.start({ args });
  assertMatch(service.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  for (const http2 of [true, false]) {
    using client = Deno.createHttpClient({ caCerts: [CA], http2, http1: !http2 });
    const page = await fetch(service.url, { client, headers: { accept: "text/html" } });
    assertEquals([page.status, new URL(page.url).pathname], [200, "/login"]);
    await page.body?.cancel();
    const login = await fetch(`${service.url}/login`, {
      client,
      method: "POST",
      body: new URLSearchParams({ token: TOKEN }),
      redirect: "manual",
    });
    const cookie = login.headers.get("set-cookie")!;
    assertMatch(cookie, /^__Host-ringside-[\w-]+=[0-9a-f]{64}; Path=\/; .*; Secure$/);
    await login.body?.cancel();
    const stream = await fetch(`${service.url}/api/v1/stream`, {
      client,
      headers: { cookie: cookie.split(";")[0]! },
    });
    const reader = new SseReader(stream);
    // One that is late on a busy machine comes after a replay of what was missed.
    await reader.named("message");
    await reader.named("message");
    await reader.cancel();
    assertEquals(
      (await fetch(`${service.url}/healthz`, { client })).headers.get("strict-transport-security"),
      null,
    );
  }
});

Deno.test("over TLS and without, only names of this service are answered, in whatever place they stand", async () => {
  await using files = new PrivateFiles();
  await using secure = await Process.start({ args: tlsArgs(await pair(files)) });
  await using plain = await Process.start();
  for (const [service, tls] of [[secure, true], [plain, false]] as const) {
    const port = service.port;
    const cases: readonly [readonly string[], string][] = [
      [["GET /healthz HTTP/1.1", `Host: localhost:${port}`], "200"],
      [["GET /healthz HTTP/1.1", "Host: 127.0.0.1"], "200"],
      // Its port may be another one's: a tunnel's.
      [["GET /healthz HTTP/1.1", "Host: localhost:1"], "200"],
      [["GET /healthz HTTP/1.1", "Host: evil.example"], "421"],
      [["GET /healthz HTTP/1.1", `Host: evil.example:${port}`], "421"],
      [["GET /healthz HTTP/1.1", "Host: localhost.evil.example"], "421"],
      [["GET /healthz HTTP/1.1", "Host: "], "421"],
      [["GET /healthz HTTP/1.1", "Host: local host"], "421"],
      [["GET /healthz HTTP/1.1", "Host: user@localhost"], "421"],
      [["GET /healthz HTTP/1.1", "Host: localhost/x?"], "421"],
      [["GET /healthz HTTP/1.1", "Host: localhost", "Host: evil.example"], "400"],
      // An absolute form names a host of its own; both must be right.
      [["GET http://localhost/healthz HTTP/1.1", "Host: localhost"], "200"],
      [["GET http://evil.example/healthz HTTP/1.1", "Host: localhost"], "421"],
      [["GET http://localhost/healthz HTTP/1.1", "Host: evil.example"], "421"],
      [["CONNECT evil.example:80 HTTP/1.1", "Host: localhost"], "421"],
      // No browser leaves it out, and no page can make one do so.
      [["GET /healthz HTTP/1.0"], "200"],
    ];
    for (const [lines, status] of cases) {
      assertEquals(await statusOf(service, lines, tls), status, lines.join(" | "));
    }
  }
  // HTTP/2 has an authority in the place of the header.
  using client = Deno.createHttpClient({ caCerts: [CA], http2: true, http1: false });
  assertEquals(await (await fetch(`${secure.url}/healthz`, { client })).text(), "ok\n");
  using proxy = proxyTo(secure.port);
  using lost = Deno.createHttpClient({
    caCerts: [CA],
    http2: true,
    http1: false,
    proxy: { url: `http://127.0.0.1:${proxy.addr.port}` },
  });
  const response = await fetch("https://evil.example/healthz", { client: lost });
  assertEquals(response.status, 421);
  await response.body?.cancel();
});

Deno.test("--allow-host adds a name", async () => {
  await using service = await Process.start({ args: ["--allow-host", "db-07.example.net"] });
  const lines = (host: string): readonly string[] => ["GET /healthz HTTP/1.1", `Host: ${host}`];
  assertEquals(await statusOf(service, lines("DB-07.example.net:80"), false), "200");
  assertEquals(await statusOf(service, lines("db-08.example.net"), false), "421");
});

Deno.test("plain HTTP at the door of TLS gets nothing, and the service goes on", async () => {
  await using files = new PrivateFiles();
  await using service = await Process.start({ args: tlsArgs(await pair(files)) });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: service.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const bytes = new Uint8Array(4096);
  const count = await connection.read(bytes);
  const answer = new TextDecoder().decode(bytes.subarray(0, count ?? undefined));
  assert(!answer.includes("HTTP/1.1 200"), answer);
  connection.close();
  using client = Deno.createHttpClient({ caCerts: [CA] });
  assertEquals(await (await fetch(`${service.url}/healthz`, { client })).text(), "ok\n");
});

Deno.test("files that do not do for TLS are one line each, and nothing of a key", async () => {
  await using files = new PrivateFiles();
  const { cert, key } = await pair(files);
  const other = files.write("other", await tlsFixture("other_key"));
  const text = files.write("text", "hello\n");
  const open = files.write("open", await tlsFixture("key"), 0o644);
  const damaged = files.write("damaged", (await tlsFixture("cert")).replace(/\n[A-Z]/i, "\n!"));
  const cases: readonly [Pair, string, number][] = [
    [
      { cert: "/nowhere/cert", key },
      'Cannot use --tls-cert: cannot open "/nowhere/cert": ENOENT',
      2,
    ],
    [{ cert, key: "/nowhere/key" }, 'Cannot use --tls-key: cannot open "/nowhere/key": ENOENT', 2],
    [
      { cert, key: open },
      `Cannot use --tls-key "${open}": every user of this machine may read it`,
      2,
    ],
    [{ cert: text, key }, "the file of --tls-cert holds no certificate, needs one in PEM", 2],
    [{ cert: key, key }, "the file of --tls-cert holds no certificate, needs one in PEM", 2],
    [{ cert, key: text }, "the file of --tls-key holds no key, needs one in PEM without", 2],
    [{ cert, key: other }, "the key of --tls-key does not belong to the certificate", 2],
    [{ cert: damaged, key }, "the certificate of --tls-cert is damaged", 2],
  ];
  for (const [files, words, exitCode] of cases) {
    const { code, stdout, stderr } = await refusal({
      args: ["--listen", "127.0.0.1:0", ...tlsArgs(files)],
    });
    assertEquals([code, stdout, stderr.trimEnd().split("\n").length], [exitCode, "", 1], stderr);
    assertStringIncludes(stderr, words);
    assert(!stderr.includes(SECRET), stderr);
  }
});

Deno.test("a token is enough to listen beyond loopback, and nothing is answered there without it", async () => {
  await using files = new PrivateFiles();
  const args = ["--listen", "0.0.0.0:0", "--token-file", files.write("token", TOKEN)];
  await using service = await Process.start({ args });
  assertStringIncludes(service.said, ", which goes through the network unencrypted)\n");
  const url = `http://127.0.0.1:${service.port}`;
  const refused = await fetch(`${url}/metrics`);
  assertEquals(refused.status, 401);
  await refused.body?.cancel();
  const answered = await fetch(`${url}/metrics`, { headers: BEARER });
  assertEquals(answered.status, 200);
  await answered.body?.cancel();
  for (const [path, word] of [["/healthz", "ok\n"], ["/readyz", "ready\n"]] as const) {
    assertEquals(await (await fetch(url + path)).text(), word);
  }
});

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { GZIP_BYTES_LEAST } from "../../routes/answer.ts";
import { StaticFiles } from "../../routes/static_files.ts";
import { startHost } from "./host.ts";

// printf 'let a;' | sha256sum
const PATH = "/static/a.f355802c.js";

Deno.test("a static file may be kept for ever under the name of its content", async () => {
  const { app } = startHost();
  const response = await app.request(PATH);
  assertEquals([response.status, await response.text()], [200, "let a;"]);
  assertEquals(response.headers.get("content-type"), "text/javascript; charset=utf-8");
  assertEquals(response.headers.get("cache-control"), "public, max-age=31536000, immutable");
  assertEquals(response.headers.get("etag"), '"f355802c"');
});

Deno.test("a static file that the caller has is not sent again", async () => {
  const { app } = startHost();
  const response = await app.request(PATH, { headers: { "if-none-match": 'W/"f355802c"' } });
  assertEquals([response.status, response.body], [304, null]);
  assertEquals(response.headers.get("vary"), "accept-encoding");
  const other = await app.request(PATH, { headers: { "if-none-match": '"00000000"' } });
  assertEquals(other.status, 200);
});

Deno.test("a static file of another version is not found", async () => {
  const { app } = startHost();
  for (const path of ["/static/a.00000000.js", "/static/a.js", "/static/", "/static/..%2fa"]) {
    assertEquals((await app.request(path)).status, 404, path);
  }
});

Deno.test("a static file is gzipped where that is accepted and worth it", async () => {
  const content = new TextEncoder().encode("a".repeat(2000));
  const files = await StaticFiles.of({ "long.css": content });
  const { app } = startHost({ files });
  const path = files.url("long.css");
  const gzip = await app.request(path, { headers: { "accept-encoding": "gzip" } });
  assertEquals(gzip.headers.get("content-encoding"), "gzip");
  assertEquals(gzip.headers.get("content-type"), "text/css; charset=utf-8");
  assertEquals(gzip.headers.get("vary"), "accept-encoding");
  const body = gzip.body!.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(body).text(), "a".repeat(2000));
  const plain = await app.request(path);
  assertEquals(plain.headers.get("content-encoding"), null);
  assertEquals((await plain.arrayBuffer()).byteLength, 2000);
});

Deno.test("what hardly becomes smaller is sent as it is", async () => {
  const lengths = { "least.css": GZIP_BYTES_LEAST, "less.css": GZIP_BYTES_LEAST - 1 };
  for (const [name, length] of Object.entries(lengths)) {
    const files = await StaticFiles.of({ [name]: new TextEncoder().encode("a".repeat(length)) });
    const { app } = startHost({ files });
    const headers = { "accept-encoding": "gzip" };
    const answer = await app.request(files.url(name), { headers });
    assertEquals(answer.headers.get("content-encoding"), name === "least.css" ? "gzip" : null);
    assertEquals(answer.headers.get("vary"), "accept-encoding");
  }
});

Deno.test("StaticFiles links what it has, and nothing else", async () => {
  const files = await StaticFiles.of({ "a.min.css": new TextEncoder().encode("let a;") });
  assertEquals(files.url("a.min.css"), "/static/a.min.f355802c.css");
  assertEquals(files.find("/static/a.min.css"), undefined);
  assertThrows(() => files.url("jquery.js"), Error, 'Cannot link "jquery.js"');
  await assertRejects(
    () => StaticFiles.of({ "a.exe": new Uint8Array() }),
    Error,
    'Cannot serve "a.exe"',
  );
});

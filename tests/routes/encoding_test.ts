import { assert, assertEquals } from "@std/assert";
import { acceptsGzip, Encoded, GZIP_HEADER } from "../../routes/encoding.ts";

async function gunzip(chunks: readonly Uint8Array<ArrayBuffer>[]): Promise<string> {
  const stream = new Blob([...chunks]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(stream).text();
}

Deno.test("Encoded.gzip is a whole file, made once", async () => {
  const encoded = new Encoded("näher ".repeat(100));
  assertEquals(await gunzip([encoded.gzip()]), "näher ".repeat(100));
  assert(encoded.gzip() === encoded.gzip());
});

Deno.test("blocks of Encoded stand for themselves: any of them may follow a header", async () => {
  const blocks = ["one ", "two ", "three "].map((text) => new Encoded(text.repeat(50)).block());
  const decompress = new DecompressionStream("gzip");
  const writer = decompress.writable.getWriter();
  const reader = decompress.readable.pipeThrough(new TextDecoderStream()).getReader();
  writer.write(GZIP_HEADER);
  // Read after each write: a block is decoded without the next one, and without those before.
  writer.write(blocks[1]!);
  assertEquals((await reader.read()).value, "two ".repeat(50));
  writer.write(blocks[2]!);
  assertEquals((await reader.read()).value, "three ".repeat(50));
  await reader.cancel();
});

Deno.test("GZIP_HEADER has ten bytes and no optional field", () => {
  assertEquals([...GZIP_HEADER], [31, 139, 8, 0, 0, 0, 0, 0, 0, 255]);
});

Deno.test("acceptsGzip reads the header as RFC 9110 means it", () => {
  const cases: readonly [string | undefined, boolean][] = [
    [undefined, false],
    ["", false],
    ["gzip", true],
    ["gzip, deflate, br, zstd", true],
    ["br;q=1.0, GZIP;q=0.5", true],
    ["gzip;q=0", false],
    ["gzip; q=0.000", false],
    ["gzip;q=0.001", true],
    ["br", false],
    ["*", false],
    ["x-gzip", true],
    ["agzip", false],
  ];
  for (const [header, accepted] of cases) assertEquals(acceptsGzip(header), accepted, header);
});

import { assert, assertEquals, assertRejects } from "@std/assert";
import { readHandedFiles } from "../../collectors/sampling/handed_files.ts";

/** Readable by everybody on any Linux, and by its owner alone. */
const OPEN = "/proc/version";
const PRIVATE = "/proc/self/environ";

Deno.test("readHandedFiles() reads files outside of what Deno may read, in their order", async () => {
  const rights = await Deno.permissions.query({ name: "read", path: OPEN });
  const files = await readHandedFiles([PRIVATE, OPEN]);
  assertEquals(files.map(({ path }) => path), [PRIVATE, OPEN]);
  assertEquals(files.map(({ othersMayRead }) => othersMayRead), [false, true]);
  assert(files[1]!.text.startsWith("Linux version"), `${rights.state}: ${files[1]!.text}`);
});

Deno.test("readHandedFiles() says in one line which file cannot be read, and why", async () => {
  const cases = [
    ["/nowhere/token", 'Cannot open "/nowhere/token": ENOENT'],
    ["/proc", 'Cannot read "/proc": EISDIR'],
    ["/dev/zero", 'Cannot read "/dev/zero": it is larger than 65536 bytes, needs less'],
    ["/proc/version\0", 'Cannot open "/proc/version\0": EINVAL'],
  ] as const;
  for (const [path, begins] of cases) {
    const { message } = await assertRejects(() => readHandedFiles([OPEN, path]), Error);
    assert(message.startsWith(begins), message);
    assertEquals(message.split("\n").length, 1);
  }
});

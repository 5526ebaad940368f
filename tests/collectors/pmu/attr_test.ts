import { assertEquals, assertThrows } from "@std/assert";
import { ATTR_BYTES, decodeAttr, encodeAttr, FLAG } from "../../../collectors/pmu/attr.ts";

/** Sixteen bytes a line, as `xxd` shows them. */
function lines(bytes: Uint8Array): string[] {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
  return Array.from(
    { length: Math.ceil(hex.length / 16) },
    (_, line) => hex.slice(line * 16, line * 16 + 16).join(" "),
  );
}

Deno.test("encodeAttr() puts every field where the C structure has it", () => {
  const bytes = encodeAttr({
    type: 0x04030201,
    config: 0x18171615_14131211n,
    config1: 0x28272625_24232221n,
    config2: 0x38373635_34333231n,
    config3: 0x48474645_44434241n,
    readFormat: 0xf,
    flags: FLAG.disabled | FLAG.excludeKernel | FLAG.excludeGuest,
  });
  assertEquals(lines(bytes), [
    "01 02 03 04 88 00 00 00 11 12 13 14 15 16 17 18", // type, size 136, config
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", // sample_period, sample_type
    "0f 00 00 00 00 00 00 00 21 00 10 00 00 00 00 00", // read_format, flag bits 0, 5 and 20
    "00 00 00 00 00 00 00 00 21 22 23 24 25 26 27 28", // wakeup, bp_type, config1
    "31 32 33 34 35 36 37 38 00 00 00 00 00 00 00 00", // config2
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
    "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
    "41 42 43 44 45 46 47 48", // config3 ends at 136
  ]);
});

Deno.test("encodeAttr() leaves everything zero that is not asked for", () => {
  const bytes = encodeAttr({ type: 1, config: 0n, readFormat: 0, flags: 0 });
  const set = [...bytes.entries()].filter(([, byte]) => byte !== 0);
  assertEquals(set, [[0, 1], [4, 136]]);
});

Deno.test("decodeAttr() reads back what encodeAttr() wrote", () => {
  const attr = {
    type: 0xffff_ffff,
    config: 0xffff_ffff_ffff_ffffn,
    config1: 1n,
    config2: 1n << 63n,
    config3: 3n,
    readFormat: 0x1f,
    flags: 0x8000_0001,
  };
  assertEquals(decodeAttr(encodeAttr(attr)), attr);
});

Deno.test("decodeAttr() reads a view into larger memory", () => {
  const memory = new Uint8Array(ATTR_BYTES + 3);
  memory.set(encodeAttr({ type: 7, config: 9n, readFormat: 0, flags: 0 }), 3);
  assertEquals(decodeAttr(memory.subarray(3)).config, 9n);
});

Deno.test("decodeAttr() takes config2 of the first, shorter structure as zero", () => {
  const bytes = encodeAttr({ type: 1, config: 3n, config2: 5n, readFormat: 0, flags: 0 });
  new DataView(bytes.buffer).setUint32(4, 64, true);
  assertEquals(decodeAttr(bytes).config2, 0n);
  assertEquals(decodeAttr(bytes).config, 3n);
});

Deno.test("decodeAttr() takes config3 of a structure before Linux 6.3 as zero", () => {
  const bytes = encodeAttr({ type: 1, config: 3n, config3: 5n, readFormat: 0, flags: 0 });
  assertEquals(decodeAttr(bytes).config3, 5n);
  new DataView(bytes.buffer).setUint32(4, 128, true);
  assertEquals(decodeAttr(bytes).config3, 0n);
});

Deno.test("decodeAttr() refuses a size that no kernel had", () => {
  const bytes = encodeAttr({ type: 1, config: 0n, readFormat: 0, flags: 0 });
  assertThrows(() => decodeAttr(bytes.slice(0, 63)), RangeError, "size 0 in 63 bytes");
  assertThrows(() => decodeAttr(bytes.slice(0, 100)), RangeError, "size 136 in 100 bytes");
});

Deno.test("encodeAttr() refuses numbers that have no room in their field", () => {
  const attr = { type: 1, config: 0n, readFormat: 0, flags: 0 };
  for (
    const [bad, message] of [
      [{ ...attr, type: -1 }, "type is -1, needs 32 bits"],
      [{ ...attr, type: 2 ** 32 }, "type is 4294967296, needs 32 bits"],
      [{ ...attr, flags: 1.5 }, "flags is 1.5, needs 32 bits"],
      [{ ...attr, config: 1n << 64n }, "config is 18446744073709551616, needs 64 bits"],
      [{ ...attr, config1: -1n }, "config1 is -1, needs 64 bits"],
      [{ ...attr, config3: 1n << 64n }, "config3 is 18446744073709551616, needs 64 bits"],
    ] as const
  ) {
    assertThrows(() => encodeAttr(bad), RangeError, message);
  }
});

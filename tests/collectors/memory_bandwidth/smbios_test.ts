import { assert, assertEquals } from "@std/assert";
import { type MemoryDevice, parseSmbios } from "../../../collectors/memory_bandwidth/smbios.ts";
import {
  bios,
  DDR5,
  END,
  joined,
  memoryDevice,
  ROW_OF_CHIPS,
  type Slot,
  structure,
  table,
} from "../../fixtures/smbios/tables.ts";

const GIB = 2 ** 30;

function one(slot: Slot): MemoryDevice {
  const { devices } = parseSmbios(table([slot]));
  assertEquals(devices.length, 1);
  return devices[0]!;
}

Deno.test("smbios reads a module with its names, its size and its speeds", () => {
  assertEquals(
    one({
      locator: "DIMM 1",
      bank: "P0 CHANNEL A",
      size: 16384,
      type: DDR5,
      speed: 4800,
      configured: 4400,
    }),
    {
      bytes: 16 * GIB,
      locator: "DIMM 1",
      bank: "P0 CHANNEL A",
      kind: "dram",
      isModule: true,
      isDdr5: true,
      dataBits: 64,
      ratedMts: 4800,
      configuredMts: 4400,
    },
  );
});

Deno.test("smbios tells an empty slot from one of unknown size", () => {
  assertEquals(one({ size: 0 }).bytes, 0);
  assertEquals(one({ size: 0xffff }).bytes, undefined);
});

Deno.test("smbios reads sizes in KiB and sizes that do not fit", () => {
  assertEquals(one({ size: 0x8000 | 512 }).bytes, 512 * 1024);
  assertEquals(one({ size: 0x7fff, extendedSize: 65536 }).bytes, 64 * GIB);
});

Deno.test("smbios reads speeds that do not fit, and takes none from zeros", () => {
  const fast = one({
    speed: 0xffff,
    extendedSpeed: 70_000,
    configured: 0xffff,
    extendedConfigured: 66_000,
  });
  assertEquals([fast.ratedMts, fast.configuredMts], [70_000, 66_000]);
  const unknown = one({ speed: 0, configured: 0 });
  assertEquals([unknown.ratedMts, unknown.configuredMts], [undefined, undefined]);
  assertEquals(one({ configured: 0xffff }).configuredMts, undefined);
});

Deno.test("smbios reads structures of older versions as far as they go", () => {
  // 2.3 ends after the speed, 2.6 after the attributes.
  for (const length of [0x1b, 0x1c]) {
    const old = one({ length, locator: "DIMM0", size: 4096 });
    assertEquals([old.bytes, old.ratedMts, old.configuredMts], [4 * GIB, 3200, undefined]);
    assertEquals(old.locator, "DIMM0");
  }
  assertEquals(one({ length: 0x1c, size: 0x7fff }).bytes, undefined);
  assertEquals(one({ length: 0x22, configured: 0xffff }).configuredMts, undefined);
  const shortest = one({ length: 4 });
  assertEquals([shortest.bytes, shortest.locator, shortest.dataBits], [undefined, "", undefined]);
});

Deno.test("smbios tells memory from flash, from persistent memory and from memory on the package", () => {
  const kinds = [{ type: 0x09 }, { technology: 0x07 }, { type: 0x1f }, { type: 0x21 }, {}].map((
    slot,
  ) => one(slot).kind);
  assertEquals(kinds, ["other", "other", "other", "hbm", "dram"]);
  assertEquals(one({ formFactor: ROW_OF_CHIPS }).isModule, false);
});

Deno.test("smbios finds a string by its number, and none where the number is too high", () => {
  const fields = new Uint8Array(0x1b - 4);
  fields[0x10 - 4] = 3;
  fields[0x11 - 4] = 200;
  const parsed = parseSmbios(structure(17, fields, ["a", "b", "  DIMM_C1 "]));
  assertEquals([parsed.devices[0]?.locator, parsed.devices[0]?.bank], ["DIMM_C1", ""]);
});

Deno.test("smbios keeps control letters and endless names out of messages", () => {
  const name = `A\x1b[31m\xff${"x".repeat(300)}`;
  const { locator } = one({ locator: name });
  assert(/^A\?\[31m\?\?x+$/.test(locator), locator);
  assertEquals(locator.length, 64);
});

Deno.test("smbios says that a machine is virtual where the firmware does", () => {
  assertEquals(parseSmbios(bios(true)).isVirtual, true);
  assertEquals(parseSmbios(bios(false)).isVirtual, false);
  // Firmware before 2.4 has no such byte.
  assertEquals(parseSmbios(structure(0, new Uint8Array(0x0e).fill(0xff))).isVirtual, false);
});

Deno.test("smbios stops at the end of the table, and at a length that cannot be", () => {
  const module = memoryDevice({ locator: "A" });
  assertEquals(parseSmbios(joined([module, END, module])).devices.length, 1);
  for (const length of [0, 3]) {
    const broken = joined([module, new Uint8Array([17, length, 0, 0, 0, 0]), module]);
    assertEquals(parseSmbios(broken).devices.length, 1);
  }
  assertEquals(parseSmbios(joined([module, new Uint8Array([17, 255, 0, 0])])).devices.length, 1);
  assertEquals(parseSmbios(new Uint8Array(0)), { devices: [], isVirtual: false });
});

Deno.test("smbios reads a last structure whose strings have no end", () => {
  const module = memoryDevice({ locator: "DIMM_A1", bank: "BANK 0" });
  const cut = module.subarray(0, module.length - 2);
  assertEquals(parseSmbios(cut).devices[0]?.bank, "BANK 0");
});

Deno.test("smbios never throws and never loops, whatever a table holds", () => {
  const sound = table([
    { locator: "DIMM_A1", bank: "NODE 0" },
    { size: 0x7fff, extendedSize: 65536, configured: 0xffff, extendedConfigured: 6400 },
  ]);
  let state = 1;
  const roll = (most: number): number => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0;
    return (state >>> 8) % most;
  };
  for (let round = 0; round < 3000; round++) {
    const bytes = sound.slice(0, round % 3 === 0 ? roll(sound.length + 1) : sound.length);
    for (let i = 0; i < 6 && bytes.length > 0; i++) bytes[roll(bytes.length)] = roll(256);
    const { devices } = parseSmbios(bytes);
    assert(devices.length <= bytes.length / 4);
    for (const { bytes: size, locator, configuredMts } of devices) {
      assert(size === undefined || Number.isFinite(size) && size >= 0);
      assert(configuredMts === undefined || configuredMts > 0);
      assert(locator.length <= 64);
    }
  }
  for (let length = 0; length < 300; length++) {
    parseSmbios(Uint8Array.from({ length }, () => roll(256)));
  }
});

Deno.test("smbios reads a table that stands inside a larger buffer", () => {
  const inner = table([{ locator: "DIMM_A1", configured: 2933 }]);
  const outer = joined([new Uint8Array(7).fill(17), inner]).subarray(7);
  assertEquals(parseSmbios(outer).devices[0]?.configuredMts, 2933);
});

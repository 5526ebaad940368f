import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import {
  channelOf,
  type MemoryPeak,
  memoryPeak,
  type NoPeak,
} from "../../../collectors/memory_bandwidth/peak.ts";
import { DDR5, LPDDR5, ROW_OF_CHIPS, type Slot, table } from "../../fixtures/smbios/tables.ts";
import { TextTree } from "../../text_tree.ts";

const TABLE = "/sys/firmware/dmi/tables/DMI";

function read(slots: readonly Slot[], isVirtual = false): MemoryPeak | NoPeak {
  const tree = new TextTree();
  tree.set(TABLE, table(slots, isVirtual));
  const peak = memoryPeak(tree);
  assertEquals(tree.openFiles, 0);
  return peak;
}

function peakOf(slots: readonly Slot[]): MemoryPeak {
  const peak = read(slots);
  assert("channels" in peak, "message" in peak ? peak.message : "");
  return peak;
}

function refusal(slots: readonly Slot[], isVirtual = false): string {
  const peak = read(slots, isVirtual);
  assert("message" in peak, JSON.stringify(peak));
  assertEquals(peak.reason, "not_supported");
  return peak.message;
}

/** All names, for each channel `slots` of them. */
function slots(
  channels: readonly (string | number)[],
  numbers: readonly number[],
  name: (channel: string | number, number: number) => Pick<Slot, "locator" | "bank">,
): Slot[] {
  return channels.flatMap((channel) => numbers.map((number) => name(channel, number)));
}

Deno.test("memory_peak multiplies channels, transfers and bytes, and shows how", () => {
  const modules = slots([..."ABCDEFGH"], [1], (c, n) => ({ locator: `P0_DIMM_${c}${n}` }));
  assertEquals(peakOf(modules), {
    channels: 8,
    transfersPerSecond: 3_200_000_000,
    bytesPerSecond: 204_800_000_000,
    arithmetic: "8 channels × 3200 MT/s × 8 B",
    populated: 8,
    even: true,
  });
});

Deno.test("memory_peak counts a channel once however many modules are in it", () => {
  const modules = slots([..."ABCD"], [1, 2], (c, n) => ({ locator: `CPU1_DIMM_${c}${n}` }));
  const { channels, populated } = peakOf(modules);
  assertEquals([channels, populated], [4, 8]);
});

Deno.test("memory_peak does not count channels whose slots are empty", () => {
  const names = slots([..."ABCDEF"], [1, 2], (c, n) => ({ locator: `CPU1_DIMM_${c}${n}` }));
  const modules = names.map((slot, i) => i % 4 === 0 ? slot : { ...slot, size: 0, configured: 0 });
  const { channels, populated } = peakOf(modules);
  assertEquals([channels, populated], [3, 3]);
});

Deno.test("memory_peak tells channels from the names that makers give to slots", () => {
  const letters = [..."ABCD"];
  const numbers = [0, 1, 2, 3];
  const forms: readonly (readonly [string, Slot[]])[] = [
    ["AMD", slots(letters, [0, 1], (c, n) => ({ locator: `DIMM ${n}`, bank: `P0 CHANNEL ${c}` }))],
    ["one controller", slots(letters, [0], (c, n) => ({ locator: `Channel${c}-DIMM${n}` }))],
    ["board", slots(letters, [1, 2], (c, n) => ({ locator: `DIMM_${c}${n}`, bank: "NODE 0" }))],
    ["node", slots(numbers, [1], (c, n) => ({ locator: `A${n}`, bank: `NODE 0 CHANNEL ${c}` }))],
    [
      "Supermicro",
      slots(numbers, [0, 1], (c, n) => ({
        locator: `P1-DIMM${"ABCD"[Number(c)]}${n + 1}`,
        bank: `P0_Node0_Channel${c}_Dimm${n}`,
      })),
    ],
    ["Gigabyte", slots(letters, [0, 1], (c, n) => ({ locator: `DIMM_P0_${c}${n}` }))],
    [
      "Huawei",
      slots(numbers, [0, 1], (c, n) => ({
        locator: `DIMM0${c}${n} J11`,
        bank: `SOCKET 0 CHANNEL ${c} DIMM ${n}`,
      })),
    ],
    [
      "NUC",
      slots(letters, [0], (c) => ({
        locator: `DIMM ${letters.indexOf(String(c))}`,
        bank: `Channel ${c} Slot 0`,
      })),
    ],
    ["coreboot", slots(numbers, [0, 1], (c, n) => ({ locator: `Channel-${c}-DIMM-${n}` }))],
  ];
  for (const [maker, modules] of forms) {
    const { channels, populated } = peakOf(modules);
    assertEquals([channels, populated], [4, modules.length], maker);
  }
});

Deno.test("memory_peak keeps channels of different sockets, nodes and controllers apart", () => {
  const pairs: readonly (readonly [first: Slot, second: Slot])[] = [
    [{ locator: "P0_DIMM_A1" }, { locator: "P1_DIMM_A1" }],
    [{ locator: "DIMM_A1", bank: "NODE 0" }, { locator: "DIMM_A1", bank: "NODE 1" }],
    [{ locator: "DIMM 0", bank: "P0 CHANNEL A" }, { locator: "DIMM 0", bank: "P1 CHANNEL A" }],
    [{ locator: "Controller0-ChannelA-DIMM0" }, { locator: "Controller1-ChannelA-DIMM0" }],
    [{ locator: "Controller0-DIMMA2", bank: "BANK 0" }, { locator: "Controller1-DIMMB2" }],
    [
      { locator: "P2-DIMMA1", bank: "P1_Node0_Channel0_Dimm0" },
      { locator: "P2-DIMMD1", bank: "P1_Node1_Channel0_Dimm0" },
    ],
  ];
  for (const pair of pairs) assertEquals(peakOf(pair).channels, 2, pair[0].locator);
});

Deno.test("memory_peak makes up no channels where names tell none", () => {
  for (
    const names of [
      slots([1, 2], [1, 12], (c, n) => ({ locator: `PROC ${c} DIMM ${n}` })),
      slots([0, 1], [0], (c) => ({ locator: `DIMM${c}`, bank: `BANK ${c}` })),
      slots([..."AB"], [1, 2], (c, n) => ({ locator: `${c}${n}` })),
      slots([0, 1], [0], (c) => ({ locator: `RAM slot #${c}` })),
      [{}, {}],
    ]
  ) {
    assertStringIncludes(refusal(names), "needs names that tell the channel");
  }
  assertEquals(
    refusal([{ locator: "PROC 1 DIMM 12" }, { locator: "PROC 1 DIMM 10", bank: "Front" }]),
    `Cannot tell the peak of the memory from "${TABLE}": found slots named "PROC 1 DIMM 12", ` +
      `"PROC 1 DIMM 10, Front", needs names that tell the channel`,
  );
});

Deno.test("memory_peak does not take a socket's letter for a channel's", () => {
  // Dell: DIMM_A1 to DIMM_A12 are the slots of socket A, three to a channel.
  const names = slots([..."AB"], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], (c, n) => ({
    locator: `DIMM_${c}${n}`,
    size: n === 1 ? 16384 : 0,
  }));
  assertStringIncludes(refusal(names), "needs names that tell the channel");
});

Deno.test("memory_peak does not believe one name for two modules", () => {
  const twice = [{ locator: "Channel-0-DIMM-0" }, { locator: "Channel-0-DIMM-0" }];
  assertStringIncludes(refusal(twice), "needs names that tell the channel");
});

Deno.test("memory_peak knows the channel of a single module by any name", () => {
  const { channels, arithmetic } = peakOf([{ locator: "DIMM1" }, { locator: "DIMM2", size: 0 }]);
  assertEquals([channels, arithmetic], [1, "1 channel × 3200 MT/s × 8 B"]);
  assertStringIncludes(
    refusal([{ locator: "Motherboard", formFactor: ROW_OF_CHIPS }]),
    "needs names that tell the channel",
  );
});

Deno.test("memory_peak goes by the slowest speed that is set, not by what modules are made for", () => {
  const mixed = [
    { locator: "DIMM_A1", speed: 5600, configured: 4400, type: DDR5 },
    { locator: "DIMM_B1", speed: 4800, configured: 4800, type: DDR5 },
  ];
  assertEquals(peakOf(mixed).transfersPerSecond, 4_400_000_000);
  const faster = [{ locator: "DIMM_A1", speed: 4800, configured: 6000 }];
  assertEquals(peakOf(faster).transfersPerSecond, 6_000_000_000);
});

Deno.test("memory_peak takes half of what a module is made for for its clock", () => {
  for (const [speed, configured] of [[2400, 1200], [3200, 1600], [2933, 1467], [2933, 1466]]) {
    const peak = peakOf([{ locator: "DIMM_A1", speed: speed!, configured: configured! }]);
    assertEquals(peak.transfersPerSecond, speed! * 1e6);
  }
  const slower = [{ locator: "DIMM_A1", speed: 3200, configured: 2133 }];
  assertEquals(peakOf(slower).transfersPerSecond, 2_133_000_000);
});

Deno.test("memory_peak goes by the width that soldered memory has", () => {
  const chips = slots([..."ABCDEFGH"], [0], (c, n) => ({
    locator: `DIMM ${n}`,
    bank: `P0 CHANNEL ${c}`,
  })).map((slot) => ({
    ...slot,
    formFactor: ROW_OF_CHIPS,
    type: LPDDR5,
    dataBits: 32,
    speed: 8532,
    configured: 8000,
  }));
  const { arithmetic, bytesPerSecond } = peakOf(chips);
  assertEquals(arithmetic, "8 channels × 8000 MT/s × 4 B");
  assertEquals(bytesPerSecond, 256_000_000_000);
  assertStringIncludes(
    refusal(chips.map((slot, i) => i === 0 ? { ...slot, dataBits: 0xffff } : slot)),
    'found no data width of "DIMM 0, P0 CHANNEL A"',
  );
});

Deno.test("memory_peak counts no bits of error correction", () => {
  for (const dataBits of [64, 72, 80, 0xffff]) {
    assertEquals(peakOf([{ locator: "DIMM_A1", dataBits }]).bytesPerSecond, 25_600_000_000);
  }
});

Deno.test("memory_peak takes the half of a DDR5 module for the whole, and no other width", () => {
  const ddr5 = { locator: "DIMM_A1", type: DDR5, speed: 4800, configured: 4800 };
  for (const dataBits of [32, 40, 64]) {
    const { arithmetic } = peakOf([{ ...ddr5, dataBits }, { ...ddr5, locator: "DIMM_B1" }]);
    assertEquals(arithmetic, "2 channels × 4800 MT/s × 8 B");
  }
  assertStringIncludes(
    refusal([{ locator: "DIMM_A1", dataBits: 32 }]),
    'found 32 data bits of "DIMM_A1", needs the width of every module',
  );
});

Deno.test("memory_peak says whether every channel holds as much", () => {
  const pair = (first: Slot, second: Slot): boolean =>
    peakOf([{ locator: "DIMM_A1", ...first }, { locator: "DIMM_B1", ...second }]).even;
  assertEquals(pair({}, {}), true);
  assertEquals(pair({ size: 0x7fff, extendedSize: 65536 }, { size: 8192 }), false);
  assertEquals(pair({ size: 0xffff }, { size: 0xffff }), false);
  // Two small modules are as much as a large one.
  const { channels, even } = peakOf([
    { locator: "DIMM_A1", size: 8192 },
    { locator: "DIMM_A2", size: 8192 },
    { locator: "DIMM_B1", size: 16384 },
  ]);
  assertEquals([channels, even], [2, true]);
});

Deno.test("memory_peak leaves out memory behind a CXL link", () => {
  const modules = [{ locator: "P0_DIMM_A1" }, { locator: "P0_DIMM_B1" }];
  for (const link of [{ locator: "CXL 1" }, { locator: "Slot 7", bank: "P0 CXL0" }]) {
    assertEquals(peakOf([...modules, link]).arithmetic, "2 channels × 3200 MT/s × 8 B");
  }
});

Deno.test("memory_peak names the slots that do not tell their channel, and no others", () => {
  const found = refusal([
    { locator: "P0_DIMM_A1" },
    { locator: "P0_DIMM_B1" },
    { locator: "Riser 3" },
  ]);
  assertStringIncludes(found, 'found slots named "Riser 3", needs');
});

Deno.test("memory_peak leaves out flash, persistent memory and memory on the package", () => {
  const { channels, populated } = peakOf([
    { locator: "CPU1_DIMM_A1" },
    { locator: "CPU1_DIMM_A2", technology: 7, configured: 2666 },
    { locator: "CPU1_DIMM_B2", technology: 7, configured: 2666 },
    { locator: "HBM0", type: 0x21, dataBits: 1024, configured: 3200 },
    { locator: "SYSTEM ROM", type: 9, configured: 0 },
    { locator: "CPU1_DIMM_C1" },
  ]);
  assertEquals([channels, populated], [2, 2]);
});

Deno.test("memory_peak of a virtual machine is none", () => {
  const fake = { locator: "DIMM 0", type: 7, speed: 0, configured: 0 };
  assertStringIncludes(refusal([fake]), 'found no configured speed of "DIMM 0"');
  assertStringIncludes(
    refusal([{ locator: "DIMM 0" }], true),
    "found the table of a virtual machine",
  );
});

Deno.test("memory_peak of a table without modules is none", () => {
  assertStringIncludes(refusal([]), "found no memory module");
  assertStringIncludes(refusal([{ locator: "DIMM_A1", size: 0 }]), "found no memory module");
});

Deno.test("memory_peak says who may read the table, and what may hide it", () => {
  const tree = new TextTree();
  const missing = memoryPeak(tree);
  assert("message" in missing);
  assertEquals(missing.reason, "not_supported");
  assertStringIncludes(missing.message, "needs firmware that describes the machine (SMBIOS)");
  tree.fail(TABLE, ERRNO.EACCES);
  const denied = memoryPeak(tree);
  assert("message" in denied);
  assertEquals(denied.reason, "denied");
  assertStringIncludes(denied.remedy!, "CAP_DAC_READ_SEARCH");
  tree.fail(TABLE, 5);
  const broken = memoryPeak(tree);
  assert("message" in broken);
  assertEquals(broken.reason, "failed");
  assertEquals(tree.openFiles, 0);
});

Deno.test("a channel's name does not come from words that only look like it", () => {
  for (const name of ["", "CHASSIS 1", "DIMM", "DIMM_P0", "CHANNEL", "ORCHA", "A1", "DIMM 0"]) {
    assertEquals(channelOf(name, "Not Specified"), undefined, name);
  }
});

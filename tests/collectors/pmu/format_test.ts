import { assertEquals, assertThrows } from "@std/assert";
import {
  deposit,
  encodeEvent,
  extract,
  parseEventTerms,
  parseFormat,
} from "../../../collectors/pmu/format.ts";

Deno.test("parseFormat() reads a word and its bits, ascending", () => {
  for (
    const [text, word, bits] of [
      ["config:21\n", "config", [21]],
      ["config:0-3\n", "config", [0, 1, 2, 3]],
      ["config1:0-2", "config1", [0, 1, 2]],
      ["config2:62-63", "config2", [62, 63]],
      ["config3:5", "config3", [5]],
      // AMD's event number has its upper half elsewhere.
      ["config:0-1,32-33", "config", [0, 1, 32, 33]],
      // perf keeps a set of bits, so their order in the file does not matter.
      ["config:8-9,0-1,1", "config", [0, 1, 8, 9]],
    ] as const
  ) {
    assertEquals(parseFormat(text), { word, bits: [...bits] }, text);
  }
});

Deno.test("parseFormat() refuses everything else in one line", () => {
  for (
    const text of [
      "",
      "config",
      "config:",
      "config4:0-7",
      "config:64",
      "config:60-64",
      "config:7-0",
      "config:0-",
      "config:0,,1",
      "config:0x1",
      "config:0-7 umask",
    ]
  ) {
    assertThrows(() => parseFormat(text), RangeError, "Cannot read format: found");
  }
  assertThrows(
    () => parseFormat("config:64"),
    RangeError,
    'found "config:64", needs config, config1, config2 or config3 and ranges of bits such as',
  );
});

Deno.test("deposit() scatters a value over the field's bits, the lowest first", () => {
  for (
    const [format, value, word] of [
      ["config:0-7", 0xc4n, 0xc4n],
      ["config:8-15", 0x4fn, 0x4f00n],
      // event 0x1a0: 0xa0 in bits 0-7, 1 in bit 32.
      ["config:0-7,32-35", 0x1a0n, 0x1_0000_00a0n],
      // umask 0x101: 1 in bit 8, 1 in bit 40.
      ["config:8-15,40-47", 0x101n, 0x100_0000_0100n],
      ["config1:0-63", 0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn],
      ["config:63", 1n, 0x8000_0000_0000_0000n],
      ["config:3,5,9", 0b101n, 0b10_0000_1000n],
      ["config:18", 0n, 0n],
    ] as const
  ) {
    assertEquals(deposit(parseFormat(format), value), word, `${value} in ${format}`);
  }
});

Deno.test("deposit() refuses a value that is wider than the field", () => {
  const field = parseFormat("config:0-7,32-35");
  assertEquals(deposit(field, 0xfffn), 0xf_0000_00ffn);
  assertThrows(
    () => deposit(field, 0x1000n),
    RangeError,
    "Cannot place 0x1000 in config:0-7,32-35: needs 12 bits or fewer",
  );
  assertThrows(() => deposit(field, -1n), RangeError, "Cannot place -0x1 in");
});

Deno.test("extract() reads back what deposit() scattered, and leaves other bits alone", () => {
  const event = parseFormat("config:0-7,32-35");
  assertEquals(extract(event, 0x5_0000_ff8en), 0x58en);
  for (const value of [0n, 1n, 0x80n, 0x100n, 0xabcn, 0xfffn]) {
    assertEquals(extract(event, deposit(event, value) | 0xff00n), value);
  }
});

Deno.test("parseEventTerms() reads hexadecimal, decimal and missing values", () => {
  for (
    const [text, terms] of [
      ["event=0x3c\n", [["event", 0x3cn]]],
      ["event=0x2e,umask=0x4F", [["event", 0x2en], ["umask", 0x4fn]]],
      ["event=10,edge", [["event", 10n], ["edge", 1n]]],
      ["config=0xffffffffffffffff", [["config", 0xffff_ffff_ffff_ffffn]]],
      ["rdwrmask=0X1", [["rdwrmask", 1n]]],
    ] as const
  ) {
    assertEquals(
      parseEventTerms(text),
      terms.map(([name, value]) => ({ name, value })),
      text,
    );
  }
});

Deno.test("parseEventTerms() refuses everything else, and what only a user can supply", () => {
  for (
    const text of [
      "",
      ",",
      "event=",
      "event=0x",
      "event=0x1,",
      "=1",
      "event=-1",
      "event=1.5",
      "1=2",
    ]
  ) {
    assertThrows(() => parseEventTerms(text), RangeError, "Cannot read event");
  }
  assertThrows(
    () => parseEventTerms("domain=0x2,chip=?"),
    RangeError,
    'Cannot read event "domain=0x2,chip=?": found "chip=?", needs a number, which only the user',
  );
  assertThrows(
    () => parseEventTerms("event=99999999999999999999"),
    RangeError,
    "needs term=number below 2^64",
  );
});

const AMD = new Map([
  ["event", parseFormat("config:0-7,32-35")],
  ["umask", parseFormat("config:8-15")],
  ["edge", parseFormat("config:18")],
  ["cmask", parseFormat("config:24-31")],
  ["ldlat", parseFormat("config1:0-15")],
  ["inv_filter", parseFormat("config3:0-63")],
]);

const NOTHING = { config: 0n, config1: 0n, config2: 0n, config3: 0n };

Deno.test("encodeEvent() puts each term into its word", () => {
  for (
    const [text, words] of [
      ["event=0x1a0,umask=0x1", { config: 0x1_0000_01a0n }],
      ["event=0x18e,umask=0x18", { config: 0x1_0000_188en }],
      ["event=0xcd,edge,cmask=2,ldlat=30", { config: 0x0204_00cdn, config1: 30n }],
      ["inv_filter=0xf", { config3: 0xfn }],
      // Words by their own names, and a field joined to one.
      ["config=0xff00,config2=7,event=0x24", { config: 0xff24n, config2: 7n }],
    ] as const
  ) {
    assertEquals(encodeEvent(parseEventTerms(text), AMD), { ...NOTHING, ...words }, text);
  }
});

Deno.test("encodeEvent() joins fields that overlap", () => {
  const formats = new Map([
    ["low", parseFormat("config:0-7")],
    ["wide", parseFormat("config:4-11")],
  ]);
  assertEquals(encodeEvent(parseEventTerms("low=0x81,wide=0x11"), formats).config, 0x191n);
});

Deno.test("encodeEvent() refuses a term that the PMU does not have, and a value that is too wide", () => {
  assertThrows(
    () => encodeEvent(parseEventTerms("event=1,offcore_rsp=2"), AMD),
    RangeError,
    'found term "offcore_rsp", needs one of event, umask, edge, cmask, ldlat, inv_filter, config,',
  );
  assertThrows(() => encodeEvent(parseEventTerms("umask=0x100"), AMD), RangeError, "8 bits");
});

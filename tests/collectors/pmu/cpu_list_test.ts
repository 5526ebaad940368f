import { assertEquals, assertThrows } from "@std/assert";
import { formatCpuList, parseCpuList } from "../../../collectors/pmu/cpu_list.ts";

Deno.test("parseCpuList() reads what sysfs writes", () => {
  for (
    const [text, numbers] of [
      ["0\n", [0]],
      ["0-3\n", [0, 1, 2, 3]],
      ["0-1,8,10-11\n", [0, 1, 8, 10, 11]],
      ["", []],
      ["\n", []],
      ["8191", [8191]],
      ["3,1,2-3", [1, 2, 3]],
    ] as const
  ) {
    assertEquals(parseCpuList(text), [...numbers], JSON.stringify(text));
  }
});

Deno.test("parseCpuList() refuses everything else", () => {
  for (
    const text of ["-", "0-", "-3", "3-1", "0,,1", "0, 1", "a", "0x1", "8192", "0-99999", "1-2-3"]
  ) {
    assertThrows(() => parseCpuList(text), RangeError, "Cannot read CPU list");
  }
});

Deno.test("parseCpuList() quotes the part that it cannot read", () => {
  assertThrows(
    () => parseCpuList("0-3,x,9"),
    RangeError,
    'Cannot read CPU list "0-3,x,9": found "x", needs numbers and ranges below 8192',
  );
});

Deno.test("formatCpuList() writes the shortest list", () => {
  for (
    const [numbers, text] of [
      [[], ""],
      [[5], "5"],
      [[0, 1], "0-1"],
      [[0, 2, 4], "0,2,4"],
      [[11, 10, 8, 1, 0, 1], "0-1,8,10-11"],
    ] as const
  ) {
    assertEquals(formatCpuList(numbers), text);
  }
});

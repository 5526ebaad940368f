import { assertEquals } from "@std/assert";
import { ascii, Scanner } from "../../../collectors/files/scan.ts";

function scanner(text: string): Scanner {
  const bytes = ascii(text);
  const scan = new Scanner();
  scan.reset(bytes, bytes.length);
  return scan;
}

Deno.test("Scanner.number reads whole numbers after blanks", () => {
  const scan = scanner("  12\t0 18446744073709551615");
  assertEquals([scan.number(), scan.number(), scan.number()], [12, 0, 2 ** 64]);
  assertEquals(scan.done(), true);
});

Deno.test("Scanner.number gives -1 where no counter stands", () => {
  for (const wrong of ["", "   ", "x", "-5", "\n7", "999999999999999999999"]) {
    assertEquals(scanner(wrong).number(), -1, JSON.stringify(wrong));
  }
});

Deno.test("Scanner.decimalInto reads a fraction and refuses half of one", () => {
  const into = new Float64Array(1);
  for (
    const [text, value] of [["0.42", 0.42], ["17", 17], ["3.05 ", 3.05], ["  7.5\n", 7.5]] as const
  ) {
    assertEquals(scanner(text).decimalInto(into, 0), true, text);
    assertEquals(into[0], value);
  }
  for (const wrong of ["3.", ".5", "", "x", "-1.5", `1.${"3".repeat(21)}`]) {
    assertEquals(scanner(wrong).decimalInto(into, 0), false, wrong);
  }
});

Deno.test("Scanner.word and nextLine walk through lines", () => {
  const scan = scanner("cpu0 1\n  eth0: 7\nlast");
  const words: string[] = [];
  while (!scan.done()) {
    const start = scan.word();
    words.push(scan.text(start, scan.at));
    scan.nextLine();
  }
  assertEquals(words, ["cpu0", "eth0:", "last"]);
});

Deno.test("Scanner stops at the length it was given, not at the end of the bytes", () => {
  const scan = new Scanner();
  scan.reset(ascii("12345"), 3);
  assertEquals(scan.number(), 123);
  assertEquals(scan.peek(), -1);
  assertEquals(scan.startsWith(ascii("45"), 3), false);
});

Deno.test("Scanner.lineText quotes no more than a message can bear", () => {
  assertEquals(scanner("short\nnext").lineText(), "short");
  assertEquals(scanner("x".repeat(500)).lineText().length, 120);
});

Deno.test("Scanner.text spells the bytes that are no UTF-8, and leaves the characters beside them", () => {
  const text = (...bytes: number[]): string => {
    const scan = new Scanner();
    scan.reset(Uint8Array.from(bytes), bytes.length);
    return scan.text(0, bytes.length);
  };
  assertEquals(text(0x61, 0xff, 0xc3, 0xa9), "a\\xff\u00e9");
  // A name that is cut inside of its last character.
  assertEquals(text(0xe2, 0x82, 0xac, 0xe2, 0x82), "\u20ac\\xe2\\x82");
});

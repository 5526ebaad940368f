/**
 * What may befall the text of a file, for tests that let files lie. All of it follows from a seed, so a
 * failure comes again.
 *
 * @module
 */

const HUGE_BYTES = 2 << 20;

/** Numbers from 0 to below `most`, always the same for a seed (mulberry32). */
export function dice(seed: number): (most: number) => number {
  let state = seed >>> 0;
  return (most) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

export type Roll = ReturnType<typeof dice>;

/** What may befall the text of a file. */
export const CHANGES: Readonly<Record<string, (text: string, roll: Roll) => string>> = {
  emptied: () => "",
  "cut short": (text, roll) => text.slice(0, roll(text.length + 1)),
  "garbled in places": (text, roll) => {
    const letters = [...text];
    for (let i = 0; i < 8; i++) letters[roll(letters.length + 1)] = "%x- \n:\t/\u00007"[roll(10)]!;
    return letters.join("");
  },
  "full of huge numbers": (text) => text.replaceAll(/\d+/g, "18446744073709551615"),
  "with a number past all bounds": (text, roll) => oneNumber(text, roll, "9".repeat(400)),
  "with a huge number": (text, roll) => oneNumber(text, roll, "9007199254740993"),
  "with a negative number": (text, roll) => oneNumber(text, roll, "-1"),
  "with a zero": (text, roll) => oneNumber(text, roll, "0"),
  "without its blanks": (text) => text.replaceAll(/[ \t]+/g, ""),
  "without its newlines": (text) => text.replaceAll("\n", " "),
  "with its lines backwards": (text) => text.split("\n").toReversed().join("\n"),
  "with a line missing": (text, roll) => {
    const lines = text.split("\n");
    lines.splice(roll(lines.length), 1);
    return lines.join("\n");
  },
  binary: (_, roll) => Array.from({ length: 512 }, () => String.fromCharCode(roll(256))).join(""),
  "repeated to 2 MB": (text) => text.repeat(Math.ceil(HUGE_BYTES / (text.length + 1))),
  "one line of 2 MB": () => "7".repeat(HUGE_BYTES),
};

/** What takes nothing away: numbers that fall, and lines that no kernel writes so. */
export const TWISTS: typeof CHANGES = {
  "with a number that fell": (text, roll) => oneNumber(text, roll, (n) => String(BigInt(n) / 2n)),
  "with a number near 2^64": (text, roll) => oneNumber(text, roll, "18446744073709548016"),
  "with a line twice": (text, roll) => {
    const lines = text.split("\n");
    lines.splice(roll(lines.length), 0, lines[roll(lines.length)]!);
    return lines.join("\n");
  },
  "with ends of lines of another system": (text) => text.replaceAll("\n", "\r\n"),
};

function oneNumber(text: string, roll: Roll, by: string | ((number: string) => string)): string {
  let left = roll((text.match(/\d+/g)?.length ?? 1) + 1);
  return text.replaceAll(
    /\d+/g,
    (number) => left-- !== 0 ? number : typeof by === "string" ? by : by(number),
  );
}

/**
 * Lines of comma-separated values (RFC 4180), for spreadsheets and for programs.
 *
 * @module
 */

/** Empty: there is none. */
export type Cell = string | number | null;

/** Spreadsheets take what begins so for a formula; full-width signs too, where those are typed. */
const FORMULA = /(^|[;|])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;
const MUST_BE_QUOTED = /[",;\r\n]|^\s|\s$/;

/**
 * A line with its end.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { csvLine } from "./csv.ts";
 *
 * assertEquals(csvLine(["a", 'say "b"', -1.5, null]), 'a,"say ""b""",-1.5,\r\n');
 * ```
 */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(",")}\r\n`;
}

/**
 * Names that the machine hands out are somebody's to choose, and a spreadsheet would run one that is a
 * formula: an apostrophe before it makes it a text. So it does behind a semicolon, which sets cells apart
 * where a comma is the sign of decimals.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { plainText } from "./csv.ts";
 *
 * assertEquals(plainText("=1+1"), "'=1+1");
 * assertEquals(plainText("a;@b"), "a;'@b");
 * assertEquals(plainText("dm-0"), "dm-0");
 * ```
 */
export function plainText(text: string): string {
  return text.replace(FORMULA, "$1$2'");
}

function cellText(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  return MUST_BE_QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

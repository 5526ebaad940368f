/**
 * Style sheets and scripts without what only their readers need: comments and indentation. No more than
 * that, so that what a browser reports still has the lines of the source in it.
 *
 * @module
 */

/**
 * A style sheet without comments and indentation. It may hold no comment's beginning in a string.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leanStyle } from "./lean.ts";
 *
 * assertEquals(leanStyle("/* Why. *\u002f\na {\n  color: red; /* So. *\u002f\n}\n"), "a {\ncolor: red;\n}\n");
 * ```
 */
export function leanStyle(text: string): string {
  return flush(text.replace(/\/\*[\s\S]*?\*\//g, ""));
}

/**
 * A script without comments that have lines of their own, and without indentation. It may hold no
 * template that spans lines.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leanScript } from "./lean.ts";
 *
 * const script = "// Why.\n{\n  /** What. *\u002f\n  const url = 'http://a'; // stays\n}\n";
 * assertEquals(leanScript(script), "{\nconst url = 'http://a'; // stays\n}\n");
 * ```
 */
export function leanScript(text: string): string {
  return flush(
    text.replace(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, "").replace(/^[ \t]*\/\/.*$/gm, ""),
  );
}

/** No blanks at the beginning and end of lines, and no empty lines. */
function flush(text: string): string {
  return `${text.replace(/[ \t]+$/gm, "").replace(/^\s+/gm, "").trimEnd()}\n`;
}

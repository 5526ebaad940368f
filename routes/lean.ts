/**
 * Style sheets and scripts without what only their readers need: comments, indentation and the blanks
 * around signs. Of scripts no more than that, so that what a browser reports still has the lines of the
 * source in it.
 *
 * @module
 */

/**
 * A style sheet in one line, without comments. It may hold no comment's beginning in a string.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leanStyle } from "./lean.ts";
 *
 * assertEquals(leanStyle("/* Why. *\u002f\na {\n  color: red; /* So. *\u002f\n}\n"), "a{color:red}");
 * ```
 */
export function leanStyle(text: string): string {
  const bare = text.replace(/\/\*[\s\S]*?\*\//g, "").trim();
  // A blank before a colon sets two selectors apart.
  return between(
    bare,
    /"[^"\n]*"/g,
    (rules) =>
      rules.replace(/\s*([{},;>])\s*|(:)\s+/g, "$1$2").replace(/\s+/g, " ").replaceAll(";}", "}"),
  );
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
 * assertEquals(leanScript(script), "{\nconst url='http://a';// stays\n}\n");
 * ```
 */
export function leanScript(text: string): string {
  const bare = text.replace(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, "").replace(/^[ \t]*\/\/.*$/gm, "");
  return flush(between(bare, LITERAL, (code) =>
    code
      .replace(/ *([=*<>?:,;{}()&|![\]]) */g, "$1")
      // Two of them together would be another sign.
      .replace(/(?<![-+]) ?([-+]) ?(?![-+])/g, "$1")));
}

/** Strings, templates, and regular expressions where a value may begin. */
const LITERAL =
  /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=(?:[(,=:[!&|?{};]|return) *)\/(?![/*])(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\//g;

/**
 * Changes what stands between literals. Throws where one is not understood: a template inside of another,
 * a quote that is left over.
 */
function between(text: string, literal: RegExp, change: (part: string) => string): string {
  let lean = "";
  let end = 0;
  for (const match of text.matchAll(literal)) {
    const [found] = match;
    const open = found.startsWith("`") && found.split("${").length > found.split("}").length;
    if (open) throw new Error(`Cannot make a script lean: a template is inside of ${found}`);
    lean += changed(text.slice(end, match.index), change) + found;
    end = match.index + found.length;
  }
  return lean + changed(text.slice(end), change);
}

function changed(part: string, change: (part: string) => string): string {
  const left = /.*["`].*/.exec(part);
  if (left !== null) {
    throw new Error(`Cannot make a script lean: a quote is left over in ${left[0]}`);
  }
  return change(part);
}

/** No blanks at the beginning and end of lines, and no empty lines. */
function flush(text: string): string {
  return `${text.replace(/[ \t]+$/gm, "").replace(/^\s+/gm, "").trimEnd()}\n`;
}

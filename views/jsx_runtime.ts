/**
 * What the compiler makes of JSX: text, put together as soon as it is met. Nothing is kept of an element
 * but its HTML, since pages are rendered at every tick and what a tree of nodes leaves behind costs more
 * to collect than the text costs to write.
 *
 * `deno.json` names this module as `jsxImportSource`; the compiler's `precompile` calls these functions:
 * `jsxTemplate` with what stands still and what does not, the latter always out of the other ones.
 *
 * @module
 */
import type { JSX as Hono } from "hono/jsx/jsx-runtime";

/** HTML that stands as it is. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }

  toString(): string {
    return this.html;
  }
}

/** What may stand between two tags. */
export type Child = Markup | string | number | boolean | null | undefined | readonly Child[];

/** For the type checker: elements and attributes as the library of the routes knows them. */
export declare namespace JSX {
  type Element = Markup;
  type IntrinsicElements = Hono.IntrinsicElements;
  type IntrinsicAttributes = Hono.IntrinsicAttributes;
  interface ElementChildrenAttribute {
    children: Child;
  }
}

type Component = (props: Record<string, unknown>) => Child;

const UNSAFE = /[&<>'"]/;
const EACH_UNSAFE = /[&<>'"]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&#39;",
  '"': "&quot;",
};
/** Attributes that are there or not, whose value says nothing (HTML, "boolean attributes"). */
const SWITCHES = new Set([
  "autofocus",
  "checked",
  "defer",
  "disabled",
  "download",
  "hidden",
  "inert",
  "multiple",
  "open",
  "readonly",
  "required",
  "selected",
]);

function escape(text: string): string {
  return UNSAFE.test(text) ? text.replace(EACH_UNSAFE, (sign) => ENTITIES[sign]!) : text;
}

/** The HTML of an expression between tags. */
export function jsxEscape(child: Child): string {
  if (child instanceof Markup) return child.html;
  if (typeof child === "string") return escape(child);
  if (typeof child === "number") return `${child}`;
  if (child === null || child === undefined || typeof child === "boolean") return "";
  let html = "";
  for (const each of child) html += jsxEscape(each);
  return html;
}

/** An attribute whose value is not known before; empty where there is none. */
export function jsxAttr(name: string, value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return `${name}="${escape(value)}"`;
  if (typeof value === "boolean" && SWITCHES.has(name)) return value ? `${name}=""` : "";
  return `${name}="${escape(String(value))}"`;
}

/** An element: pieces of HTML, and between them what the other functions here made; text is HTML already. */
export function jsxTemplate(pieces: readonly string[], ...values: Child[]): Markup {
  let html = pieces[0]!;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    html += typeof value === "string" ? value : jsxEscape(value);
    html += pieces[i + 1]!;
  }
  return new Markup(html);
}

/** A component. Elements never come here: none has a name or attributes that only a run could tell. */
export function jsx(component: Component, props: Record<string, unknown> | null): Markup {
  if (typeof component !== "function") {
    throw new TypeError(`Cannot render <${component}>: needs attributes that are written out`);
  }
  // Null where none are given.
  const made = component(props ?? {});
  return made instanceof Markup ? made : new Markup(jsxEscape(made));
}

export { jsx as jsxs };

export function Fragment(props: { children?: Child }): Markup {
  return new Markup(jsxEscape(props.children));
}

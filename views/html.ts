/** What the views share of JSX. @module */
import type { Markup } from "./jsx_runtime.ts";

export type { Child } from "./jsx_runtime.ts";
export type Html = Markup;

/** The text of an element. */
export function render(element: Html): string {
  return element.html;
}

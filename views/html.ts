/** What the views share of JSX. @module */
import type { JSX } from "hono/jsx/jsx-runtime";

export type Html = JSX.Element;

/** The text of an element. Throws for asynchronous components: a view waits for nothing. */
export function render(element: Html): string {
  const text = element.toString();
  if (typeof text !== "string") throw new Error("Cannot render: a view is asynchronous");
  return text;
}

/** Answers in the encoding and in the shape that the caller reads. @module */
import type { Context } from "hono";
import { acceptsGzip, type Encoded } from "./encoding.ts";

/** Smaller answers hardly become smaller. The scripts and the icon of a page are not of them. */
export const GZIP_BYTES_LEAST = 256;

export const JSON_TYPE = "application/json; charset=utf-8";
export const STREAM_TYPE = "text/event-stream; charset=utf-8";
export const HTML_TYPE = "text/html; charset=utf-8";

/** A whole answer, gzipped where the caller takes that and it is worth it. */
export function send(context: Context, content: Encoded, type: string): Response {
  const gzip = content.plain.length >= GZIP_BYTES_LEAST &&
    acceptsGzip(context.req.header("accept-encoding"));
  const headers: Record<string, string> = { "content-type": type, "vary": "accept-encoding" };
  if (gzip) headers["content-encoding"] = "gzip";
  return context.body(gzip ? content.gzip() : content.plain, 200, headers);
}

/** A browser, or htmx in one. */
export function wantsHtml(context: Context): boolean {
  return /\btext\/html\b/.test(context.req.header("accept") ?? "");
}

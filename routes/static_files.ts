/**
 * Files that the browser loads once: held in memory, under names that carry a hash of their content
 * and may be kept for ever.
 *
 * @module
 */
import type { Context } from "hono";
import { send } from "./answer.ts";
import { type Bytes, Encoded } from "./encoding.ts";
import { quote, Refusal } from "./refusal.ts";

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Hexadecimal digits in a name: 32 bits tell versions of one file apart. */
const HASH_DIGITS = 8;
/** Of zlib. */
const LEVEL_BEST = 9;
/** Takes 0.3 % off scripts whose parts differ, against the usual 8. */
const MEM_LEVEL_BEST = 6;
const FOR_EVER = "public, max-age=31536000, immutable";

export interface StaticFile {
  /** Path in a URL: `/static/htmx.min.3f2a9c01.js`. */
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  readonly content: Encoded;
}

export class StaticFiles {
  readonly #byName = new Map<string, StaticFile>();
  readonly #byPath = new Map<string, StaticFile>();

  /** Files by their names, each under the hash of its content. */
  static async of(files: Readonly<Record<string, Bytes>>): Promise<StaticFiles> {
    const held = new StaticFiles();
    for (const [name, bytes] of Object.entries(files)) {
      const file = await staticFile(name, bytes);
      held.#byName.set(name, file);
      held.#byPath.set(file.path, file);
    }
    return held;
  }

  /** The URL of a file, for views. Throws for a name that is not there. */
  url(name: string): string {
    const file = this.#byName.get(name);
    if (file !== undefined) return file.path;
    throw new Error(`Cannot link "${name}": there is no such static file`);
  }

  /** By the path of a request. */
  find(path: string): StaticFile | undefined {
    return this.#byPath.get(path);
  }
}

async function staticFile(name: string, bytes: Bytes): Promise<StaticFile> {
  const dot = name.lastIndexOf(".");
  const extension = name.slice(dot + 1);
  const type = TYPES[extension];
  if (type === undefined) throw new Error(`Cannot serve "${name}": its type is not known`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hash = digest.toHex().slice(0, HASH_DIGITS);
  return {
    path: `/static/${name.slice(0, dot)}.${hash}.${extension}`,
    type,
    etag: `"${hash}"`,
    content: new Encoded(bytes, LEVEL_BEST, MEM_LEVEL_BEST),
  };
}

/** A name without the hash of today's content is not found: an old page would run with a new script. */
export function serveStatic(files: StaticFiles): (context: Context) => Response {
  return (context) => {
    const file = files.find(context.req.path);
    if (file === undefined) {
      throw new Refusal(
        404,
        `Cannot find ${quote(context.req.path)}: there is no such file in this version`,
      );
    }
    const kept = context.req.header("if-none-match")?.includes(file.etag) ?? false;
    const response = kept
      ? context.body(null, 304, { vary: "accept-encoding" })
      : send(context, file.content, file.type);
    response.headers.set("cache-control", FOR_EVER);
    response.headers.set("etag", file.etag);
    return response;
  };
}

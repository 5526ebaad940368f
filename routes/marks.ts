/**
 * `/api/v1/marks`: what happened when, for deploy scripts to say and charts to show.
 *
 * @module
 */
import type { Context } from "hono";
import { COARSE_SPAN_MS, type Mark, type Marks, type Sampler } from "../collectors/mod.ts";
import { printable } from "../collectors/printable.ts";
import { JSON_TYPE, send } from "./answer.ts";
import { type Body, bodyOf, FORM, JSON_BODY } from "./body.ts";
import { Encoded } from "./encoding.ts";
import { parseFields, parseObject } from "./fields.ts";
import { queryOf } from "./pages.ts";
import { MARK_FORM, MARK_JSON, NOTHING } from "./query.ts";
import { quote, Refusal } from "./refusal.ts";

/** 80 characters of four bytes each, each as %xx, and a time. */
export const MARK_BYTES_MOST = 1536;
/** What the clocks of two machines are apart. */
export const MARK_AHEAD_MS_MOST = 60_000;

const BODY = {
  types: [FORM, JSON_BODY],
  bytesMost: MARK_BYTES_MOST,
  needed: "a text and perhaps a time",
};

interface MarkDeps {
  readonly sampler: Sampler;
  readonly marks: Marks;
}

export function listMarks({ marks }: MarkDeps): (context: Context) => Response {
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const json = JSON.stringify({ marks: marks.list().map(markJson) });
    return send(context, new Encoded(json), JSON_TYPE);
  };
}

export function setMark({ sampler, marks }: MarkDeps): (context: Context) => Promise<Response> {
  return async (context) => {
    parseFields(NOTHING, queryOf(context));
    const { text, seconds } = markOf(await bodyOf(context, BODY));
    const nowMs = wallMsOf(sampler);
    const wallMs = seconds === undefined ? nowMs : seconds * 1000;
    if (wallMs < nowMs - COARSE_SPAN_MS || wallMs > nowMs + MARK_AHEAD_MS_MOST) {
      throw new Refusal(
        400,
        `Cannot set a mark at ${instant(wallMs)}: needs a time from 15 minutes ago to a minute ` +
          `ahead, and it is ${instant(nowMs)} here`,
      );
    }
    return context.json(markJson(marks.add(text, wallMs)), 201);
  };
}

/** The time of day by the newest row and how long ago it was read: marks stand among rows. */
function wallMsOf(sampler: Sampler): number {
  const span = sampler.feed.span();
  if (span === null) {
    throw new Refusal(503, "Cannot set a mark: no tick has come yet, needs the first one", {
      "retry-after": "1",
    });
  }
  return span.newestMs + span.wallOffsetMs + sampler.health().ageMs;
}

function markOf({ type, text }: Body): { text: string; seconds: number | undefined } {
  if (type === FORM) {
    const fields = parseFields(MARK_FORM, new URLSearchParams(text));
    return { text: fields.text, seconds: fields.time };
  }
  const fields = parseObject(MARK_JSON, objectOf(text));
  return { text: fields.text, seconds: fields.time_seconds };
}

function objectOf(text: string): object {
  let found: string;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    found = "it is no object";
  } catch (error) {
    // It quotes the text once more, as it came.
    found = printable(error instanceof Error ? error.message : String(error));
  }
  throw new Refusal(
    400,
    `Cannot read ${
      quote(text)
    } as JSON: ${found}, needs {"text": "..."} and perhaps "time_seconds"`,
  );
}

function markJson({ seconds, text }: Mark): { time_seconds: number; text: string } {
  return { time_seconds: seconds, text };
}

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

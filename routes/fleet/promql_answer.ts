/**
 * What an engine answers, checked part by part: it is another program's, at an address that may have
 * been mistyped. What is not an answer in the shape of Prometheus' API becomes one line that says so.
 *
 * @module
 */
import { printable } from "../../collectors/printable.ts";
import { quote } from "../refusal.ts";

/** A thousand hosts with ten terms have 10,000; more is another fleet than this page is for. */
export const SERIES_MOST = 50_000;
/** A number as engines write it. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** What a `Date` holds, in either direction. */
const SECONDS_MOST = 8.64e12;
/** Of what an engine says of an error. */
const SAID_MOST = 200;

/** One sentence without a full stop, after "Cannot ask URL for the fleet: ". */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
}

export type Labels = Readonly<Record<string, string>>;

/** `value`: NaN is not handed on. */
export interface Sample {
  readonly labels: Labels;
  readonly seconds: number;
  readonly value: number;
}

export interface Line {
  readonly labels: Labels;
  readonly points: readonly (readonly [seconds: number, value: number])[];
}

/** Throws `AnswerError`. */
export function parseVector(text: string): readonly Sample[] {
  return resultOf(text, "vector").flatMap((series) => {
    const { metric, value } = series;
    const [seconds, number] = pointOf(value);
    return Number.isFinite(number) ? [{ labels: labelsOf(metric), seconds, value: number }] : [];
  });
}

/** Throws `AnswerError`. `pointsMost`: of each series. */
export function parseMatrix(text: string, pointsMost: number): readonly Line[] {
  return resultOf(text, "matrix").map(({ metric, values }) => {
    if (!Array.isArray(values)) throw new AnswerError("a series of its answer has no values");
    if (values.length > pointsMost) {
      throw new AnswerError(
        `it answered ${values.length} points of a series, needs ${pointsMost} or fewer`,
      );
    }
    return { labels: labelsOf(metric), points: values.map(pointOf) };
  });
}

/** What it says of an answer that is an error: `bad_data: parse error`; empty where it says nothing. */
export function errorText(text: string): string {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return "";
  }
  if (!isObject(answer) || typeof answer.error !== "string") return "";
  const { error, errorType } = answer;
  return short(typeof errorType === "string" ? `${errorType}: ${error}` : error);
}

type Fields = Readonly<Record<string, unknown>>;

function resultOf(text: string, wanted: "vector" | "matrix"): readonly Fields[] {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new AnswerError(`it answered no JSON but ${quote(text)}, needs the API of Prometheus`);
  }
  if (!isObject(answer) || answer.status !== "success" || !isObject(answer.data)) {
    const said = errorText(text);
    throw new AnswerError(
      said === ""
        ? "it answered JSON of another shape than Prometheus' API has"
        : `it answered ${said}`,
    );
  }
  const { resultType, result } = answer.data;
  if (resultType === wanted && !Array.isArray(result)) {
    throw new AnswerError("it answered a result that is no list");
  }
  if (resultType !== wanted || !Array.isArray(result)) {
    throw new AnswerError(
      `it answered a ${quote(String(resultType))}, needs a ${wanted}`,
    );
  }
  if (result.length > SERIES_MOST) {
    throw new AnswerError(
      `it answered ${result.length} series, needs ${SERIES_MOST} or fewer`,
    );
  }
  if (!result.every(isObject)) throw new AnswerError("a series of its answer is no object");
  return result;
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function labelsOf(metric: unknown): Labels {
  if (!isObject(metric) || Object.values(metric).some((value) => typeof value !== "string")) {
    throw new AnswerError("a series of its answer has no labels of text");
  }
  return metric as Labels;
}

function pointOf(point: unknown): readonly [number, number] {
  if (Array.isArray(point) && typeof point[0] === "number" && typeof point[1] === "string") {
    checkSeconds(point[0]);
    // "NaN" and "+Inf" are NaN here: neither is a figure to show.
    return [point[0], NUMBER.test(point[1]) ? Number(point[1]) : NaN];
  }
  throw new AnswerError("a point of its answer is no pair of a time and a number in quotes");
}

/** Throws `AnswerError` where it is no time, such as one in nanoseconds. */
export function checkSeconds(seconds: number): void {
  // NaN too.
  if (Math.abs(seconds) <= SECONDS_MOST) return;
  throw new AnswerError(`it answered a time of ${seconds}, needs seconds since 1970`);
}

function short(text: string): string {
  const plain = printable(text.replace(/\s+/g, " "));
  return plain.length > SAID_MOST ? `${plain.slice(0, SAID_MOST)}…` : plain;
}

import { assertEquals, assertThrows } from "@std/assert";
import {
  AnswerError,
  errorText,
  parseMatrix,
  parseVector,
  SERIES_MOST,
} from "../../../routes/fleet/promql_answer.ts";

function vector(...result: readonly unknown[]): string {
  return JSON.stringify({ status: "success", data: { resultType: "vector", result } });
}

function matrix(...result: readonly unknown[]): string {
  return JSON.stringify({ status: "success", data: { resultType: "matrix", result } });
}

function refused(parse: () => unknown): string {
  return assertThrows(parse, AnswerError).message;
}

Deno.test("a vector is its samples; what is no figure is left out", () => {
  const text = vector(
    { metric: { job: "a" }, value: [1770000000.5, "0.25"] },
    { metric: {}, value: [1770000000.5, "NaN"] },
    { metric: {}, value: [1770000000.5, "+Inf"] },
    { metric: {}, value: [1770000000.5, ""] },
    { metric: {}, value: [1770000000.5, "0x10"] },
    { metric: {}, value: [1770000000.5, "1e999"] },
    { metric: {}, value: [1770000000.5, "0"] },
    ...["-0.5", "1.5e-07", "+2E+10", "3.", ".5"].map((value) => ({
      metric: {},
      value: [0, value],
    })),
  );
  assertEquals(parseVector(text), [
    { labels: { job: "a" }, seconds: 1770000000.5, value: 0.25 },
    { labels: {}, seconds: 1770000000.5, value: 0 },
    ...[-0.5, 1.5e-7, 2e10, 3, 0.5].map((value) => ({ labels: {}, seconds: 0, value })),
  ]);
  assertEquals(parseVector(vector()), []);
});

Deno.test("a matrix is its lines, and has no more points than were asked for", () => {
  const line = { metric: { q: "ipc" }, values: [[30, "1"], [60, "2.5"]] };
  assertEquals(parseMatrix(matrix(line), 2), [
    { labels: { q: "ipc" }, points: [[30, 1], [60, 2.5]] },
  ]);
  assertEquals(
    refused(() => parseMatrix(matrix(line), 1)),
    "it answered 2 points of a series, needs 1 or fewer",
  );
});

/** What engines that are none answer, and what is said of it. */
const NONSENSE: readonly (readonly [string, string])[] = [
  ["", 'it answered no JSON but "", needs the API of Prometheus'],
  [
    "<html>\u001b[31m",
    'it answered no JSON but "<html>\\u001b[31m", needs the API of Prometheus',
  ],
  ["null", "it answered JSON of another shape than Prometheus' API has"],
  ["[]", "it answered JSON of another shape than Prometheus' API has"],
  ["{}", "it answered JSON of another shape than Prometheus' API has"],
  ['{"status":"success","data":[]}', "it answered JSON of another shape than Prometheus' API has"],
  [
    '{"status":"error","errorType":"bad_data","error":"parse\\nerror"}',
    "it answered bad_data: parse error",
  ],
  [
    '{"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}',
    'it answered a "scalar", needs a vector',
  ],
  [
    '{"status":"success","data":{"resultType":"vector","result":{}}}',
    "it answered a result that is no list",
  ],
  [vector(1), "a series of its answer is no object"],
  [vector({ value: [1, "1"] }), "a series of its answer has no labels of text"],
  [vector({ metric: { a: 1 }, value: [1, "1"] }), "a series of its answer has no labels of text"],
  [
    vector({ metric: {}, value: 1 }),
    "a point of its answer is no pair of a time and a number in quotes",
  ],
  [
    vector({ metric: {}, value: [1.77e18, "1"] }),
    "it answered a time of 1770000000000000000, needs seconds since 1970",
  ],
  [
    `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1e999,"1"]}]}}`,
    "it answered a time of Infinity, needs seconds since 1970",
  ],
  [
    vector({ metric: {}, value: [1, 1] }),
    "a point of its answer is no pair of a time and a number in quotes",
  ],
];

Deno.test("nonsense is one line that says what was found", () => {
  for (const [text, message] of NONSENSE) {
    assertEquals(refused(() => parseVector(text)), message, text);
  }
});

Deno.test("more series than there is room for are refused", () => {
  const one = `{"metric":{},"value":[1,"1"]}`;
  const text = `{"status":"success","data":{"resultType":"vector","result":[${
    new Array(SERIES_MOST + 1).fill(one).join()
  }]}}`;
  assertEquals(
    refused(() => parseVector(text)),
    `it answered ${SERIES_MOST + 1} series, needs ${SERIES_MOST} or fewer`,
  );
});

Deno.test("what an engine says of an error is one short line of what can be seen", () => {
  const text = (error: string): string => JSON.stringify({ status: "error", error });
  assertEquals(errorText(text("a\n\u202eb")), "a \\u202eb");
  assertEquals(errorText(text("x".repeat(1000))).length, 201);
  assertEquals(errorText("<html>"), "");
  assertEquals(errorText('{"error":7}'), "");
});

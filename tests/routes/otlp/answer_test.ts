import { assertEquals } from "@std/assert";
import { rejection } from "../../../routes/otlp/answer.ts";
import { encodePartialSuccess } from "../../otlp_decoder.ts";

const PROTOBUF = "application/x-protobuf";

function json(value: unknown): string | undefined {
  return rejection("application/json", new TextEncoder().encode(JSON.stringify(value)));
}

Deno.test("an answer that says nothing means that all was taken", () => {
  assertEquals(rejection(PROTOBUF, new Uint8Array()), undefined);
  assertEquals(rejection(PROTOBUF, encodePartialSuccess(0, "")), undefined);
  assertEquals(rejection("text/plain", new TextEncoder().encode("OK, thanks")), undefined);
  assertEquals(json({}), undefined);
  assertEquals(json({ partialSuccess: {} }), undefined);
  assertEquals(json(null), undefined);
  assertEquals(rejection("application/json", new Uint8Array()), undefined);
});

Deno.test("points that were left out are told with the receiver's words", () => {
  const told = "it refused 300 points: out of bounds";
  assertEquals(rejection(PROTOBUF, encodePartialSuccess(300, "out of bounds")), told);
  const errorMessage = "out of bounds";
  assertEquals(json({ partialSuccess: { rejectedDataPoints: "300", errorMessage } }), told);
  assertEquals(rejection(PROTOBUF, encodePartialSuccess(5, "")), "it refused 5 points");
  assertEquals(rejection(PROTOBUF, encodePartialSuccess(0, "careful")), "it warns: careful");
});

Deno.test("a count that can be none is none", () => {
  for (const rejectedDataPoints of [-1, "-1", 2 ** 53, "1e30", 0.5, "many", {}]) {
    assertEquals(json({ partialSuccess: { rejectedDataPoints } }), undefined);
    const told = json({ partialSuccess: { rejectedDataPoints, errorMessage: "careful" } });
    assertEquals(told, "it warns: careful");
  }
  // -1, as protobuf has it.
  const minusOne = Uint8Array.of(10, 11, 8, ...new Array(9).fill(0xff), 1);
  assertEquals(rejection(PROTOBUF, minusOne), undefined);
});

Deno.test("bytes of any kind are read to their end", () => {
  const whole = encodePartialSuccess(300, "out of bounds");
  for (let length = 0; length < whole.length; length++) {
    rejection(PROTOBUF, whole.subarray(0, length));
  }
  assertEquals(rejection(PROTOBUF, new Uint8Array(1000).fill(0xff)), undefined);
});

import { assertEquals } from "@std/assert";
import { rejection } from "../../routes/otlp_answer.ts";
import { encodePartialSuccess } from "../otlp_decoder.ts";

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

Deno.test("bytes of any kind are read to their end", () => {
  const whole = encodePartialSuccess(300, "out of bounds");
  for (let length = 0; length < whole.length; length++) {
    rejection(PROTOBUF, whole.subarray(0, length));
  }
  assertEquals(rejection(PROTOBUF, new Uint8Array(1000).fill(0xff)), undefined);
});

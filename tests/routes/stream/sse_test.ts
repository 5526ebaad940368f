import { assertEquals } from "@std/assert";
import { printMessage } from "../../../routes/stream/sse.ts";

Deno.test("printMessage writes the fields that are there, and an empty line", () => {
  assertEquals(printMessage({ data: "a" }), "data: a\n\n");
  assertEquals(
    printMessage({ event: "sample", id: "b-1", retryMs: 500, data: "{}" }),
    "event: sample\nid: b-1\nretry: 500\ndata: {}\n\n",
  );
});

Deno.test("printMessage makes every kind of line end in the data a line of data", () => {
  assertEquals(
    printMessage({ data: "a\nb\r\nc\rd\n" }),
    "data: a\ndata: b\ndata: c\ndata: d\ndata: \n\n",
  );
});

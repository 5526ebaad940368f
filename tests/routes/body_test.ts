import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import { bodyOf, FORM } from "../../routes/body.ts";
import { Refusal } from "../../routes/refusal.ts";

const OPTIONS = { types: [FORM], bytesMost: 8, needed: "one field" };

/** What is made of a body: its text, or the refusal. */
async function read(body: BodyInit, msMost = 60_000): Promise<[number, string]> {
  const app = new Hono();
  app.post(
    "/",
    async (context) => context.text((await bodyOf(context, { ...OPTIONS, msMost })).text),
  );
  app.onError((error, context) => {
    if (!(error instanceof Refusal)) throw error;
    return context.text(error.message, error.status);
  });
  const response = await app.request("/", {
    method: "POST",
    headers: { "content-type": FORM },
    body,
  });
  return [response.status, await response.text()];
}

/** Comes in pieces, and after them whatever `pull` does. */
function pieces(
  texts: readonly string[],
  end: UnderlyingSourcePullCallback<Uint8Array<ArrayBuffer>>,
  cancel = (): void => {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let next = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (next >= texts.length) return end(controller);
      controller.enqueue(new TextEncoder().encode(texts[next++]!));
    },
    cancel,
  });
}

Deno.test("bodyOf() puts the pieces of a body together", async () => {
  assertEquals(await read(pieces(["a=", "1"], (controller) => controller.close())), [200, "a=1"]);
});

Deno.test("bodyOf() stops at the first byte too many, and tells the sender to stop", async () => {
  let cancelled = false;
  const endless = pieces(
    [],
    (controller) => controller.enqueue(new Uint8Array(5)),
    () => cancelled = true,
  );
  assertEquals(await read(endless), [
    413,
    "Cannot read a body of more than 8 bytes: needs one field",
  ]);
  assertEquals(cancelled, true);
});

Deno.test("bodyOf() waits for a body that does not come only so long", async () => {
  const silent = pieces(["a="], () => new Promise(() => {}));
  assertEquals(await read(silent, 1), [
    408,
    "Cannot read the body: it has not come within 1 ms, needs a whole one",
  ]);
});

Deno.test("bodyOf() tells of a body that breaks off", async () => {
  const broken = pieces(["a="], () => {
    throw new TypeError("it broke");
  });
  assertEquals(await read(broken), [400, "Cannot read the body: it broke, needs a whole one"]);
});

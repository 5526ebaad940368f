import { assertEquals, assertRejects } from "@std/assert";
import { Hono } from "hono";
import { lazily } from "../../routes/lazily.ts";

Deno.test("lazily() loads at the first request, once, however many come", async () => {
  let loads = 0;
  const gate = Promise.withResolvers<void>();
  const app = new Hono().get(
    "/",
    lazily(async () => {
      loads++;
      await gate.promise;
      return (context) => context.text(context.req.query("who")!);
    }),
  );
  assertEquals(loads, 0);
  const early = [app.request("/?who=a"), app.request("/?who=b")];
  gate.resolve();
  const answers = [...await Promise.all(early), await app.request("/?who=c")];
  assertEquals(await Promise.all(answers.map((answer) => answer.text())), ["a", "b", "c"]);
  assertEquals(loads, 1);
});

Deno.test("lazily() loads again after an error, and keeps none of a handler", async () => {
  let loads = 0;
  const app = new Hono().get(
    "/",
    lazily(() => {
      if (++loads === 1) return Promise.reject(new Error("no room"));
      return Promise.resolve((context) => {
        if (context.req.query("bad") !== undefined) throw new Error("bad");
        return context.text("ok");
      });
    }),
  ).onError((error) => {
    throw error;
  });
  await assertRejects(async () => await app.request("/"), Error, "no room");
  await assertRejects(async () => await app.request("/?bad"), Error, "bad");
  assertEquals(await (await app.request("/")).text(), "ok");
  assertEquals(loads, 2);
});

import { assert, assertEquals } from "@std/assert";
import { instanceId } from "../../../routes/otlp/instance.ts";

const HOST = { hostId: "0123456789abcdef0123456789abcdef", hostname: "fig" };
const ADDRESS = { hostname: "127.0.0.1", port: 7878 };

Deno.test("a service is called what any maker of such UUIDs calls it, and by nothing it is made of", async () => {
  // Python: uuid5(UUID(namespace), "0123456789abcdef0123456789abcdef\nfig\n127.0.0.1:7878").
  assertEquals(await instanceId(HOST, ADDRESS), "d1b3d06c-ea8a-588e-a49d-a0e60f60d371");
  assertEquals(await instanceId(HOST, ADDRESS), await instanceId({ ...HOST }, { ...ADDRESS }));
});

Deno.test("two services of one host, and two hosts of one name, are two", async () => {
  const ids = await Promise.all([
    instanceId(HOST, ADDRESS),
    instanceId(HOST, { ...ADDRESS, port: 7879 }),
    instanceId(HOST, { ...ADDRESS, hostname: "127.0.0.2" }),
    instanceId({ ...HOST, hostname: "localhost" }, ADDRESS),
    instanceId({ ...HOST, hostId: "f".repeat(32) }, ADDRESS),
    instanceId({ hostname: "fig" }, ADDRESS),
  ]);
  assertEquals(new Set(ids).size, ids.length);
  for (const id of ids) {
    assert(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id), id);
  }
});

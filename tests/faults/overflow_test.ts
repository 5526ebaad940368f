import { assert, assertEquals } from "@std/assert";
import { CLOCK } from "../../routes/clock.ts";
import { Overflow, TOLD_AT_ONCE_MOST } from "../../routes/overflow.ts";
import { tlsFixture } from "../doors/process.ts";

function listen(port = 0): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port });
}

Deno.test("Overflow tells everybody the same, whatever they ask for", async () => {
  const listener = listen();
  const { port } = listener.addr as Deno.NetAddr;
  const overflow = new Overflow(listener, CLOCK);
  const answers = await Promise.all(
    Array.from({ length: 40 }, async (_, i) => {
      const init = i % 2 === 0 ? {} : { method: "POST", body: "a".repeat(20_000) };
      const response = await fetch(`http://127.0.0.1:${port}/${i}`, init);
      return [
        response.status,
        response.headers.get("retry-after"),
        (await response.json()).error.status,
      ];
    }),
  );
  assertEquals(new Set(answers.map((answer) => answer.join())), new Set(["503,1,503"]));
  assertEquals(overflow.turnedAway, 40);
  await overflow.close();
});

Deno.test("Overflow does not wait for who says nothing, and takes no harm from who leaves", async () => {
  const listener = listen();
  const { port } = listener.addr as Deno.NetAddr;
  const overflow = new Overflow(listener, CLOCK);
  const connect = (): Promise<Deno.TcpConn> => Deno.connect({ hostname: "127.0.0.1", port });
  const silent = [];
  for (let i = 0; i < 50; i++) silent.push(await connect());
  for (let i = 0; i < 50; i++) (await connect()).close();
  const response = await fetch(`http://127.0.0.1:${port}/`);
  assertEquals(response.status, 503);
  await response.body!.cancel();
  for (const connection of silent) {
    const text = await new Response(connection.readable).text();
    assert(text.startsWith("HTTP/1.1 503 "), text);
  }
  await overflow.close();
});

Deno.test("Overflow leaves the address free when it has closed", async () => {
  let port = 0;
  for (let round = 0; round < 20; round++) {
    const listener = listen(port);
    ({ port } = listener.addr as Deno.NetAddr);
    const overflow = new Overflow(listener, CLOCK);
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await overflow.close();
    connection.close();
  }
});

Deno.test("Overflow waits for nobody who never begins to speak TLS", async () => {
  const [cert, key, ca] = await Promise.all(["cert", "key", "ca"].map(tlsFixture));
  const listener = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert: cert!, key: key! });
  const { port } = listener.addr as Deno.NetAddr;
  const overflow = new Overflow(listener, CLOCK);
  const silent = [];
  for (let i = 0; i < TOLD_AT_ONCE_MOST; i++) {
    silent.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  }
  // Behind all of them.
  const client = Deno.createHttpClient({ caCerts: [ca!] });
  const response = await fetch(`https://localhost:${port}/`, { client });
  assertEquals(response.status, 503);
  await response.body!.cancel();
  client.close();
  silent.push(await Deno.connect({ hostname: "127.0.0.1", port }));
  await overflow.close();
  for (const connection of silent) connection.close();
});

import { assertEquals } from "@std/assert";
import { type Bytes, Encoded } from "../../../routes/encoding.ts";
import { Chains } from "../../../routes/stream/chains.ts";
import type { Place } from "../../../routes/stream/cursor.ts";

interface Client {
  readonly channel: { readonly key: string };
  readonly gzip: boolean;
  readonly place: Place;
}

function at(sequence: number): Place {
  return { kind: "at", sequence };
}

function client(key: string, place: Place, gzip = true): Client {
  return { channel: { key }, gzip, place };
}

/** What every client is told: its place. */
const told = ({ place }: Client): { encoded: Encoded; next: Place } => ({
  encoded: new Encoded(JSON.stringify(place)),
  next: at(100),
});

Deno.test("a chain follows those who were told the same, and not who came since", async () => {
  const chains = new Chains();
  const begin = at(1);
  const first = await chains.links([client("page", begin)], told);
  assertEquals([first.get("page")!.from, first.get("page")!.least], [begin, 0]);
  const { next } = first.get("page")!;
  // The same place by another way is another object.
  const second = await chains.links([client("page", at(100)), client("page", next)], told);
  assertEquals(second.get("page")!.from === next, true);
  // Where nobody is there any more, the next one leads.
  const third = await chains.links([client("page", begin)], told);
  assertEquals(third.get("page")!.from === begin, true);
  chains.close();
});

Deno.test("plain clients have no chain, nor have all of too many channels", async () => {
  const chains = new Chains();
  assertEquals((await chains.links([client("page", at(1), false)], told)).size, 0);
  const many = Array.from({ length: 12 }, (_, n) => client(`page ${n}`, at(1)));
  assertEquals((await chains.links(many, told)).size, 8);
  // Those that nobody looks at any more make room.
  assertEquals((await chains.links(many.slice(8), told)).size, 4);
  chains.close();
});

Deno.test("a chain that cannot go on is given up, and a new one begins with the next tick", async () => {
  let made = 0;
  const chains = new Chains(() => {
    const broken = made++ === 0;
    return {
      least: 0,
      block: (text: Bytes) =>
        broken ? Promise.reject(new Error("no memory")) : Promise.resolve(text),
      close: () => {},
    };
  });
  assertEquals((await chains.links([client("page", at(1))], told)).size, 0);
  assertEquals((await chains.links([client("page", at(1))], told)).size, 1);
  assertEquals(made, 2);
  chains.close();
});

Deno.test("a chain is closed once nobody follows it, and all of them at the end", async () => {
  const closed: number[] = [];
  let made = 0;
  const chains = new Chains(() => {
    const chain = made++;
    return {
      least: 0,
      block: (text: Bytes) => Promise.resolve(text),
      close: () => closed.push(chain),
    };
  });
  await chains.links([client("one", at(1)), client("other", at(1))], told);
  await chains.links([client("other", at(1))], told);
  assertEquals(closed, [0]);
  await chains.links([client("one", at(1)), client("other", at(1))], told);
  chains.close();
  chains.close();
  assertEquals([made, closed], [3, [0, 1, 2]]);
});

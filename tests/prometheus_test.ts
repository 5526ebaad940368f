/** The Prometheus of the tests over a server that counts its scrapes. It needs `prometheus`. @module */
import { assertEquals, assertRejects } from "@std/assert";
import { Prometheus, prometheusTest } from "./prometheus.ts";

interface Counted extends AsyncDisposable {
  readonly url: string;
  readonly asked: { readonly path: string; readonly authorization: string | null }[];
}

function counting(answer: (scrapes: number) => Response): Counted {
  const asked: Counted["asked"] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, (request) => {
    // Of a request that was answered nothing can be read.
    const { pathname, search } = new URL(request.url);
    const authorization = request.headers.get("authorization");
    asked.push({ path: pathname + search, authorization });
    return answer(asked.length);
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  return { url, asked, [Symbol.asyncDispose]: () => server.shutdown() };
}

prometheusTest(
  "a Prometheus of the tests scrapes its targets and is asked for what it saw",
  async () => {
    await using first = counting((scrapes) => new Response(`scrapes_total ${scrapes}\n`));
    await using second = counting(() => new Response('other{kind="a"} 2\n'));
    await using prometheus = await Prometheus.start({
      targets: [{ url: first.url, labels: { instance: "one" } }, { url: `${second.url}/below` }],
      intervalMs: 100,
      params: { "collect[]": ["cpu", "disk"] },
      token: "of the tests",
    });
    await prometheus.scraped(2);
    await prometheus.until(
      "scrapes_total",
      ([sample]) => sample !== undefined && sample.value >= 3,
    );
    assertEquals(await prometheus.value("count(up == 1)"), 2);
    const instance = new URL(second.url).host;
    const [other] = await prometheus.query("other * Inf", Date.now() / 1000);
    assertEquals(other!.labels, { kind: "a", instance, job: "ringside" });
    assertEquals(other!.value, Infinity);
    assertEquals(await prometheus.series("scrapes_total"), [
      { __name__: "scrapes_total", instance: "one", job: "ringside" },
    ]);
    assertEquals(second.asked[0], {
      path: "/below/metrics?collect%5B%5D=cpu&collect%5B%5D=disk",
      authorization: "Bearer of the tests",
    });
    assertEquals(prometheus.warnings, []);
  },
);

prometheusTest(
  "a target that cannot be read is told, and so is what is not taken of a scrape",
  async () => {
    await using old = counting(() => new Response("of_1970 1 1000\n"));
    await using broken = counting(() => new Response("what{\n"));
    await using prometheus = await Prometheus.start({ targets: [old, broken], intervalMs: 100 });
    await assertRejects(() => prometheus.scraped(), Error, `Cannot scrape ${broken.url}/metrics`);
    const ofOld = (line: string): boolean => line.includes(old.url) && line.includes("too old");
    await prometheus.until("up", () => prometheus.warnings.some(ofOld));
    assertEquals((await prometheus.targets()).map(({ health }) => health).toSorted(), [
      "down",
      "up",
    ]);
    await assertRejects(() => prometheus.query("rate("), Error, "parse error");
    await assertRejects(() => prometheus.value("of_1970"), Error, "it has 0 values, needs one");
  },
);

prometheusTest("a Prometheus that cannot start says why", async () => {
  const start = (): Promise<Prometheus> =>
    Prometheus.start({ targets: [], params: { "": ["x"] }, rules: ["/nowhere/[.yml"] });
  await assertRejects(start, Error, "Cannot start prometheus: it ended, and said");
});

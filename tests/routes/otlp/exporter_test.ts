import { assert, assertEquals } from "@std/assert";
import { load } from "../../../collectors/load.ts";
import { OtlpExport } from "../../../routes/otlp/exporter.ts";
import type { OtlpOptions } from "../../../routes/otlp/options.ts";
import type { OtlpOutcome, OtlpSender } from "../../../routes/otlp/sender.ts";
import { FakeClock, settled } from "../../fake_clock.ts";
import { FakeSampler } from "../../fake_sampler.ts";
import { decodeRequest, metricsOf, named, type Sent } from "../../otlp_decoder.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";

const OPTIONS: OtlpOptions = {
  url: "http://collector:4318/v1/metrics?key=secret",
  headers: {},
  encoding: "protobuf",
  gzip: false,
  timeoutMs: 1000,
  intervalMs: 10_000,
  resource: { "service.name": "edge" },
};

const TAKEN: OtlpOutcome = { taken: true };

/** A collector whose answers the test gives. */
class HandSender implements OtlpSender {
  readonly sent: Uint8Array[] = [];
  stopped = false;
  #answer: ((outcome: OtlpOutcome) => void) | null = null;

  send(body: Uint8Array<ArrayBuffer>): Promise<OtlpOutcome> {
    this.sent.push(body);
    return new Promise((resolve) => this.#answer = resolve);
  }

  async answer(outcome: OtlpOutcome): Promise<void> {
    this.#answer!(outcome);
    await settled();
  }

  stop(): void {
    this.stopped = true;
    this.#answer?.({ taken: false, why: "the service stops" });
  }
}

class Bench {
  readonly tree = new TextTree({ "/proc/loadavg": "1.00 0.50 0.25 1/100 7\n" });
  readonly sampler = new FakeSampler(new Stage([load], { tree: this.tree }));
  readonly sender = new HandSender();
  readonly clock = new FakeClock();
  readonly reports: string[] = [];
  readonly export: OtlpExport;

  constructor(options: Partial<OtlpOptions> = {}) {
    this.export = new OtlpExport({
      options: { ...OPTIONS, ...options },
      sampler: this.sampler,
      version: "1.2.3",
      instance: "one",
      sender: this.sender,
      clock: this.clock,
      report: (message) => this.reports.push(message),
    });
  }

  async tick(load = "1.00"): Promise<void> {
    this.tree.set("/proc/loadavg", `${load} 0.50 0.25 1/100 7\n`);
    this.sampler.tick();
    await settled();
  }

  get count(): number {
    return this.sender.sent.length;
  }
}

function load1(sent: Sent): number {
  return metricsOf(sent).get("ringside.load_1m")!.gauge!.dataPoints[0]!.asDouble;
}

Deno.test("the first tick is sent at once, and the newest after each interval", async () => {
  const bench = new Bench();
  await settled();
  assertEquals(bench.count, 0);
  await bench.tick("1.00");
  await bench.sender.answer(TAKEN);
  await bench.tick("2.00");
  await bench.tick("3.00");
  await bench.clock.advance(9_999);
  assertEquals(bench.count, 1);
  await bench.clock.advance(1);
  assertEquals(bench.sender.sent.map((body) => load1(decodeRequest(body))), [1, 3]);
  const [{ resource }] = decodeRequest(bench.sender.sent[0]!).resourceMetrics as [
    Sent["resourceMetrics"][number],
  ];
  assertEquals(named(resource.attributes)["service.name"], "edge");
  assertEquals(bench.reports, []);
  bench.export.stop();
});

Deno.test("JSON says the same as protobuf", async () => {
  const bench = new Bench({ encoding: "json" });
  await bench.tick("4.00");
  assertEquals(load1(JSON.parse(new TextDecoder().decode(bench.sender.sent[0]))), 4);
  bench.export.stop();
});

Deno.test("nothing is piled up behind a collector that takes its time", async () => {
  const bench = new Bench();
  await bench.tick();
  for (let more = 0; more < 5; more++) {
    await bench.clock.advance(10_000);
    await bench.tick(`${more}.00`);
  }
  assertEquals(bench.count, 1);
  await bench.sender.answer(TAKEN);
  await bench.clock.advance(1);
  assertEquals(bench.count, 2);
  assertEquals(load1(decodeRequest(bench.sender.sent[1]!)), 4);
  bench.export.stop();
});

Deno.test("trouble is told once, and its end; the key in the URL is not", async () => {
  const bench = new Bench();
  await bench.tick();
  await bench.sender.answer({ taken: false, why: "Connection \u001b[31mrefused" });
  for (let again = 0; again < 8; again++) {
    await bench.clock.advance(10_000);
    await bench.sender.answer({ taken: false, why: "Connection \u001b[31mrefused" });
  }
  assertEquals(bench.reports, [
    "Cannot send metrics to http://collector:4318/v1/metrics: Connection \\u001b[31mrefused; " +
    "it tries again every 10 s",
  ]);
  await bench.clock.advance(10_000);
  await bench.sender.answer(TAKEN);
  assertEquals(bench.reports.slice(1), ["Sends metrics to http://collector:4318/v1/metrics again"]);
  bench.export.stop();
});

Deno.test("a collector that comes and goes does not fill a log", async () => {
  const bench = new Bench();
  await bench.tick();
  for (let again = 0; again < 60; again++) {
    await bench.sender.answer(again % 2 === 0 ? { taken: false, why: "gone" } : TAKEN);
    await bench.clock.advance(10_000);
  }
  // Ten minutes: a line a minute, and one for its end.
  assert(bench.reports.length <= 20, `${bench.reports.length} lines`);
  assert(bench.reports.length >= 10, `${bench.reports.length} lines`);
  bench.export.stop();
});

Deno.test("points that the collector left out are told", async () => {
  const bench = new Bench();
  await bench.tick();
  await bench.sender.answer({ taken: true, rejection: "it refused 3 points: too old" });
  assert(
    bench.reports[0]!.startsWith("Cannot send all metrics to ") &&
      bench.reports[0]!.includes("it refused 3 points: too old"),
  );
  bench.export.stop();
});

Deno.test("a collector that asks for time has it", async () => {
  const bench = new Bench();
  await bench.tick();
  await bench.sender.answer({ taken: false, why: "it answered 503", retryAfterMs: 30_000 });
  assertEquals(bench.reports, [
    "Cannot send metrics to http://collector:4318/v1/metrics: it answered 503; it tries again in 30 s, " +
    "as it was told to",
  ]);
  await bench.clock.advance(29_999);
  assertEquals(bench.count, 1);
  await bench.clock.advance(1);
  assertEquals(bench.count, 2);
  bench.export.stop();
});

Deno.test("the end of what sends is told, whatever was told before, and nothing is tried after it", async () => {
  const bench = new Bench();
  await bench.tick();
  await bench.sender.answer({ taken: false, why: "gone", retryAfterMs: 1000 });
  await bench.clock.advance(10_000);
  await bench.sender.answer({ taken: false, why: "the sender ended: no memory", ended: true });
  assertEquals(bench.reports.map((line) => line.replace(/^.*metrics: /, "")), [
    "gone; it tries again every 10 s",
    "the sender ended: no memory; no more is sent, needs a new start of the service",
  ]);
  await bench.clock.advance(60_000);
  assertEquals([bench.count, bench.clock.sleepers], [2, 0]);
});

Deno.test("what stands still is not sent: it would be taken for rates of zero", async () => {
  const bench = new Bench();
  await bench.tick();
  await bench.sender.answer(TAKEN);
  bench.sampler.healthNow = { ticking: false, ageMs: 9000, reading: "disk" };
  await bench.clock.advance(20_000);
  assertEquals(bench.count, 1);
  bench.sampler.healthNow = { ticking: true, ageMs: 0, reading: null };
  await bench.clock.advance(10_000);
  assertEquals(bench.count, 2);
  bench.export.stop();
});

Deno.test("a stop gives up what is under way, says nothing, and sends no more", async () => {
  const bench = new Bench();
  await bench.tick();
  bench.export.stop();
  await settled();
  assert(bench.sender.stopped);
  assertEquals([bench.reports, bench.clock.sleepers], [[], 0]);
  await bench.tick();
  await bench.clock.advance(60_000);
  assertEquals(bench.count, 1);
});

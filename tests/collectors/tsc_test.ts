import { assert, assertEquals } from "@std/assert";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { tsc } from "../../collectors/tsc.ts";
import { FakeKernel } from "../fakes/fake_kernel.ts";
import { FakePerf } from "../fakes/fake_perf.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const MSR = "/sys/bus/event_source/devices/msr";
const FILES = {
  [`${MSR}/type`]: "9\n",
  [`${MSR}/events/tsc`]: "event=0x00\n",
  [`${MSR}/format/event`]: "config:0-63\n",
};

function machine(files: Readonly<Record<string, string>> = FILES): {
  perf: FakePerf;
  stage: Stage;
} {
  const kernel = new FakeKernel();
  const perf = new FakePerf(kernel);
  return { perf, stage: new Stage([tsc], { tree: new TextTree(files), kernel }) };
}

Deno.test("tsc is what the time-stamp counter rose by in the time for which it was counted", () => {
  const { perf, stage } = machine();
  stage.tick();
  perf.run(5000);
  perf.happen(0, 9, 0, 13_000_000_000);
  stage.tick(5000);
  assertEquals(stage.rate("tsc_frequency_hertz"), 2.6e9);
  perf.run(5000);
  perf.happen(0, 9, 0, 13_001_000_000);
  stage.tick(5000);
  // Of all the time so far.
  assertEquals(stage.rate("tsc_frequency_hertz"), 2.6001e9);
  assertEquals(stage.snapshot.sources("tsc_frequency_hertz")[0]?.events, ["msr/tsc/"]);
});

Deno.test("tsc takes another CPU where the first is offline", () => {
  const { perf, stage } = machine();
  perf.offline(0);
  stage.tick();
  assertEquals(perf.cpus, [1]);
});

Deno.test("tsc is not there on machines without the event", () => {
  const { stage } = machine({ [`${MSR}/type`]: "9\n" });
  stage.tick();
  const reading = stage.read("tsc_frequency_hertz");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "not_supported");
});

Deno.test("tsc says what it lacks where it may not be opened", () => {
  const { perf, stage } = machine();
  perf.refuse(ERRNO.EACCES);
  stage.tick();
  const reading = stage.read("tsc_frequency_hertz");
  assert(!isMeasured(reading));
  assertEquals(reading.absent, "denied");
  assert(reading.problem?.message.includes("msr/tsc/"), reading.problem?.message);
});

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Stage } from "../../stage.ts";
import { CLASS, full, PATH, stage, USED } from "../disk_files.ts";

Deno.test("disk does not take a drive whose counts are switched off for one that nobody uses", () => {
  const { stage: on, tree } = stage(full("sda", USED) + full("nvme0n1", USED));
  const iostats = `${CLASS}/nvme0n1/queue/iostats`;
  tree.set(iostats, "0\n");
  on.tick();
  tree.set(PATH, full("sda", "10 0 90 5 20 0 160 30 0 40 35") + full("nvme0n1", USED));
  on.tick();
  const [problem] = on.problems();
  assertEquals(on.read("disk_read_bytes", "nvme0n1"), { absent: "not_supported", problem });
  assertEquals(on.read("disk_requests_in_flight", "nvme0n1"), { absent: "not_supported", problem });
  assertEquals(
    problem?.message,
    `Cannot tell what nvme0n1 does: its counts stand still and "${iostats}" is 0, needs 1`,
  );
  assertEquals(on.read("disk_read_bytes"), {
    value: 5120,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 1, present: 2 },
  });
  tree.set(iostats, "1\n");
  on.tick(30_000);
  on.tick();
  assertEquals([on.rate("disk_read_bytes", "nvme0n1"), on.problems()], [0, []]);
});

Deno.test("disk does not take a volume whose counts are switched off for one that nobody uses", () => {
  const { stage: on, tree } = stage(full("sda", USED) + full("dm-0", USED) + full("md127", USED));
  tree.set(`${CLASS}/dm-0/queue/iostats`, "0\n");
  tree.set(`${CLASS}/md127/queue/iostats`, "1\n");
  on.tick();
  on.tick();
  const [problem] = on.problems();
  assertEquals(on.read("volume_read_bytes", "dm-0"), { absent: "not_supported", problem });
  assertEquals(on.read("volume_busy_ratio", "dm-0"), { absent: "not_supported", problem });
  assertEquals([on.rate("volume_read_bytes", "md127"), on.rate("disk_read_bytes")], [0, 0]);
  // Another one that comes is looked at without delay.
  tree.set(`${CLASS}/md127/queue/iostats`, "0\n");
  tree.set(`${CLASS}/dm-1/queue/iostats`, "1\n");
  tree.edit(PATH, (text) => text + full("dm-1", USED));
  on.tick();
  assertEquals(on.problems()[0]?.instances, ["dm-0", "md127"]);
});

Deno.test("disk takes no time for none where requests of a volume are counted and not timed", () => {
  const text = (reads: number, ms: number): string =>
    full("sda", `${reads} 0 80 0 20 0 160 0 0 0 0`) +
    full("md127", `${reads} 0 80 ${ms} 20 0 160 0 0 ${ms} ${ms}`);
  const { stage: on, tree } = stage(text(9000, 0));
  on.tick();
  on.tick();
  assertEquals([on.rate("volume_busy_ratio", "md127"), on.problems()], [0, []]);
  for (const reads of [10_000, 10_100]) {
    tree.set(PATH, text(reads, 0));
    on.tick();
  }
  const [problem] = on.problems();
  assertEquals(problem?.instances, ["md127"]);
  assertStringIncludes(problem!.message, "Cannot tell how long requests of md127 take");
  const ids = ["busy_ratio", "queue_length", "read_latency_seconds"];
  for (const id of ids) {
    const reading = on.read(`volume_${id}`, "md127");
    assertEquals(reading, { absent: "not_supported", problem }, id);
  }
  assertEquals(on.rate("volume_reads", "md127"), 100);
  // One that is timed says so with its first millisecond.
  tree.set(PATH, text(10_200, 1));
  on.tick();
  assertEquals(on.problems(), []);
  tree.set(PATH, text(10_300, 501));
  on.tick();
  assertEquals(on.rate("volume_busy_ratio", "md127"), 0.5);
});

/** A volume whose `iostats` are 0, with so many reads and requests in flight. */
function switchedOff(): { on: Stage; tick: (reads: number, inFlight: number) => void } {
  const text = (reads: number, inFlight: number): string =>
    full("dm-0", `${reads} 0 80 5 20 0 160 30 ${inFlight} 40 35`);
  const { stage: on, tree } = stage("");
  tree.set(`${CLASS}/dm-0/queue/iostats`, "0\n");
  const tick = (reads: number, inFlight: number): void => {
    tree.set(PATH, text(reads, inFlight));
    on.tick();
  };
  return { on, tick };
}

Deno.test("disk shows a volume that is counted though its iostats say no, as of older kernels", () => {
  const { on, tick } = switchedOff();
  tick(10, 0);
  tick(11, 0);
  assertEquals([on.rate("volume_reads", "dm-0"), on.problems()], [1, []]);
  on.tick(30_000);
  assertEquals([on.rate("volume_reads", "dm-0"), on.problems()], [0, []]);
});

Deno.test("disk does not take the end of what was in flight for counts that go on", () => {
  const { on, tick } = switchedOff();
  tick(10, 2);
  tick(10, 2);
  // Slow ones, or an interval that is short.
  for (const [reads, inFlight] of [[10, 2], [11, 1], [12, 0], [12, 0]] as const) {
    tick(reads, inFlight);
    assertEquals(on.problems().length, 1);
  }
  assertEquals("absent" in on.read("volume_reads", "dm-0"), true);
});

Deno.test("disk shows an older kernel's volume that is never at rest after half a minute", () => {
  const { on, tick } = switchedOff();
  for (let reads = 0; reads < 30; reads++) tick(10 + reads, 3);
  assertEquals(on.problems().length, 1);
  for (let reads = 30; reads < 33; reads++) tick(10 + reads, 3);
  assertEquals([on.rate("volume_reads", "dm-0"), on.problems()], [1, []]);
});

Deno.test("disk names the drives whose counts are switched off, and says that each needs it", () => {
  const { stage: on, tree } = stage(full("sda", USED) + full("nvme0n1", USED));
  const [first, second] = ["sda", "nvme0n1"].map((name) => `${CLASS}/${name}/queue/iostats`);
  for (const iostats of [first!, second!]) tree.set(iostats, "0\n");
  on.tick();
  const [problem] = on.problems();
  assertEquals(
    problem?.message,
    `Cannot tell what sda, nvme0n1 do: their counts stand still and "${first}" is 0, needs 1`,
  );
  assertEquals(problem?.remedy, `\`echo 1 > ${first}\`, and so for each of them`);
  tree.set(first!, "1\n");
  on.tick(30_000);
  assertEquals(on.problems()[0]?.remedy, `\`echo 1 > ${second}\``);
});

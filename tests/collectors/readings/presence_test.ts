import { assertEquals } from "@std/assert";
import { disk } from "../../../collectors/disk.ts";
import { SeriesStore } from "../../../collectors/readings/series.ts";
import { isMeasured, type Reading } from "../../../collectors/trust.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { HandCounted } from "./hand_counted.ts";

const PATH = "/proc/diskstats";

/** A machine with these drives, each of which reads ten sectors in every tick. */
function drives(): { stage: Stage; tick: (names: readonly string[]) => void } {
  const tree = new TextTree({ [PATH]: "" });
  const stage = new Stage([disk], { tree });
  let sectors = 0;
  const tick = (names: readonly string[]): void => {
    sectors += 10;
    tree.set(PATH, names.map((name) => `8 0 ${name} 1 0 ${sectors} 0 0 0 0 0 0 0 0\n`).join(""));
    for (const name of names) tree.set(`/sys/class/block/${name}/device/model`, "Example\n");
    stage.tick();
  };
  return { stage, tick };
}

/** What a page that is opened now is told of the past, beside what one that was open all the time was. */
function read({ engine: { layout, timeline } }: Stage): unknown {
  const key = { metric: "disk_read_bytes" };
  const { values, shares } = new SeriesStore({ layout, timeline }).read([key], 0, 100_000);
  return [values[0], shares[0]];
}

Deno.test("a sum of the past does not lack a drive that was away then and is back", () => {
  const { stage, tick } = drives();
  const all = ["sda", "sdb"];
  const grades = [all, all, ["sda"], ["sda"], all, all, ["sda"], all, all].map((names) => {
    tick(names);
    const reading = stage.read("disk_read_bytes");
    return "grade" in reading ? reading.grade : reading.absent;
  });
  assertEquals(grades, ["not_yet", ...Array(8).fill("exact")]);
  const [both, one] = [10240, 5120];
  assertEquals(read(stage), [[null, both, one, one, one, both, one, one, both], null]);
});

// Rows of so many are told apart every ten seconds only.
Deno.test("a sum of the past lacks those who had no slot then, and not those who have none now", () => {
  const { stage, tick } = drives();
  stage.intervalMs = 10_000;
  const names = Array.from({ length: 514 }, (_, n) => `sd${n}`);
  for (const count of [512, 512, 514, 514, 512, 512, 513]) tick(names.slice(0, count));
  const [exact, lacking] = [1, 512 / 514];
  assertEquals(read(stage), [
    [null, ...Array(6).fill(512 * 512)],
    [1, exact, lacking, lacking, exact, exact, 512 / 513],
  ]);
});

Deno.test("a group's sum lacks those of it who have no slot, as the host's does", () => {
  const core = new HandCounted("core_counters");
  const cpus = Array.from({ length: 1026 }, (_, cpu) => String(cpu));
  const counted = { instructions: [1e9, 1, 1] } as const;
  core.groups = Object.fromEntries(
    cpus.map((cpu) => [cpu, { socket: Number(cpu) < 2 ? "0" : "1" }]),
  );
  core.rises = Object.fromEntries(cpus.map((cpu) => [cpu, counted]));
  const stage = new Stage([core.spec], { tree: new TextTree() });
  for (let tick = 0; tick < 3; tick++) stage.tick();
  const partOf = (reading: Reading): unknown => isMeasured(reading) && reading.partial;
  const ofSocket = (socket: string): unknown =>
    partOf(stage.snapshot.readGroup("instructions", "socket", socket));
  assertEquals(partOf(stage.read("instructions")), { counted: 1024, present: 1026 });
  assertEquals([ofSocket("0"), ofSocket("1")], [undefined, { counted: 1022, present: 1024 }]);
});

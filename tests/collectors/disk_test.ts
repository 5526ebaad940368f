import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { isColumn, METRICS } from "../../collectors/catalogue.ts";
import { disk } from "../../collectors/disk.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { type Grade, isMeasured, type Reading } from "../../collectors/trust.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { CLASS, DISCARDS, FLUSHES, full, line, PATH, stage, UNUSED, USED } from "./disk_files.ts";

function grade(reading: Reading): Grade | string {
  return isMeasured(reading) ? reading.grade : reading.absent;
}

Deno.test("disk reads sectors of 512 bytes and times of milliseconds", () => {
  const { stage: on } = stage(
    line("sda", "1 2 3 4000 5 6 7 8000 9 10000 11000 12 13 14 15 16 17000"),
  );
  on.tick();
  const cell = (suffix: string): number => on.cell(`disk_${suffix}`, "sda");
  assertEquals(
    ["reads", "writes", "discards", "flushes", "requests_in_flight"].map(cell),
    [1, 5, 12, 16, 9],
  );
  assertEquals(["read_bytes", "written_bytes", "discarded_bytes"].map(cell), [1536, 3584, 7168]);
  assertEquals(
    ["read_seconds", "write_seconds", "io_seconds", "io_weighted_seconds", "flush_seconds"]
      .map(cell),
    [4, 8, 10, 11, 17],
  );
  assertEquals(on.problems(), []);
});

Deno.test("disk derives throughput, waiting, use and queue from two readings", () => {
  const { stage: on, tree } = stage(full("sda", USED));
  on.tick();
  // In 2 s: 4 reads of 8 sectors that took 20 ms together, no writes, 500 ms busy, 3000 ms weighted.
  tree.set(PATH, full("sda", "14 0 112 25 20 0 160 30 2 540 3035"));
  on.tick(2000);
  assertEquals(on.rate("disk_read_bytes", "sda"), 8192);
  assertAlmostEquals(on.rate("disk_read_latency_seconds", "sda"), 0.005);
  assertAlmostEquals(on.rate("disk_busy_ratio", "sda"), 0.25);
  assertAlmostEquals(on.rate("disk_queue_length", "sda"), 1.5);
  assertEquals(on.rate("disk_requests_in_flight"), 2);
  assertEquals(on.read("disk_write_latency_seconds", "sda"), { absent: "no_events" });
});

Deno.test("disk believes no drive that says it was busy for longer than time went by", () => {
  const { stage: on, tree } = stage(full("sda", USED));
  const busy = (ms: number): Reading => {
    tree.set(PATH, full("sda", `10 0 80 5 20 0 160 30 0 ${ms} 35`));
    on.tick(1000);
    return on.read("disk_busy_ratio", "sda");
  };
  busy(40);
  busy(2040);
  assertEquals(grade(busy(4040)), "implausible");
  // A tick of the kernel's clock too much is no lie.
  busy(5050);
  assertEquals(grade(busy(6060)), "exact");
});

Deno.test("disk sums drives only: partitions, volumes and hidden paths pass on the same bytes", () => {
  const all = ["sda", "sda1", "nvme0n1", "nvme0c0n1", "loop0", "zram0", "dm-0", "md127"];
  const text = (numbers: string): string => all.map((name) => full(name, numbers)).join("");
  const { stage: on, tree } = stage(text(USED));
  on.tick();
  assertEquals(on.names("disk"), ["sda", "nvme0n1"]);
  assertEquals(on.names("volume"), ["dm-0", "md127"]);
  tree.set(PATH, text("10 0 90 5 20 0 160 30 0 40 35"));
  on.tick();
  // Ten sectors on each of two drives.
  assertEquals(on.rate("disk_read_bytes"), 10240);
  assertEquals(on.rate("volume_read_bytes", "dm-0"), 5120);
});

Deno.test("disk shows the paths of an NVMe drive that does not count by itself, until it does", () => {
  const paths = ["nvme0c0n1", "nvme0c1n1"];
  const text = (numbers: string, own: string): string =>
    paths.map((name) => full(name, numbers)).join("") + full("nvme0n1", own);
  const { stage: on, tree } = stage(text(USED, UNUSED));
  tree.set(`${CLASS}/nvme0c1n1/device/model`, "Example NVMe\n");
  tree.set(`${CLASS}/nvme0c1n1/hidden`, "1\n");
  tree.set(`${CLASS}/nvme0n1/stat`, `${UNUSED} ${DISCARDS} ${FLUSHES}\n`);
  on.tick();
  assertEquals([on.names("disk"), on.names("volume")], [paths, []]);
  tree.set(PATH, text("10 0 90 5 20 0 160 30 0 40 35", UNUSED));
  on.tick();
  // Ten sectors on each of two paths.
  assertEquals(on.rate("disk_read_bytes"), 10240);
  // As with its iostats switched on.
  tree.set(PATH, text("11 0 98 5 20 0 160 30 0 40 35", "2 0 16 1 0 0 0 0 0 1 1"));
  on.tick();
  on.tick();
  assertEquals(on.names("disk"), ["nvme0n1"]);
});

Deno.test("disk does not take the sum of as many drives as are shown for that of all", () => {
  const names = Array.from({ length: 514 }, (_, n) => `sd${n}`);
  const text = (numbers: string): string => names.map((name) => full(name, numbers)).join("");
  const { stage: on, tree } = stage(text(USED));
  for (const name of names) tree.set(`${CLASS}/${name}/device/model`, "Example LUN\n");
  on.tick();
  tree.set(PATH, text("10 0 90 5 20 0 160 30 3 40 35"));
  on.tick();
  const lacking = { grade: "estimated", coverage: 1, partial: { counted: 512, present: 514 } };
  assertEquals<unknown>(on.read("disk_read_bytes"), { value: 512 * 5120, ...lacking });
  assertEquals<unknown>(on.read("disk_busy_ratio"), { value: 0, ...lacking });
  assertEquals<unknown>(on.read("disk_requests_in_flight"), { value: 512 * 3, ...lacking });
  assertEquals(on.snapshot.isExact("disk_read_bytes"), false);
  assertEquals(on.read("disk_read_bytes", "sd0"), { value: 5120, coverage: 1, grade: "exact" });
  // There is room for all.
  names.length = 512;
  tree.set(PATH, text("10 0 100 5 20 0 160 30 3 40 35"));
  on.tick();
  assertEquals(on.read("disk_read_bytes"), { value: 512 * 5120, coverage: 1, grade: "exact" });
});

Deno.test("disk lacks a drive in sums until the tick in which it takes the room of one that left", () => {
  const names = Array.from({ length: 513 }, (_, n) => `sd${n}`);
  const text = (): string =>
    names.map((name) => full(name, "10 0 90 5 20 0 160 30 3 40 35")).join("");
  const { stage: on, tree } = stage(text());
  for (const name of names) tree.set(`${CLASS}/${name}/device/model`, "Example LUN\n");
  on.tick();
  names.shift();
  tree.set(PATH, text());
  on.tick();
  const lacking = { grade: "estimated", coverage: 1, partial: { counted: 511, present: 512 } };
  assertEquals<unknown>(on.read("disk_requests_in_flight"), { value: 511 * 3, ...lacking });
  on.tick();
  const whole = { grade: "exact", coverage: 1 };
  assertEquals<unknown>(on.read("disk_requests_in_flight"), { value: 512 * 3, ...whole });
  assertEquals(on.problems(), []);
});

Deno.test("disk shows a device with its first request, not before", () => {
  const { stage: on, tree } = stage(full("sr0", UNUSED));
  on.tick();
  assertEquals(on.names("disk"), []);
  tree.set(PATH, full("sr0", "1 0 8 5 0 0 0 0 0 5 5"));
  on.tick();
  assertEquals(on.names("disk"), ["sr0"]);
});

Deno.test("disk finds a name with a slash in sysfs", () => {
  const { stage: on } = stage(full("cciss/c0d0", USED));
  on.tick();
  assertEquals(on.names("disk"), ["cciss/c0d0"]);
});

Deno.test("disk lets a drive go that was pulled out, and takes it back", () => {
  const { stage: on, tree } = stage(full("sda", USED) + full("nvme0n1", USED) + full("dm-0", USED));
  on.tick();
  tree.set(PATH, full("sda", USED));
  on.tick();
  assertEquals(on.names("disk"), ["sda"]);
  assertEquals(on.names("volume"), []);
  tree.set(PATH, full("nvme0n1", USED) + full("sda", USED) + full("dm-0", USED));
  on.tick();
  assertEquals(on.names("disk"), ["sda", "nvme0n1"]);
  assertEquals(on.names("volume"), ["dm-0"]);
});

Deno.test("disk decides on a device later when sysfs does not know it yet", () => {
  const { stage: on, tree } = stage(full("sdb", USED));
  on.tick();
  assertEquals([...on.names("disk"), ...on.names("volume")], []);
  tree.set(`${CLASS}/sdb/device/model`, "Example\n");
  on.tick();
  assertEquals(on.names("disk"), ["sdb"]);
});

Deno.test("disk times go on where their 32 bits of milliseconds wrap", () => {
  const { stage: on, tree } = stage(full("sda", `10 0 80 4294967290 20 0 160 30 0 40 35`));
  on.tick();
  tree.set(PATH, full("sda", "11 0 80 4 20 0 160 30 0 40 35"));
  on.tick();
  // From 6 ms before the wrap to 4 ms after it.
  assertAlmostEquals(on.rate("disk_read_latency_seconds", "sda"), 0.01, 1e-6);
});

Deno.test("disk times that fell by more than the time allows are those of another drive", () => {
  const { stage: on, tree } = stage(full("sda", "10 0 80 3000000000 20 0 160 30 0 40 3000000000"));
  on.tick();
  // As a wrap this would be 1,294,967 seconds of waiting in one second.
  tree.set(PATH, full("sda", "11 0 80 40 20 0 160 30 0 40 40"));
  on.tick();
  assertEquals(on.read("disk_queue_length", "sda"), { absent: "not_yet" });
  on.tick();
  assertEquals(on.cell("disk_read_seconds", "sda"), 3_000_000);
  tree.set(PATH, full("sda", "12 0 80 540 20 0 160 30 0 40 540"));
  on.tick();
  assertEquals(on.rate("disk_queue_length", "sda"), 0.5);
  // After an hour without a reading it can be true.
  tree.set(PATH, full("sda", "13 0 80 4000000000 20 0 160 30 0 40 4000000000"));
  on.tick();
  tree.set(PATH, full("sda", "14 0 80 5032704 20 0 160 30 0 40 5032704"));
  on.tick(3_600_000);
  assertAlmostEquals(on.rate("disk_queue_length", "sda"), 300_000 / 3600);
});

Deno.test("disk says which numbers an older kernel does not print", () => {
  const { stage: on, tree } = stage(line("sda", `${USED} ${DISCARDS}`));
  on.tick();
  on.tick();
  const [flushes, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(flushes!.reason, "not_supported");
  assertEquals(
    flushes!.message,
    'Cannot find flushes in "/proc/diskstats": lines end after 15 numbers; needs Linux 5.5 or newer',
  );
  assertEquals(on.read("disk_flushes", "sda"), { absent: "not_supported", problem: flushes });
  assertEquals(on.rate("disk_discards", "sda"), 0);
  tree.set(PATH, line("sda", USED));
  on.tick();
  assertEquals(on.problems().map((problem) => problem.key), ["flushes", "discards"]);
  assertEquals(on.problems()[1]!.metrics, [
    "disk_discards",
    "disk_discarded_bytes",
    "volume_discards",
    "volume_discarded_bytes",
  ]);
  assertEquals(on.cell("disk_discards", "sda"), NaN);
  assertEquals(on.rate("disk_reads", "sda"), 0);
  tree.set(PATH, full("sda", USED));
  on.tick();
  assertEquals(on.problems(), []);
});

for (
  const [what, text] of [
    ["has a device without numbers", "   8       0 sda\n"],
    ["has too few numbers", "   8       0 sda 1 2 3 4 5 6 7 8 9 10\n"],
    ["has a negative number", "   8       0 sda 1 2 3 4 -5 6 7 8 9 10 11\n"],
    ["holds something else", "nothing here\n"],
  ] as const
) {
  Deno.test(`disk fails where the file ${what}`, () => {
    const { stage: on, tree } = stage(text);
    on.tick();
    const [problem] = on.problems();
    assertEquals(problem!.reason, "failed");
    assertStringIncludes(problem!.message, 'Cannot read "/proc/diskstats": found "');
    assertEquals(tree.openFiles, 0);
  });
}

Deno.test("disk shows nothing where it cannot tell drives from partitions", () => {
  const tree = new TextTree({ [PATH]: full("sda", USED) });
  tree.fail(CLASS, ERRNO.EACCES);
  const on = new Stage([disk], { tree });
  on.tick();
  const [problem] = on.problems();
  assertEquals(problem!.reason, "denied");
  assertStringIncludes(problem!.message, "to tell drives from their partitions");
  assertEquals(tree.openFiles, 0);
});

Deno.test("disk is exposed under node_exporter's names, drives and volumes in one family", () => {
  const families = (scope: string): readonly (string | undefined)[] =>
    [...METRICS.values()].filter(isColumn).filter((entry) => entry.scope === scope)
      .map(({ exposition }) => exposition?.name);
  assertEquals(families("disk"), families("volume"));
  assertEquals(families("disk"), [
    "node_disk_reads_completed_total",
    "node_disk_read_bytes_total",
    "node_disk_read_time_seconds_total",
    "node_disk_writes_completed_total",
    "node_disk_written_bytes_total",
    "node_disk_write_time_seconds_total",
    "node_disk_io_now",
    "node_disk_io_time_seconds_total",
    "node_disk_io_time_weighted_seconds_total",
    "node_disk_discards_completed_total",
    "ringside_disk_discarded_bytes_total",
    "node_disk_flush_requests_total",
    "node_disk_flush_requests_time_seconds_total",
  ]);
});

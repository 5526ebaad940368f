/**
 * The real collectors while the machine changes under them: interfaces that come and go, drives that
 * leave in the middle of a reading, clocks that jump.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { CollectorSpec } from "../../collectors/collector.ts";
import { disk } from "../../collectors/disk.ts";
import { filesystem } from "../../collectors/filesystem.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { network } from "../../collectors/network.ts";
import { thermal } from "../../collectors/thermal.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const QUARTER_MS = 900_000;
const DEV = "/proc/1/net/dev";
const HEADINGS = "Inter-|   Receive            |  Transmit\n face |bytes    packets|bytes\n";

function interfaceLine(name: string, received: number): string {
  return `${name}: ${received} 0 0 0 0 0 0 0 ${received * 2} 0 0 0 0 0 0 0\n`;
}

function networkOf(hardware: readonly string[]): TextTree {
  const sysfs = hardware.map((name) => [`/sys/class/net/${name}/device/modalias`, "virtio\n"]);
  return new TextTree({ ...Object.fromEntries(sysfs), [DEV]: HEADINGS });
}

Deno.test("network keeps the 15-minute chart of eth0 whole while 100 interfaces come and go", () => {
  const tree = networkOf(["eth0"]);
  const stage = new Stage([network], { tree });
  const eth0 = { metric: "interface_receive_bytes", instance: "eth0" };
  const all = { metric: "interface_transmit_bytes" };
  const veth7 = { metric: "virtual_interface_receive_bytes", instance: "veth7" };
  const width = stage.engine.layout.width;
  // A second more than the chart, so that its first point has a row before it. Every 9 s another
  // interface comes for 5 s.
  const seconds = QUARTER_MS / 1000 + 2;
  for (let now = 0; now < seconds; now++) {
    const veth = Math.floor(now / 9);
    const passing = veth < 100 && now % 9 < 5 ? interfaceLine(`veth${veth}`, 50 * now) : "";
    tree.set(DEV, HEADINGS + interfaceLine("eth0", 1000 * now) + passing);
    stage.tick();
    // Somebody looks all the time, so that the chart is also made piece by piece.
    if (now % 60 === 0) stage.feed.series.read([eth0], 0, QUARTER_MS);
  }
  assert(stage.engine.layout.width > width, "a hundred interfaces fitted into the spare columns");
  assertEquals(stage.names("virtual_interface"), []);
  assertEquals(stage.problems().filter(({ instance }) => instance !== "eth0"), []);
  const chart = stage.feed.series.read([eth0, all, veth7], 0, QUARTER_MS);
  const steps = chart.seconds.slice(1).map((at, index) => at - chart.seconds[index]!);
  assertEquals([chart.seconds.length, new Set(steps)], [901, new Set([1])]);
  const [received, sent, passing] = chart.values;
  assertEquals(new Set(received), new Set([1000]));
  assertEquals(new Set(sent), new Set([2000]));
  // There for five readings, which are four increases.
  assertEquals(passing!.filter((value) => value !== null), [50, 50, 50, 50]);
});

Deno.test("network goes on counting in its sums' past what an interface that left had received", () => {
  const tree = networkOf(["eth0", "eth1"]);
  const stage = new Stage([network], { tree });
  for (let now = 0; now < 6; now++) {
    const second = now < 4 ? interfaceLine("eth1", 500 * now) : "";
    tree.set(DEV, HEADINGS + interfaceLine("eth0", 1000 * now) + second);
    stage.tick();
  }
  assertEquals(stage.names("interface"), ["eth0"]);
  const { values } = stage.feed.series.read([{ metric: "interface_receive_bytes" }], 0, QUARTER_MS);
  assertEquals(values, [[null, 1500, 1500, 1500, 1000, 1000]]);
});

const DISKSTATS = "/proc/diskstats";
const BLOCK = "/sys/class/block";

function diskLine(name: string, sectors: number): string {
  return `8 0 ${name} ${sectors} 0 ${sectors} 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`;
}

Deno.test("disk passes over a drive that leaves while sysfs is asked for it", () => {
  const tree = new TextTree({
    [`${BLOCK}/sda/device/model`]: "Example\n",
    [`${BLOCK}/sdb/device/model`]: "Example\n",
    [`${BLOCK}/sdb/hidden`]: "0\n",
    [DISKSTATS]: diskLine("sda", 100),
  });
  const stage = new Stage([disk], { tree });
  stage.tick();
  tree.fail(`${BLOCK}/sdb/hidden`, ERRNO.ENODEV);
  tree.set(DISKSTATS, diskLine("sda", 102) + diskLine("sdb", 8));
  stage.tick();
  assertEquals([stage.names("disk"), stage.problems()], [["sda"], []]);
  assertEquals(stage.rate("disk_read_bytes", "sda"), 1024);
  // It was only slow to appear.
  tree.set(`${BLOCK}/sdb/hidden`, "0\n");
  stage.tick();
  assertEquals(stage.names("disk"), ["sda", "sdb"]);
});

Deno.test("disk loses no byte over a reading of diskstats that fails", () => {
  const tree = new TextTree({
    [`${BLOCK}/sda/device/model`]: "Example\n",
    [DISKSTATS]: diskLine("sda", 100),
  });
  const stage = new Stage([disk], { tree });
  stage.tick();
  for (const errno of [ERRNO.EIO, ERRNO.ENODEV]) {
    const before = stage.cell("disk_read_bytes", "sda");
    tree.fail(DISKSTATS, errno);
    stage.tick();
    const reading = stage.read("disk_read_bytes", "sda");
    assertEquals("absent" in reading && reading.absent, "failed");
    assertStringIncludes(stage.problems()[0]!.message, `Cannot read "${DISKSTATS}"`);
    tree.set(DISKSTATS, diskLine("sda", before / 512 + 60));
    stage.tick(5000);
    // 60 sectors in the six seconds since the last reading that succeeded.
    assertEquals(stage.cell("disk_read_bytes", "sda"), before + 60 * 512);
    assertEquals(stage.rate("disk_read_bytes", "sda"), 10 * 512);
    assertEquals(stage.problems(), []);
  }
});

Deno.test("a drive that is pulled out costs its own row, sensor and filesystem, and no others", () => {
  const hwmon = (n: number): string => `/sys/class/hwmon/hwmon${n}`;
  const mounts = "/dev/sda1 / ext4 rw 0 0\n/dev/nvme0n1 /data ext4 rw 0 0\n";
  const tree = new TextTree({
    [`${BLOCK}/sda/device/model`]: "Example\n",
    [`${BLOCK}/nvme0n1/device/model`]: "Example\n",
    [DISKSTATS]: diskLine("sda", 100) + diskLine("nvme0n1", 100),
    [`${hwmon(0)}/name`]: "drivetemp\n",
    [`${hwmon(0)}/temp1_input`]: "31000\n",
    [`${hwmon(1)}/name`]: "nvme\n",
    [`${hwmon(1)}/temp1_input`]: "40000\n",
    "/proc/1/mounts": mounts,
    "statvfs /": "1000 400 300 50 20\n",
    "statvfs /data": "5000 1000 1000 50 20\n",
  });
  const specs: readonly CollectorSpec[] = [disk, thermal, filesystem];
  const stage = new Stage(specs, { tree });
  stage.tick();
  tree.set(DISKSTATS, diskLine("sda", 110));
  tree.fail(`${hwmon(1)}/temp1_input`, ERRNO.ENODEV);
  tree.fail("statvfs /data", ERRNO.EIO);
  stage.tick(5000);
  assertEquals(stage.read("disk_read_bytes", "nvme0n1"), { absent: "gone" });
  assertEquals(stage.rate("disk_read_bytes", "sda"), 1024);
  assertEquals(stage.rate("sensor_temperature_celsius", "drivetemp temp1"), 31);
  assertEquals(stage.rate("filesystem_size_bytes", "/"), 1000);
  const told = stage.problems().map(({ reason, instance }) => `${reason} ${instance}`);
  assertEquals(told, ["not_supported nvme temp1", "failed /data"]);
  const sensor = stage.read("sensor_temperature_celsius", "nvme temp1");
  assertEquals("absent" in sensor && sensor.problem?.instance, "nvme temp1");
  // Its directory and its mount go a moment later, and with them what was said about them.
  tree.remove(hwmon(1));
  tree.set("/proc/1/mounts", mounts.split("\n")[0]! + "\n");
  stage.tick(300_000);
  assertEquals(stage.names("sensor"), ["drivetemp temp1"]);
  assertEquals(stage.names("filesystem"), ["/"]);
  assertEquals(stage.problems(), []);
});

Deno.test("network shows rates and even steps through a wall clock that is set", () => {
  for (const jumpMs of [-86_400_000, 86_400_000, -1500, 40]) {
    const tree = networkOf(["eth0"]);
    const stage = new Stage([network], { tree });
    const begunAt = stage.clock.wall;
    for (let now = 0; now < 10; now++) {
      tree.set(DEV, HEADINGS + interfaceLine("eth0", 700 * now));
      if (now === 5) stage.clock.wall += jumpMs;
      stage.tick();
    }
    assertEquals(stage.rate("interface_receive_bytes", "eth0"), 700);
    const { seconds, values } = stage.feed.series
      .read([{ metric: "interface_receive_bytes", instance: "eth0" }], 0, QUARTER_MS);
    assertEquals(values, [[null, ...Array(9).fill(700)]]);
    // The newest point stands where the clock stands now, and the past behind it as far as it is.
    const newest = (begunAt + 10_000 + jumpMs) / 1000;
    assertEquals(seconds, Array.from({ length: 10 }, (_, n) => newest - 9 + n));
  }
});

Deno.test("network divides by the whole pause of a machine that stood still, and draws a gap", () => {
  const tree = networkOf(["eth0"]);
  const stage = new Stage([network], { tree });
  const sample = (received: number, advanceMs = 1000, missed = 0): void => {
    tree.set(DEV, HEADINGS + interfaceLine("eth0", received));
    stage.tick(advanceMs, missed);
  };
  sample(0);
  sample(100);
  // A guest that is paused: its monotonic clock goes on.
  sample(6200, 61_000, 60);
  assertEquals(stage.rate("interface_receive_bytes", "eth0"), 100);
  assertEquals(stage.cell("tick_missed"), 60);
  // A machine that sleeps: only the wall clock goes on.
  stage.clock.wall += 3_600_000;
  sample(6300);
  assertEquals(stage.rate("interface_receive_bytes", "eth0"), 100);
  const { seconds, values } = stage.feed.series
    .read([{ metric: "interface_receive_bytes", instance: "eth0" }], 0, QUARTER_MS);
  assertEquals(values, [[null, 100, null, 100]]);
  assertEquals(seconds.map((at) => at - seconds[0]!), [0, 1, 62, 63]);
});

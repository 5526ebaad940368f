/**
 * The lab's own counters outside of the cores, without a line of Ringside's arithmetic: every event must
 * count exactly its rate for the time that it was on a counter, shared or not, and perf stat must say
 * the same of each package.
 */
import { readPmuDevice } from "../../../collectors/host/pmu_devices.ts";
import { LinuxTree } from "../../../collectors/kernel/linux_tree.ts";
import { encodeAttr } from "../../../collectors/pmu/attr.ts";
import { PERF_IOCTL, WHOLE_GROUP } from "../../../collectors/pmu/ioctl.ts";
import { GROUP_FORMAT } from "../../../collectors/pmu/read_format.ts";
import { readParameters } from "../inside/parameters.ts";
import { perfStatPerSocket } from "../inside/perf_stat.ts";
import { RecordingKernel } from "../inside/recorder.ts";
import { apart, check, finish, part, sleep, Worst } from "../inside/report.ts";
import { type UncoreEvent, uncorePmus } from "../inside/uncore_rates.ts";

const SECONDS = 2;
/** perf reads its events one after the other; shared ones by the time of another event. */
const PERF_OFF_MOST = { whole: 0.005, shared: 0.02 };
/** The moments in which events are opened one after the other. */
const IN_USE_OFF_MOST = 0.05;
const EINVAL = 22;
const UNITS: Readonly<Record<string, number>> = { MiB: 64 / 2 ** 20, Joules: 2 ** -32 };

const kernel = new RecordingKernel();
const tree = new LinuxTree(kernel);
const parameters = readParameters();
const pmus = parameters.uncore.flatMap((kind) => uncorePmus(kind, parameters)).map((pmu) => ({
  ...pmu,
  device: readPmuDevice(tree, pmu.name)!,
}));

/** An event that is open by itself. */
interface Leader {
  readonly fd: number;
  readonly box: string;
  readonly name: string;
  readonly perSecond: number;
}

function packageOf(cpu: number): number {
  return Number(tree.text(`/sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`));
}

/** The descriptor of the leader, or `-errno`. */
function open(type: number, events: readonly UncoreEvent[], cpu: number): number {
  const opened: number[] = [];
  for (const { config } of events) {
    const flags = opened.length === 0 ? 1 : 0;
    const attr = encodeAttr({ type, config, readFormat: GROUP_FORMAT, flags });
    const fd = kernel.perfEventOpen(attr, { pid: -1, cpu, groupFd: opened[0] ?? -1 });
    if (fd < 0) {
      for (const member of opened.reverse()) kernel.close(member);
      return fd;
    }
    kernel.ioctlRead(fd, PERF_IOCTL.id, new BigUint64Array(1));
    opened.push(fd);
  }
  return opened[0]!;
}

await part("counts are rates by time counted", async () => {
  const leaders: Leader[] = [];
  const boxes: { readonly box: string; readonly most: number }[] = [];
  for (const { name, ownCounters, device, events } of pmus) {
    for (const cpu of device.cpumask ?? []) {
      const box = `${name} of cpu ${cpu}`;
      const most = Math.min(events.length, ownCounters ? Infinity : parameters.uncoreCounters);
      boxes.push({ box, most });
      for (const event of events) {
        const fd = open(device.type, [event], cpu);
        const perSecond = event.perSecond * (packageOf(cpu) + 1);
        if (fd >= 0) leaders.push({ fd, box, name: `${event.code} of ${box}`, perSecond });
        else check(false, `Cannot open ${name}/${event.code}/ on cpu ${cpu}: errno ${-fd}`);
      }
    }
  }
  for (const { fd } of leaders) kernel.ioctl(fd, PERF_IOCTL.enable, WHOLE_GROUP);
  await sleep(1000 * SECONDS);
  for (const { fd } of leaders) kernel.read(fd, new Uint8Array(new ArrayBuffer(256)));
  let worst = { share: 0, name: "none" };
  let wrong = 0;
  const spans = kernel.groups().map((group) => group.sinceOpened()!);
  for (const [at, { name, perSecond }] of leaders.entries()) {
    const { runningNs, counts } = spans[at]!;
    // Two roundings of a time to nanoseconds, and the fraction of a count.
    const most = 2 + 2 * perSecond / 1e9;
    const share = Math.abs(counts[0]! - perSecond * runningNs / 1e9) / most;
    if (!(share <= 1) || runningNs === 0) wrong++;
    if (!(share <= worst.share)) worst = { share, name };
  }
  check(
    wrong === 0 && spans.length > 0,
    `${spans.length} events counted rate x time running to the nanosecond, the worst by ${
      worst.share.toFixed(2)
    } of what roundings may make: ${worst.name}`,
  );
  // However unevenly the events take turns, no counter is ever free while one waits.
  const inUse = new Worst();
  for (const { box, most } of boxes) {
    const share = leaders.reduce((sum, leader, at) => {
      const { runningNs, enabledNs } = spans[at]!;
      return leader.box === box ? sum + runningNs / enabledNs : sum;
    }, 0);
    inUse.add(apart(share, most), `${share.toFixed(3)} of ${most} on ${box}`);
  }
  inUse.check("counters in use, of each box", IN_USE_OFF_MOST);
  for (const { fd } of leaders) kernel.close(fd);
});

await part("groups beyond the counters", () => {
  const wrong: string[] = [];
  for (const { name, ownCounters, device, events } of pmus) {
    const cpu = device.cpumask![0]!;
    const fits = ownCounters || events.length <= parameters.uncoreCounters;
    const fd = open(device.type, events, cpu);
    if (fits ? fd < 0 : fd !== -EINVAL) {
      wrong.push(`${events.length} of ${name}: ${fd < 0 ? `errno ${-fd}` : "opened"}`);
    }
    if (fd >= 0) kernel.close(fd);
  }
  check(
    wrong.length === 0,
    `a group that its box would not hold is refused, all others of ${pmus.length} open${
      wrong.map((line) => `; ${line}`).join("")
    }`,
  );
});

await part("perf stat", async () => {
  const asked = pmus.flatMap(({ name, events }) =>
    events.map(({ code, perSecond }) => ({ event: `${name}/${code}/`, perSecond }))
  );
  const found = await perfStatPerSocket(asked.map(({ event }) => event), SECONDS);
  const off = { whole: new Worst(), shared: new Worst() };
  for (const { socket, event, perSecond, unit, whole } of found) {
    const declared = asked.find((one) => one.event === event)?.perSecond ?? NaN;
    const expected = declared * (UNITS[unit] ?? 1) * (Number(socket) + 1);
    off[whole ? "whole" : "shared"].add(
      apart(perSecond, expected),
      `${event} of package ${socket}`,
    );
  }
  const packages = new Set(found.map(({ socket }) => socket)).size;
  check(
    found.length === asked.length * packages && packages > 0,
    `perf stat names ${asked.length} events of ${packages} packages: ${found.length}`,
  );
  if (off.whole.count > 0) off.whole.check("perf stat, a second", PERF_OFF_MOST.whole);
  if (off.shared.count > 0) off.shared.check("perf stat, shared", PERF_OFF_MOST.shared);
});
finish();

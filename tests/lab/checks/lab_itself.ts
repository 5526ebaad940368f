/**
 * The lab's own counters, without a line of Ringside's arithmetic: every event must count exactly its
 * rate for the time that it was on a counter, shared or not, and what the parameters make of it.
 */
import { encodeAttr } from "../../../collectors/pmu/attr.ts";
import { EVENT_TYPE } from "../../../collectors/pmu/event_codes.ts";
import { PERF_IOCTL, WHOLE_GROUP } from "../../../collectors/pmu/ioctl.ts";
import { GROUP_FORMAT } from "../../../collectors/pmu/read_format.ts";
import { clockNs, pulseSum, readParameters } from "../inside/parameters.ts";
import { byName, type DeclaredEvent, perSecond, rawEvent } from "../inside/rates.ts";
import { type OpenGroup, RecordingKernel } from "../inside/recorder.ts";
import { check, finish, part, sleep } from "../inside/report.ts";

const kernel = new RecordingKernel();
const parameters = readParameters();
const cpus = Array.from({ length: navigator.hardwareConcurrency }, (_, cpu) => cpu);
const cycles = byName("cycles");
const instructions = byName("instructions");
const EVENTS: readonly DeclaredEvent[] = [
  cycles,
  instructions,
  ...["cache-references", "cache-misses", "branches", "branch-misses", "L1-dcache-loads"].map(
    byName,
  ),
  ...["L1-dcache-load-misses", "LLC-loads", "LLC-load-misses", "dTLB-load-misses"].map(byName),
  byName("iTLB-load-misses"),
  rawEvent(0x01c2),
];
/** How high a pulse was while an event counted shows in two others of its group. */
const references = parameters.pulseNs > 0 ? [cycles, instructions] : [];

/** The descriptor of the leader, or `-errno`. */
function open(events: readonly DeclaredEvent[], cpu: number): number {
  let leader = -1;
  for (const { type, config } of events) {
    const attr = encodeAttr({ type, config, readFormat: GROUP_FORMAT, flags: leader < 0 ? 1 : 0 });
    const fd = kernel.perfEventOpen(attr, { pid: -1, cpu, groupFd: leader });
    if (fd < 0) return fd;
    kernel.ioctlRead(fd, PERF_IOCTL.id, new BigUint64Array(1));
    if (leader < 0) leader = fd;
  }
  return leader;
}

function read(fd: number): void {
  kernel.read(fd, new Uint8Array(new ArrayBuffer(256)));
}

function groupOf(fd: number): OpenGroup {
  const at = [...opened.values()].indexOf(fd);
  return kernel.groups()[at]!;
}

const opened = new Map<string, number>();

await part("the pulse follows the clock", async () => {
  if (parameters.pulseNs === 0) return;
  const fd = open([cycles], 0);
  const times = [clockNs()];
  kernel.ioctl(fd, PERF_IOCTL.enable, WHOLE_GROUP);
  times.push(clockNs());
  await sleep(730);
  times.push(clockNs());
  read(fd);
  times.push(clockNs());
  const { counts: [total] } = kernel.groups()[0]!.sinceOpened()!;
  const count = total! - Number(parameters.offset);
  kernel.close(fd);
  const [t0, t1, t2, t3] = times.map((time) =>
    cycles.perUs / 1000 * (time + parameters.pulseDepth * pulseSum(parameters, time))
  ) as [number, number, number, number];
  check(
    count >= t2 - t1 && count <= t3 - t0,
    `the pulse follows the clock: ${Math.floor(t2 - t1)} <= ${count} <= ${
      Math.ceil(t3 - t0)
    } cycles`,
  );
});

await part("counts are rates by time counted", async () => {
  for (const event of EVENTS) {
    for (const cpu of cpus) {
      // Raw codes are of the first PMU alone.
      if (event.type === EVENT_TYPE.raw && parameters.atom.has(cpu)) continue;
      const fd = open([event, ...references], cpu);
      if (fd >= 0) opened.set(`${event.name} ${cpu}`, fd);
      else check(false, `Cannot open ${event.name} on cpu ${cpu}: errno ${-fd}`);
    }
  }
  for (const fd of opened.values()) kernel.ioctl(fd, PERF_IOCTL.enable, WHOLE_GROUP);
  await sleep(1000);
  for (const fd of opened.values()) read(fd);
  let worst = 0;
  let wrong = 0;
  let inUse = 0;
  for (const event of EVENTS) {
    for (const cpu of cpus) {
      const fd = opened.get(`${event.name} ${cpu}`);
      if (fd === undefined) continue;
      const span = groupOf(fd).sinceOpened()!;
      const counts = span.counts.map((count) => count - Number(parameters.offset));
      const difference = Math.abs(counts[0]! - expected(event, cpu, span.runningNs, counts));
      inUse += span.runningNs / span.enabledNs * counts.length;
      worst = Math.max(worst, difference);
      // Two roundings of a second's worth of nanoseconds, and the fraction of a count.
      if (!(difference <= (references.length > 0 ? 4 : 2)) || span.runningNs === 0) wrong++;
    }
  }
  const each = inUse / cpus.length;
  check(
    wrong === 0,
    `${opened.size} events counted rate x time running, the worst ${
      worst.toFixed(2)
    } counts off; ` +
      `${each.toFixed(2)} of ${parameters.counters} counters in use`,
  );
});

function expected(
  event: DeclaredEvent,
  cpu: number,
  runningNs: number,
  counts: readonly number[],
): number {
  const rate = perSecond(event, cpu, parameters);
  if (references.length === 0) return rate * runningNs / 1e9;
  // Both in microseconds at the average rate.
  const withCycles = counts[1]! / perSecond(cycles, cpu, parameters) * 1e6;
  const against = counts[2]! / perSecond(instructions, cpu, parameters) * 1e6;
  return rate * (runningNs / 1e9 + event.pulse * (withCycles - against) / 2e6);
}

finish();

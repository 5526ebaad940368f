/**
 * The Arm guest with the kernel's own driver: cycles and instructions, and a reason for everything else.
 * An emulated CPU counts a billion cycles a second, and two for every instruction of a task that runs.
 */
import { METRICS } from "../../../collectors/catalogue.ts";
import { TERMS } from "../../../collectors/catalogue/core_counters.ts";
import { isMeasured } from "../../../collectors/trust.ts";
import { Load } from "../inside/load.ts";
import { perfStat } from "../inside/perf_stat.ts";
import { apart, check, describe, finish, part, percent, readingApart } from "../inside/report.ts";
import { Subject } from "../inside/subject.ts";

const SECONDS = 3;
const INTERVAL_MS = 500;
const CYCLES = 1e9;
const OFF_MOST = 0.005;
/** A busy CPU is never quite alone: the kernel's idle task has cycles without instructions. */
const RATIO_OFF_MOST = 0.05;
const COUNTED = ["cpu_cycles", "instructions"];

const subject = new Subject();
{
  await using _load = new Load(0);
  await using _other = new Load(1);
  await subject.settle();
  await part("counts", async () => {
    const counted = perfStat(["cycles", "instructions"], SECONDS);
    const span = await subject.span(1000 * SECONDS, INTERVAL_MS, { beside: counted });
    const [cycles, instructions] = COUNTED.map((metric) => {
      const own = span.rises.filter((rise) => rise.metric === metric);
      const sum = (pick: (rise: typeof own[number]) => number): number =>
        own.reduce((total, rise) => total + pick(rise), 0);
      return sum((rise) => rise.count) / sum((rise) => rise.enabledSeconds);
    }) as [number, number];
    const off = apart(cycles, CYCLES);
    check(
      off <= OFF_MOST,
      `cycles are a billion a second of each CPU: ${cycles}, ${percent(off)} off`,
    );
    const perf = (await counted).map(({ count, enabledSeconds }) => count / enabledSeconds);
    const beside = [apart(cycles, perf[0]!), apart(instructions, perf[1]!)];
    check(
      beside[0]! <= OFF_MOST && beside[1]! <= RATIO_OFF_MOST,
      `perf stat -a agrees: cycles ${percent(beside[0]!)} off, instructions ${percent(beside[1]!)}`,
    );
    check(span.fell.length === 0, `no counter fell ${span.fell.join()}`);
    const ratio = subject.snapshot.read("instructions_per_cycle", "0");
    check(
      readingApart(ratio, 0.5) <= RATIO_OFF_MOST,
      `instructions per cycle of a busy CPU are 0.5: ${describe(ratio)}`,
    );
  });
}
await part("the rest", () => {
  const { snapshot } = subject;
  const others = TERMS.map(({ metric }) => metric).filter((metric) =>
    !COUNTED.includes(metric) && !/_group_/.test(metric) && METRICS.has(metric)
  );
  const wrong = others.filter((metric) => {
    const reading = snapshot.read(metric, "0");
    return isMeasured(reading) || reading.absent !== "not_supported" || !reading.problem;
  });
  check(
    wrong.length === 0,
    `${others.length} other quantities are not supported, each with its cause${
      wrong.map((metric) => `; ${metric} ${describe(snapshot.read(metric, "0"))}`).join("")
    }`,
  );
  const causes = subject.problems.filter(({ collector }) => collector === "core_counters");
  check(
    causes.length < 20,
    `${causes.length} causes: ${causes.map(({ message }) => message).join("; ")}`,
  );
});
finish();

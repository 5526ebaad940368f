/**
 * `check-perf`: Ringside's counters beside `perf stat` over the same span, on this machine.
 *
 * @module
 */
import type { HostProfile } from "../host/profile.ts";
import { EVERYTHING } from "../narrowing.ts";
import { formatCpuList } from "../pmu/cpu_list.ts";
import { RefusedOption } from "../refused_option.ts";
import { type SamplerOptions, WORKER_RIGHTS } from "../sampling/sampler.ts";
import type { Problem } from "../trust.ts";
import { busyShareOf } from "./busy_time.ts";
import { compare, type Compared, groupsOf } from "./comparison.ts";
import { PerfStat, PerfStatError } from "./perf_stat.ts";
import type { Tally } from "./tally.ts";
import type { FromCheckWorker, ToCheckWorker } from "./worker.ts";

export interface CheckOptions {
  readonly seconds: number;
  readonly sampling: SamplerOptions;
}

export interface Check {
  readonly profile: HostProfile;
  /** That Ringside's counters were compared over, measured. */
  readonly seconds: number;
  readonly compared: readonly Compared[];
  /** Every difference is within its limit or explained. */
  readonly agrees: boolean;
  /** Why something else is not counted. */
  readonly problems: readonly Problem[];
}

type Ticked = FromCheckWorker & { readonly type: "ticked" };

/** Rejects with one line when there is nothing to compare, or nothing to compare it with. */
export async function checkPerf({ seconds, sampling }: CheckOptions): Promise<Check> {
  const { intervalMs, procfs, sysfs, narrowing = EVERYTHING } = sampling;
  using worker = new CheckWorker();
  const opened = await worker.ask({ type: "open", procfs, sysfs, intervalMs, narrowing });
  const { cpus } = narrowing;
  // perf -C opens what is no CPU's on each of them.
  const asked = opened.tallies.filter((tally) => cpus === undefined || tally.scope === "cpu");
  if (asked.length === 0) throw new Error(whyNothing(opened.problems));
  await using perf = startPerf(asked, cpus, opened.profile);

  const tick = (): Promise<Ticked> => worker.ask({ type: "tick" });
  const before = await settled(perf, tick);
  const enabledMs = performance.now();
  const from = await tick();
  const begunMs = performance.now();
  const endMs = begunMs + seconds * 1000;
  // As the service reads: every interval.
  for (let at = begunMs + intervalMs; at < endMs; at += intervalMs) {
    await until(at);
    await tick();
  }
  await until(endMs);
  const to = await tick();
  const spanSeconds = (performance.now() - begunMs) / 1000;
  const perfSeconds = (performance.now() - enabledMs) / 1000;
  await perf.disable();
  const after = await tick();

  const span = {
    before: before.tallies,
    from: from.tallies,
    to: to.tallies,
    after: after.tallies,
    perfSeconds,
    busyShare: busyShareOf(from.busyTime, to.busyTime),
  };
  const compared = compare(asked, span, await perf.end());
  return {
    profile: opened.profile,
    seconds: spanSeconds,
    compared,
    agrees: compared.every(({ within, explained }) => within || explained !== null),
    problems: after.problems,
  };
}

/** The reading before perf begins to count. perf opens its events when it is first told something. */
async function settled(perf: PerfStat, tick: () => Promise<Ticked>): Promise<Ticked> {
  await perf.disable();
  const before = await tick();
  await perf.enable();
  return before;
}

function until(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms - performance.now()));
}

function startPerf(
  asked: readonly Tally[],
  cpus: readonly number[] | undefined,
  profile: HostProfile,
): PerfStat {
  try {
    return PerfStat.start({
      groups: groupsOf(asked),
      cpus: cpus === undefined ? undefined : formatCpuList(cpus),
    });
  } catch (error) {
    if (!(error instanceof PerfStatError && error.missing)) throw error;
    throw new Error(`${error.message}, needs ${packageOf(profile)}`);
  }
}

/** The package that brings perf. */
function packageOf({ distribution = "", kernelRelease }: HostProfile): string {
  if (/ubuntu|mint/i.test(distribution)) return `the package linux-tools-${kernelRelease}`;
  return /debian/i.test(distribution) ? "the package linux-perf" : "the package perf";
}

function whyNothing(problems: readonly Problem[]): string {
  const cause = problems[0];
  return `Cannot compare with perf stat: Ringside counts nothing here${
    cause === undefined ? "" : `. ${cause.message}`
  }`;
}

/** The worker and its answers: one for each question. */
class CheckWorker {
  readonly #worker = new Worker(new URL("./worker.ts", import.meta.url).href, {
    type: "module",
    name: "check",
    deno: { permissions: WORKER_RIGHTS },
  });

  ask(question: ToCheckWorker): Promise<Ticked> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<FromCheckWorker>): void => {
        if (data.type === "ticked") resolve(data);
        else reject(data.refused ? new RefusedOption(data.message) : new Error(data.message));
      };
      this.#worker.onerror = (event): void => {
        event.preventDefault();
        reject(new Error(`The reading of the counters ended: ${event.message}`));
      };
      this.#worker.postMessage(question);
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

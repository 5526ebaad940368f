/**
 * The finest interval, with nobody watching: share of one core, and ticks that were missed. Beside it
 * in the same run a C program that makes the same reads as often and looks at none of them.
 *
 * @module
 */
import { Service } from "../service.ts";
import { Machine } from "./machine.ts";
import { build } from "./native.ts";
import { ProcessTree } from "./process_tree.ts";
import { Recorder } from "./recorder.ts";
import { medianOf, type Options, type Result, type Size } from "./result.ts";
import { pause, rates, spreadOf } from "./windows.ts";

const INTERVAL_MS = 10;
/** 3 % of one core, in ms a second. */
const CPU_MS_MOST = 30;
const MISSED_PERCENT_MOST = 1;
/** Until every collector was read at least once: the slowest is worth 5 s. */
const RECORDED_TICKS = 5000 / INTERVAL_MS;
const TICKS = "ringside_ticks_total";
const MISSED = "ringside_ticks_missed_total";

export async function interval(size: Size, { seconds }: Options = {}): Promise<Result[]> {
  const plan = size === "smoke"
    ? { windows: 1, seconds: 1, warmSeconds: 0 }
    : { windows: 12, seconds: seconds ?? 5, warmSeconds: 60 };
  const program = await build("reads");
  const child = program === null ? null : await paced(program);
  await using service = await Service.start({ args: ["--interval", `${INTERVAL_MS}ms`] });
  await pause(plan.warmSeconds);
  const before = await counted(service);
  const ours = new ProcessTree(service.pid);
  const [cpu, floor] = await Promise.all([
    rates(() => ours.cpuMs(), plan),
    child === null ? [] : rates(cpuOf(child.pid), plan),
  ]);
  const after = await counted(service);
  if (child !== null) {
    child.kill("SIGTERM");
    await child.status;
  }
  const missed = after.missed - before.missed;
  const due = after.ticks - before.ticks + missed;
  return [
    medianOf(spreadOf(cpu), {
      name: `${INTERVAL_MS} ms, nobody watching: CPU a second`,
      unit: "ms",
      most: CPU_MS_MOST,
    }),
    child === null
      ? { name: `${INTERVAL_MS} ms, the same reads in C`, missing: "a C compiler (cc)" }
      : medianOf(spreadOf(floor), {
        name: `${INTERVAL_MS} ms, the same reads in C: CPU a second`,
        unit: "ms",
      }),
    {
      name: `${INTERVAL_MS} ms: ticks missed, of ${due}`,
      value: missed / due * 100,
      unit: "%",
      most: MISSED_PERCENT_MOST,
    },
  ];
}

function cpuOf(pid: number): () => number {
  const tree = new ProcessTree(pid);
  return () => tree.cpuMs();
}

interface Ticks {
  readonly ticks: number;
  readonly missed: number;
}

async function counted(service: Service): Promise<Ticks> {
  const text = await (await fetch(`${service.url}/metrics`)).text();
  const sample = (name: string): number => {
    const value = text.match(new RegExp(`^${name}(?:\\{\\})? (\\S+)$`, "m"))?.[1];
    if (value === undefined) throw new Error(`Cannot find ${name} in /metrics`);
    return Number(value);
  };
  return { ticks: sample(TICKS), missed: sample(MISSED) };
}

/** The C program with the reads of some seconds of such ticks, over and over. */
async function paced(program: string): Promise<Deno.ChildProcess> {
  const recorder = new Recorder();
  const machine = new Machine({ intervalMs: INTERVAL_MS, between: recorder });
  for (let i = 0; i < RECORDED_TICKS; i++) machine.tick();
  recorder.recording = true;
  for (let i = 0; i < RECORDED_TICKS; i++) {
    machine.tick();
    recorder.note("tick");
  }
  machine.engine.close();
  const child = new Deno.Command(program, { args: ["0", `${INTERVAL_MS}`], stdin: "piped" })
    .spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(recorder.steps.join("\n") + "\n"));
  await writer.close();
  return child;
}

/**
 * CPU time of one tick of all collectors, beside a C program that makes the same reads into the same
 * kind of buffers and looks at none of them. Both run back to back, by turns.
 *
 * @module
 */
import { Machine, median, ROUND_TICKS } from "./machine.ts";
import { build } from "./native.ts";
import { Recorder } from "./recorder.ts";
import type { Result, Size } from "./result.ts";

export async function tick(size: Size): Promise<Result[]> {
  const rounds = size === "smoke" ? 5 : 300;
  const turns = size === "smoke" ? 1 : 7;
  const program = await build("reads");
  const steps = record();
  const machine = new Machine();
  for (let i = 0; i < (size === "smoke" ? 1 : 100) * ROUND_TICKS; i++) machine.tick();
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    ours.push(ticksNs(machine, rounds));
    if (program !== null) theirs.push(await run(program, steps, rounds));
  }
  machine.engine.close();
  const result: Result[] = [{
    name: "tick, all collectors",
    value: median(ours) / 1000,
    unit: "us",
  }];
  if (program === null) return [...result, { name: "tick in C", missing: "no C compiler (cc)" }];
  return [
    ...result,
    { name: "tick in C, reads only", value: median(theirs) / 1000, unit: "us" },
    { name: "tick, ratio to C", value: median(ours) / median(theirs), unit: "x", most: 2 },
  ];
}

/** Median ns of CPU for a tick, over rounds. */
function ticksNs(machine: Machine, rounds: number): number {
  const spent: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = machine.threadCpuNs();
    for (let i = 0; i < ROUND_TICKS; i++) machine.tick();
    spent.push((machine.threadCpuNs() - begun) / ROUND_TICKS);
  }
  return median(spent);
}

function record(): string {
  const recorder = new Recorder();
  const machine = new Machine({ between: recorder });
  for (let i = 0; i < ROUND_TICKS; i++) machine.tick();
  recorder.recording = true;
  for (let i = 0; i < ROUND_TICKS; i++) {
    machine.tick();
    recorder.note("tick");
  }
  machine.engine.close();
  return recorder.steps.join("\n") + "\n";
}

export async function run(program: string, steps: string, rounds: number): Promise<number> {
  const child = new Deno.Command(program, {
    args: [String(rounds)],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(steps));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot run reads.c: it failed, see above");
  return Number(new TextDecoder().decode(stdout));
}

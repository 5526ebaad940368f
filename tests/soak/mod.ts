/**
 * `deno task soak [LENGTH] [--seed N]`: a service that is disturbed at random, beside one that is left
 * alone. Ends with 1 when it has not its memory and descriptors again, or has counted something else.
 *
 * @module
 */
import { Victim } from "../faults/victim.ts";
import { parseDuration } from "../../routes/duration.ts";
import { Dice } from "./dice.ts";
import { calm, DISTURBANCES } from "./disturbances.ts";
import { compare, kernelTotals, type Look, type Totals, totalsOf } from "./totals.ts";

const LENGTH_USUAL = "2m";
/** Few enough to be used up. */
const DESCRIPTORS = 1500;
/** Ticks of a second, after which it is looked at. */
const REST_TICKS = 10;
/** Memory is given back to the system once a minute: it is waited for that long, and not longer. */
const REST_TICKS_MOST = 75;
const RESIDENT_GROWTH_MOST = 24 * 2 ** 20;
/** Disturbances that go on at the same time. */
const AT_ONCE = 2;
/** So that on a machine where nothing else begins there are forks to compare. */
const PULSE_MS = 100;
const MIB = 2 ** 20;

interface State {
  readonly descriptors: number;
  readonly resident: number;
}

interface Row {
  readonly cells: readonly string[];
  readonly holds: boolean;
}

async function soak(lengthMs: number, seed: number): Promise<readonly Row[]> {
  await using undisturbed = await Victim.start();
  await using disturbed = await Victim.start({ before: `ulimit -n ${DESCRIPTORS};` });
  const hertz = Number(await output("getconf", ["CLK_TCK"]));
  const kernel = async (): Promise<Totals> => {
    const [stat, vmstat] = await Promise.all(
      ["/proc/stat", "/proc/vmstat"].map((path) => Deno.readTextFile(path)),
    );
    return kernelTotals(stat!, vmstat!, hertz);
  };
  const told = async (service: Victim): Promise<Totals> => {
    // The tick that is under way was read in part before it was looked.
    await service.ticks(2);
    return totalsOf((await service.get("/metrics")).text);
  };
  const look = async (): Promise<Look> => {
    const before = await kernel();
    const services = await Promise.all([undisturbed, disturbed].map(told));
    return { kernel: [before, await kernel()], services };
  };
  // Warm: each kind of trouble but the long one has been there once, so that what stays is not growth.
  const dice = new Dice(seed);
  for (const [name, disturb] of Object.entries(DISTURBANCES)) {
    if (name !== "clients that get stuck") await disturb(disturbed, dice);
    await calm(disturbed);
  }
  const before = await stateOf(disturbed, Infinity);
  await using _ = pulse();
  const first = await look();
  const begunMs = performance.now();
  const done = await disturbFor(disturbed, lengthMs, dice);
  const last = await look();
  const after = await stateOf(disturbed, before.resident + RESIDENT_GROWTH_MOST);
  const seconds = (performance.now() - begunMs) / 1000;
  console.log(
    `${Math.round(seconds)} s: ${[...done].map(([name, n]) => `${n} ${name}`).join(", ")}`,
  );
  const said = disturbed.errors.text.trimEnd().split("\n").filter((line) => line !== "");
  const unknown = said.filter((line) => !isExpected(line));
  console.log(`It said ${said.length} times that descriptors ran out or that a client was cut off`);
  for (const line of unknown) console.log(`It said: ${line}`);
  await undisturbed.end();
  await disturbed.end();
  return [
    ...compare(first, last).map(({ name, kernel, services, off, agrees }) => ({
      cells: [
        name,
        kernel.map(whole).join(" to "),
        ...services.map(whole),
        `${(100 * off).toFixed(2)} %`,
      ],
      holds: agrees,
    })),
    {
      cells: ["descriptors", "", whole(before.descriptors), whole(after.descriptors), ""],
      holds: after.descriptors <= before.descriptors,
    },
    {
      cells: [
        "resident MiB",
        "",
        ...[before, after].map(({ resident }) => whole(resident / MIB)),
        "",
      ],
      holds: after.resident <= before.resident + RESIDENT_GROWTH_MOST,
    },
    { cells: ["unknown messages", "", "", whole(unknown.length), ""], holds: unknown.length === 0 },
  ];
}

/** Disturbs until the time is over, and then waits for its end. How often each was done. */
async function disturbFor(
  victim: Victim,
  lengthMs: number,
  dice: Dice,
): Promise<ReadonlyMap<string, number>> {
  const done = new Map(Object.keys(DISTURBANCES).map((name) => [name, 0]));
  const count = (name: string): unknown => done.set(name, done.get(name)! + 1);
  const endMs = performance.now() + lengthMs;
  let stuck: Promise<void> | null = null;
  while (performance.now() < endMs) {
    const names = Object.keys(DISTURBANCES).filter((name) => name !== "clients that get stuck");
    const chosen = Array.from({ length: AT_ONCE }, () => dice.pick(names));
    if (stuck === null && endMs - performance.now() > 70_000) {
      count("clients that get stuck");
      stuck = DISTURBANCES["clients that get stuck"]!(victim, dice).then(() => {
        stuck = null;
      });
    }
    await Promise.all(chosen.map((name) => DISTURBANCES[name]!(victim, dice)));
    chosen.forEach(count);
    await victim.until("/readyz", ({ status }) => status === 200);
  }
  await stuck;
  await calm(victim);
  return done;
}

/** Begins a process that ends at once, again and again until it is disposed of. */
function pulse(): AsyncDisposable {
  let going = true;
  const beating = (async () => {
    while (going) {
      await output("true", []);
      await new Promise((resolve) => setTimeout(resolve, PULSE_MS));
    }
  })();
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      going = false;
      await beating;
    },
  };
}

/** When it has rested, and given its memory back or had its time for it. */
async function stateOf(victim: Victim, residentMost: number): Promise<State> {
  let resident = Infinity;
  for (let ticks = 0; ticks < REST_TICKS_MOST; ticks += REST_TICKS) {
    await victim.ticks(REST_TICKS);
    resident = await victim.resident();
    if (resident <= residentMost) break;
  }
  return { descriptors: await victim.descriptors(), resident };
}

/** That descriptors ran out and that clients were cut off is what it should say. */
function isExpected(line: string): boolean {
  return /^Cannot go on listening on .*: no descriptor left/.test(line) ||
    line.startsWith("A stream was cut off: nothing of it was read for");
}

async function output(command: string, args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args }).output();
  return new TextDecoder().decode(stdout).trim();
}

function whole(value: number): string {
  return Math.round(value).toString();
}

function print(rows: readonly Row[]): void {
  const head = ["", "kernel", "undisturbed", "disturbed", "furthest off"];
  const widths = head.map((name, column) =>
    Math.max(name.length, ...rows.map(({ cells }) => cells[column]!.length))
  );
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join(
      "  ",
    );
  console.log(line(head));
  for (const { cells, holds } of rows) {
    console.log(`${line(cells)}${holds ? "" : "  DOES NOT HOLD"}`);
  }
}

async function main(args: readonly string[]): Promise<number> {
  const at = args.indexOf("--seed");
  const seed = at < 0 ? crypto.getRandomValues(new Uint32Array(1))[0]! : Number(args[at + 1]);
  const [length = LENGTH_USUAL] = args.filter((_, i) => at < 0 || (i !== at && i !== at + 1));
  const lengthMs = parseDuration(length.replace(/^(\d+)h$/, (_, hours) => `${60 * hours}m`));
  if (lengthMs === undefined || !Number.isInteger(seed)) {
    console.error(
      `Cannot soak for ${length} with seed ${seed}: needs 2m, 1h, ... and a whole number`,
    );
    return 2;
  }
  console.log(`Soak of ${length}, seed ${seed}`);
  const rows = await soak(lengthMs, seed);
  print(rows);
  const failed = rows.filter(({ holds }) => !holds).length;
  console.log(
    `${failed === 0 ? "ok" : "FAILED"} | ${rows.length - failed} passed | ${failed} failed`,
  );
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));

/**
 * Every collector on machines whose files are garbled, cut short, emptied, swollen or taken away, one
 * file at a time. Rounds follow from a seed, so a failure comes again: its name says how.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { MEASURED } from "../../collectors/catalogue.ts";
import type { CollectorSpec } from "../../collectors/collector.ts";
import { cpuTime } from "../../collectors/cpu_time.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import type { HostTree, TreeFile } from "../../collectors/kernel/host_tree.ts";
import type { FileBuffer, FilesystemSize } from "../../collectors/kernel/kernel.ts";
import { REGISTRY } from "../../collectors/registry.ts";
import { isMeasured } from "../../collectors/trust.ts";
import { CHANGES, dice, type Roll } from "../garbled_text.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const MACHINES = ["firecracker-2cpu", "server-2socket", "minimal-container"] as const;
/** Of each collector on each machine. */
const ROUNDS = 8;
/** Longer than anything is kept without being read again. */
const INTERVAL_MS = 1_860_000;

/** Notes which files are read, so that rounds are not spent on others. */
class NotingTree implements HostTree {
  readonly paths = new Set<string>();
  readonly #tree: TextTree;

  constructor(tree: TextTree) {
    this.#tree = tree;
  }
  open(path: string): TreeFile {
    this.paths.add(path);
    return this.#tree.open(path);
  }
  text(path: string): string {
    this.paths.add(path);
    return this.#tree.text(path);
  }
  read(path: string, into: FileBuffer): void {
    this.paths.add(path);
    this.#tree.read(path, into);
  }
  list(path: string): readonly string[] {
    return this.#tree.list(path);
  }
  count(path: string): number {
    return this.#tree.count(path);
  }
  statvfs(path: string): FilesystemSize {
    this.paths.add(`statvfs ${path}`);
    return this.#tree.statvfs(path);
  }
}

const ERRORS = { EACCES: ERRNO.EACCES, EIO: ERRNO.EIO, ENODEV: ERRNO.ENODEV } as const;

/** Does something to a file; returns what, in words. */
function harm(tree: TextTree, path: string, text: string, roll: Roll): string {
  const changes = Object.keys(CHANGES);
  const errors = Object.keys(ERRORS) as (keyof typeof ERRORS)[];
  // Sizes of filesystems come from a system call: it may fail, and garbles nothing.
  const choice = path.startsWith("statvfs") ? changes.length : roll(changes.length + 3);
  const change = changes[choice];
  if (change !== undefined) {
    tree.set(path, CHANGES[change]!(text, roll));
    return change;
  }
  const error = errors[roll(errors.length)]!;
  if (choice === changes.length) {
    tree.fail(path, ERRORS[error]);
    return `failing with ${error}`;
  }
  tree.remove(path);
  return "taken away";
}

/** By `metric{instance}`: the cells that hold a value. */
function cells(on: Stage): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const entry of MEASURED) {
    for (const { name } of on.snapshot.instances(entry.scope)) {
      const value = on.cell(entry.id, entry.scope === "host" ? undefined : name);
      if (!Number.isNaN(value)) found.set(`${entry.id}{${name}}`, value);
    }
  }
  return found;
}

/** What must hold after every tick, whatever the files say. */
function check(on: Stage, before: ReadonlyMap<string, number>, where: string): void {
  const now = cells(on);
  for (const entry of MEASURED) {
    for (const { name, bornSequence } of on.snapshot.instances(entry.scope)) {
      const key = `${entry.id}{${name}}`;
      const instance = entry.scope === "host" ? undefined : name;
      const reading = on.read(entry.id, instance);
      if (isMeasured(reading)) {
        assert(Number.isFinite(reading.value), `${key} is ${reading.value}, ${where}`);
        if (entry.kind === "counter") assert(reading.value >= 0, `${key} runs backwards, ${where}`);
      }
      const value = now.get(key);
      const earlier = before.get(key);
      // Who came with this row has nothing to do with an earlier one of that name.
      if (bornSequence === on.snapshot.sequence) continue;
      if (value === undefined && earlier !== undefined) {
        assert(
          !isMeasured(reading) && reading.problem,
          `${key} is absent without a cause, ${where}`,
        );
      } else if (entry.kind === "counter" && value !== undefined && earlier !== undefined) {
        assert(value >= earlier, `${key} fell from ${earlier} to ${value}, ${where}`);
      }
    }
  }
}

function problemsOf(on: Stage, spec: CollectorSpec): readonly string[] {
  return on.problems().filter(({ collector }) => collector === spec.id)
    .map(({ key, reason }) => `${reason} ${key}`).toSorted();
}

/** What only that collector reads, which is harmed in its own turn. */
const OF_CPU_TIME = /^\/proc\/stat$|\/core_cpus_list$/;

async function fuzz(machine: string, spec: CollectorSpec, seed: number): Promise<void> {
  const roll = dice(seed);
  const tree = await TextTree.load(machine);
  const noting = new NotingTree(tree);
  const on = new Stage(spec === cpuTime ? [spec] : [cpuTime, spec], { tree: noting });
  on.intervalMs = INTERVAL_MS;
  on.tick();
  on.tick();
  const sound = problemsOf(on, spec);
  const known = [...cells(on).keys()];
  const own = (path: string): boolean => spec === cpuTime || !OF_CPU_TIME.test(path);
  const targets = [...noting.paths].filter((path) => own(path) && exists(tree, path));
  for (let round = 0; round < ROUNDS && targets.length > 0; round++) {
    const path = targets[roll(targets.length)]!;
    let text = "";
    tree.edit(path, (whole) => text = whole);
    const where = `${machine}, round ${round}, ${path} ${harm(tree, path, text, roll)}`;
    for (let tick = 0; tick < 3; tick++) {
      const before = cells(on);
      // Two ticks with the harm, and one that finds the file as it was.
      if (tick === 2) tree.set(path, text);
      on.tick();
      check(on, before, `${where}, tick ${tick}`);
    }
    on.tick();
    assertEquals(problemsOf(on, spec), sound, `is not sound again: ${where}`);
    const again = cells(on);
    for (const key of known) assert(again.has(key), `${key} does not come back: ${where}`);
  }
  on.engine.close();
  assertEquals(tree.openFiles, 0, `files are left open: ${machine}`);
}

function exists(tree: TextTree, path: string): boolean {
  return tree.paths().includes(path);
}

for (const [index, spec] of REGISTRY.entries()) {
  Deno.test(`${spec.id} stays sound whatever its files say`, async () => {
    for (const [machine, name] of MACHINES.entries()) {
      await fuzz(name, spec, 1 + index * 100 + machine);
    }
  });
}

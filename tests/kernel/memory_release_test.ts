/** `LinuxKernel.releaseMemory()`, on the mappings of this process. */
import { assert, assertEquals } from "@std/assert";
import { LinuxKernel } from "../../collectors/kernel/linux_kernel.ts";
import { LinuxTree } from "../../collectors/kernel/linux_tree.ts";

const kernel = LinuxKernel.open();
const tree = new LinuxTree(kernel);

Deno.test("LinuxKernel.releaseMemory() gives back the program's code and constants, and it runs on", () => {
  const before = constantKib();
  for (const rights of ["r-xp", "r--p"] as const) {
    assert(before[rights] > 1024, `${rights}: ${before[rights]} KiB are resident`);
  }
  const mapped = kernel.releaseMemory();
  const after = constantKib();
  assert(mapped > 2 ** 20, `${mapped} bytes are mapped`);
  for (const rights of ["r-xp", "r--p"] as const) {
    assert(
      after[rights] < before[rights] / 2,
      `${rights}: ${after[rights]} of ${before[rights]} KiB`,
    );
  }
  assertEquals(kernel.uname().sysname, "Linux");
  // A second time the mappings are known.
  assertEquals(kernel.releaseMemory(), mapped);
});

Deno.test("LinuxKernel.releaseMemory() leaves alone what the loader wrote", () => {
  const written = (): string[] =>
    mappings().filter(({ head, anonymousKib }) => head.includes(" r--p ") && anonymousKib > 0)
      .map(({ head, anonymousKib }) => `${head} ${anonymousKib}`);
  const before = written();
  kernel.releaseMemory();
  assertEquals(written(), before);
  assert(before.length > 0, "the loader wrote nothing that is read-only now");
});

/** Resident code and constants of the program itself. */
function constantKib(): Record<"r-xp" | "r--p", number> {
  const kib = { "r-xp": 0, "r--p": 0 };
  for (const { head, residentKib } of mappings()) {
    const [, rights, , , , path] = head.split(/ +/);
    if (path !== Deno.execPath()) continue;
    if (rights === "r-xp" || rights === "r--p") kib[rights] += residentKib;
  }
  return kib;
}

function mappings(): { head: string; residentKib: number; anonymousKib: number }[] {
  const pieces = tree.text("/proc/self/smaps").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const kib = (piece: string, key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(piece)?.[1] ?? NaN);
  return pieces.map((piece) => ({
    head: piece.split("\n", 1)[0]!,
    residentKib: kib(piece, "Rss"),
    anonymousKib: kib(piece, "Anonymous"),
  }));
}

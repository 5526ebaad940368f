/**
 * What the whole of sampling asks of libc on this machine, call by call: nothing of it writes to the
 * host. What a fake kernel was asked is in tests/security/read_only_test.ts.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { readHostProfile } from "../../collectors/host/profile.ts";
import { openLibc, type Symbols } from "../../collectors/kernel/ffi.ts";
import { LinuxKernel } from "../../collectors/kernel/linux_kernel.ts";
import { LinuxTree } from "../../collectors/kernel/linux_tree.ts";
import { PERF_IOCTL } from "../../collectors/pmu/ioctl.ts";
import { REGISTRY } from "../../collectors/registry.ts";
import { Engine } from "../../collectors/sampling/engine.ts";

/** open(2): not to write, and not to hand on. */
const O_RDONLY_CLOEXEC = 0o2000000;
const RLIMIT_NOFILE = 7;
const MADV_DONTNEED = 4;

/** Every function of libc that is bound at all: a new one is a line here, and a reason why it changes nothing. */
const BOUND: Readonly<Record<keyof Symbols, string>> = {
  __errno_location: "reads errno",
  open: "only to read, see below",
  close: "gives a descriptor back",
  read: "reads",
  preadv64: "reads",
  ioctl: "turns events of one's own on and off, see below",
  ioctlInto: "reads an event's id, see below",
  getdents64: "reads a directory",
  fstat: "reads the mode of a file",
  perf_event_open: "opens an event to be counted",
  socket: "a datagram socket of the process's own, to tell the service manager that it is alive",
  sendto: "tells it, where the options name its socket",
  uname: "reads names",
  statvfs: "reads sizes",
  getrlimit: "reads a limit",
  setrlimit: "raises the process's own limit of descriptors, see below",
  clock_gettime: "reads a clock",
  madvise: "gives back the process's own memory, see below",
  malloc_trim: "gives back the process's own memory",
};

Deno.test("libc is bound to functions that change nothing but this process", () => {
  const libc = openLibc();
  assertEquals(Object.keys(libc.symbols).toSorted(), Object.keys(BOUND).toSorted());
});

Deno.test("sampling opens files only to read, and changes events and limits of its own alone", () => {
  const libc = openLibc();
  const calls = new Map<string, unknown[][]>();
  const symbols = Object.fromEntries(
    Object.entries(libc.symbols).map(([name, call]) => [name, (...args: unknown[]): unknown => {
      const known = calls.get(name) ?? [];
      if (known.length === 0) calls.set(name, known);
      known.push(args.map((arg) => typeof arg === "number" ? arg : null));
      return (call as (...args: unknown[]) => unknown)(...args);
    }]),
  ) as unknown as Symbols;
  const kernel = new LinuxKernel({ ...libc, symbols });
  const tree = new LinuxTree(kernel);
  const profile = readHostProfile(kernel, tree);
  const engine = new Engine({ specs: REGISTRY, kernel, tree, clock: kernel, profile });
  const due = { deadlineMs: 0, intervalMs: 1000, missed: 0, watched: true };
  for (let tick = 0; tick < 3; tick++) {
    due.deadlineMs = kernel.monotonicMs();
    engine.read(due);
    engine.publish(due);
  }
  kernel.releaseMemory();
  engine.close();

  const argument = (name: string, index: number): ReadonlySet<unknown> =>
    new Set((calls.get(name) ?? []).map((args) => args[index]));
  assert(calls.get("open")!.length > 50);
  assertEquals(argument("open", 1), new Set([O_RDONLY_CLOEXEC]));
  assert(
    [...argument("ioctl", 1), ...argument("ioctlInto", 1)].every((request) =>
      Object.values<unknown>(PERF_IOCTL).includes(request)
    ),
  );
  assert(argument("setrlimit", 0).isSubsetOf(new Set([RLIMIT_NOFILE])));
  assertEquals(argument("madvise", 2), new Set([MADV_DONTNEED]));
});

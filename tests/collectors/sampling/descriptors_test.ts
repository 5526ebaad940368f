import { assertEquals } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { SystemError } from "../../../collectors/kernel/errno.ts";
import { boundDescriptors, CONNECTIONS_MOST } from "../../../collectors/sampling/descriptors.ts";
import { FakeKernel } from "../../fakes/fake_kernel.ts";
import { TextTree } from "../../text_tree.ts";

/** Twenty are open, and the one that counts them. */
const FILES = Object.fromEntries(
  Array.from({ length: 21 }, (_, fd) => [`/proc/self/fd/${fd}`, ""]),
);
const TREE = new TextTree(FILES);
const WANTED = 40 + CONNECTIONS_MOST;

Deno.test("boundDescriptors() lowers a limit that clients could fill the memory with", () => {
  const kernel = new FakeKernel()
    .expect("descriptorLimit", [], { soft: 524_288, hard: 524_288 })
    .expect("setDescriptorLimit", [WANTED], 0);
  assertEquals(boundDescriptors(kernel, TREE), { open: 20, most: WANTED });
  kernel.done();
});

Deno.test("boundDescriptors() leaves a lower limit as it is, and one that it may not set", () => {
  const lower = new FakeKernel().expect("descriptorLimit", [], { soft: 1024, hard: 4096 });
  assertEquals(boundDescriptors(lower, TREE), { open: 20, most: 1024 });
  lower.done();
  const refused = new FakeKernel()
    .expect("descriptorLimit", [], { soft: 524_288, hard: 524_288 })
    .expect("setDescriptorLimit", [WANTED], -ERRNO.EPERM);
  assertEquals(boundDescriptors(refused, TREE), { open: 20, most: 524_288 });
  refused.done();
});

Deno.test("boundDescriptors() allows no more connections than a control group has memory for", () => {
  for (
    const [mebibytes, connections] of [[128, 1024], [65, 64], [16, 64], [4096, 12_000]] as const
  ) {
    const tree = new TextTree({
      ...FILES,
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/memory.max": `${mebibytes * 2 ** 20}\n`,
    });
    const kernel = new FakeKernel()
      .expect("descriptorLimit", [], { soft: 20_000, hard: 20_000 })
      .expect("setDescriptorLimit", [40 + connections], 0);
    assertEquals(boundDescriptors(kernel, tree), { open: 20, most: 40 + connections });
    kernel.done();
  }
});

Deno.test("boundDescriptors() binds nothing where nobody tells how many are open", () => {
  assertEquals(boundDescriptors(new FakeKernel(), new TextTree()), null);
  const kernel = new FakeKernel().expect("descriptorLimit", [], () => {
    throw new SystemError("read RLIMIT_NOFILE", ERRNO.EPERM);
  });
  assertEquals(boundDescriptors(kernel, TREE), null);
});

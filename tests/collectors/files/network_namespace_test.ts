import { assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { network } from "../../../collectors/network.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { bytes, CLASS, dev, PATH, SYSFS, ZEROS } from "../network_files.ts";

/** A host's procfs, shown to a container: `net` of it is the container's own. */
function shown(host: Readonly<Record<string, string>>, sysfs = SYSFS): TextTree {
  const tree = new TextTree({
    ...sysfs,
    [PATH]: dev(host),
    "/proc/net/dev": dev({ lo: ZEROS, veth9: bytes(9, 9) }),
  });
  tree.procfs = "/host/proc";
  return tree;
}

Deno.test("network of a procfs that is mounted elsewhere is that of its process 1", () => {
  const on = new Stage([network], { tree: shown({ lo: ZEROS, eth0: bytes(7, 8) }) });
  on.tick();
  assertEquals(on.names("interface"), ["eth0"]);
  assertEquals(on.cell("interface_receive_bytes", "eth0"), 7);
});

Deno.test("network of a procfs that is mounted elsewhere is never the container's own", () => {
  const tree = shown({ eth0: ZEROS });
  tree.fail(PATH, ERRNO.EACCES);
  const on = new Stage([network], { tree });
  on.tick();
  assertEquals(on.names("interface"), []);
  const [problem] = on.problems();
  assertEquals(problem?.reason, "denied");
  assertStringIncludes(problem!.message, `Cannot open "${PATH}": EACCES`);
  assertStringIncludes(problem!.message, "needs sight of process 1");
  assertEquals(tree.openFiles, 0);
  // At home the own one is the same one: process 1 may only be hidden.
  tree.procfs = "/proc";
  const home = new Stage([network], { tree });
  home.tick();
  assertEquals(home.names("virtual_interface"), ["lo", "veth9"]);
});

Deno.test("network says once that sysfs is of another network namespace, and takes no name for another's", () => {
  // Both have an eth0: the container's is slow and has hardware of its own.
  const tree = shown({ lo: ZEROS, eth0: bytes(7, 8), docker0: ZEROS, ens3: ZEROS });
  const on = new Stage([network], { tree });
  on.tick();
  assertEquals(on.names("interface"), ["eth0", "docker0", "ens3"]);
  assertEquals(on.problems().map(({ key, message }) => [key, message]), [[
    "sysfs",
    'Cannot tell hardware from virtual interfaces: "/host/proc/1/net/dev" has ens3, and ' +
    '"/sys/class/net" has docker0, eth0, lo, needs both of one network namespace',
  ]]);
  assertEquals(on.cell("interface_speed_bytes", "eth0"), NaN);
});

/** `/proc/net/netlink` of a namespace whose sockets of the kernel have inodes from this one on. */
function netlink(inode: number): string {
  return "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n" +
    `00000000994e3b41 0   1203       00000111 0        0        0     2        0        77      \n` +
    `00000000752e5e5d 0   0          00000000 0        0        0     2        0        ${inode}       \n` +
    `00000000f015e7b5 4   0          00000000 0        0        0     2        0        ${
      inode + 2
    }     \n`;
}

/** A container that shares the host's processes and has its own network: both have lo and eth0. */
function sharing(own: number): TextTree {
  return new TextTree({
    ...SYSFS,
    [`${CLASS}/docker0/ifindex`]: "3\n",
    [PATH]: dev({ lo: ZEROS, eth0: bytes(7, 8), docker0: ZEROS }),
    "/proc/1/net/netlink": netlink(4),
    "/proc/net/netlink": netlink(own),
  });
}

Deno.test("network of a container that shares the host's processes alone tells nothing of sysfs, and says why", () => {
  const tree = sharing(3_313_243);
  const on = new Stage([network], { tree });
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(
    problem!.message,
    'Cannot tell hardware from virtual interfaces: "/proc/1/net/dev" is of another network ' +
      'namespace than "/sys/class/net", which has docker0, eth0, lo, needs both of one network namespace',
  );
  assertEquals(on.names("interface"), ["eth0", "docker0"]);
  assertEquals(on.cell("interface_receive_bytes", "eth0"), 7);
  assertEquals(on.read("interface_speed_bytes", "eth0"), { absent: "not_supported", problem });
  assertEquals(tree.openFiles, 1);
  // The same of a procfs that is mounted elsewhere, though all names are the same.
  const shownTree = sharing(3_313_243);
  shownTree.procfs = "/host/proc";
  const moved = new Stage([network], { tree: shownTree });
  moved.tick();
  assertEquals(moved.problems().map(({ key }) => key), ["sysfs"]);
});

for (
  const [what, change] of [
    ["of the host's network", (tree) => tree.set("/proc/net/netlink", netlink(4))],
    ["that is shown the host's sysfs", (tree) => tree.sysfs = "/host/sys"],
    [
      "whose kernel tells no inodes",
      (tree) => tree.edit("/proc/1/net/netlink", (text) => text.replace(/ +\w+ *$/gm, "")),
    ],
    ["that may not know", (tree) => tree.fail("/proc/1/net/netlink", ERRNO.EACCES)],
  ] as readonly (readonly [string, (tree: TextTree) => unknown])[]
) {
  Deno.test(`network of a container ${what} believes sysfs`, () => {
    const tree = sharing(3_313_243);
    change(tree);
    const on = new Stage([network], { tree });
    on.tick();
    assertEquals(on.problems(), []);
    assertEquals(on.names("interface"), ["eth0"]);
    assertEquals(on.rate("interface_speed_bytes", "eth0"), 125e6);
  });
}

/**
 * Whether procfs and sysfs show the same interfaces. `/proc/1/net` is the network namespace of process
 * 1; `/sys/class/net` is that in which its sysfs was mounted (sysfs(5)): a container that shares the
 * host's processes, or is shown its procfs, and has a network of its own, has both of different ones.
 *
 * @module
 */
import { placeOf, textOf } from "./text.ts";
import type { HostTree, TreeFile } from "../kernel/host_tree.ts";
import type { Problem } from "../trust.ts";
import { type FirstFile, isMoved } from "./first_process.ts";

const CLASS = "/sys/class/net";
const NETLINK = { path: "/proc/1/net/netlink", own: "/proc/net/netlink" } as const;
/** In a message. */
const NAMES_MOST = 4;

/**
 * The problem that they are of different namespaces; undefined where they are of one, as far as that can
 * be told. A name that both have is not the same interface then, so nothing of sysfs may be told.
 *
 * `file`: the list of interfaces, opened as `dev`. `shown`: what sysfs has.
 */
export function otherNamespace(
  tree: HostTree,
  file: TreeFile,
  dev: FirstFile,
  shown: readonly string[],
): Omit<Problem, "collector"> | undefined {
  if (shown.length === 0) return undefined;
  const names = shown.slice(0, NAMES_MOST).join(", ");
  // A sysfs that was mounted where it always is shows the namespace of who looks.
  const isOther = isAtHome(tree, shown[0]!) ? isFirstElsewhere(tree) : undefined;
  if (isOther === true) {
    return problem(
      `"${file.path}" is of another network namespace than "${CLASS}", which has ${names}`,
    );
  }
  if (isOther === false || !isMoved(file, dev)) return undefined;
  const stranger = strangerOf(file, shown);
  if (stranger === undefined) return undefined;
  return problem(`"${file.path}" has ${stranger}, and "${CLASS}" has ${names}`);
}

function problem(found: string): Omit<Problem, "collector"> {
  return {
    key: "sysfs",
    reason: "not_supported",
    message: `Cannot tell hardware from virtual interfaces: ${found}, ` +
      "needs both of one network namespace",
    remedy: "Show the container the host's `/sys` too, and start the service with --sysfs",
    metrics: ["interface_speed_bytes"],
  };
}

function isAtHome(tree: HostTree, name: string): boolean {
  const path = `${CLASS}/${name}/ifindex`;
  return placeOf(tree, path) === path;
}

/** Whether process 1 has another network namespace than who looks; undefined where nobody tells. */
function isFirstElsewhere(tree: HostTree): boolean | undefined {
  const [first, own] = [namespaceOf(tree, NETLINK.path), namespaceOf(tree, NETLINK.own)];
  return first === undefined || own === undefined ? undefined : first !== own;
}

/**
 * What tells a network namespace from all others: the inode of the kernel's own socket for
 * NETLINK_ROUTE, which each has one of for as long as it lives (net/netlink/af_netlink.c,
 * netlink_native_seq_show). `/proc/<pid>/ns/net` would tell too, but only to who may trace process 1;
 * names and addresses are often the same in both.
 */
function namespaceOf(tree: HostTree, path: string): string | undefined {
  const text = textOf(tree, path);
  // sk Eth Pid Groups Rmem Wmem Dump Locks Drops Inode
  return text?.includes("Inode") ? /^\w+ +0 +0 .* ([1-9]\d*) *$/m.exec(text)?.[1] : undefined;
}

/** The first interface that sysfs does not show. */
function strangerOf(file: TreeFile, shown: readonly string[]): string | undefined {
  file.read();
  const text = new TextDecoder().decode(file.bytes.subarray(0, file.length));
  const names = text.split("\n").slice(2).map((line) => line.slice(0, line.indexOf(":")).trim());
  return names.find((name) => name !== "" && !shown.includes(name));
}

import { assertEquals } from "@std/assert";
import { type Runtime, runtimeOf } from "../../../collectors/host/runtime.ts";
import { TextTree } from "../../text_tree.ts";

const GROUPS = "/proc/self/cgroup";
const MOUNTS = "/proc/self/mountinfo";
const ROOT = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n";
const HOSTS = "651 640 254:1 /var/lib/c/hosts /etc/hosts rw,relatime - ext4 /dev/vda1 rw\n";

const CASES: readonly (readonly [Runtime, Readonly<Record<string, string>>])[] = [
  ["host", {}],
  ["host", { [GROUPS]: "0::/user.slice/user-1000.slice/session-3.scope\n" }],
  ["systemd", { [GROUPS]: "0::/system.slice/ringside.service\n" }],
  ["docker", { "/.dockerenv": "", [MOUNTS]: ROOT + HOSTS, [GROUPS]: "0::/\n" }],
  ["docker", { "/.dockerenv": "" }],
  ["docker", { [GROUPS]: "0::/system.slice/docker-0f3a.scope\n" }],
  // A virtual machine whose disk was made of an image.
  ["host", { "/.dockerenv": "", [MOUNTS]: ROOT }],
  ["podman", { "/run/.containerenv": 'engine="podman-5.4.0"\n', [MOUNTS]: ROOT + HOSTS }],
  ["podman", { [GROUPS]: "0::/machine.slice/libpod-77.scope/container\n" }],
  ["kubernetes", { [GROUPS]: "0::/kubepods.slice/kubepods-pod1.slice/cri-2.scope\n" }],
  [
    "kubernetes",
    {
      "/.dockerenv": "",
      "/var/run/secrets/kubernetes.io/serviceaccount/namespace": "default\n",
    },
  ],
  ["container", { "/run/host/container-manager": "systemd-nspawn\n" }],
  ["container", { [GROUPS]: "0::/lxc.payload.c1/system.slice/ringside.service\n" }],
];

Deno.test("runtimeOf() tells what this was started by from the files that engines leave", () => {
  for (const [runtime, files] of CASES) {
    assertEquals(runtimeOf(new TextTree(files)), runtime, JSON.stringify(files));
  }
});

/**
 * What this process was started by, as far as files tell: it decides where a person gives it a right.
 *
 * @module
 */
import { textOf } from "../files/text.ts";
import type { HostTree } from "../kernel/host_tree.ts";

/** `host`: nothing says that it is a container or a service, so somebody started it in a shell. */
export const RUNTIMES = ["kubernetes", "docker", "podman", "container", "systemd", "host"] as const;
export type Runtime = (typeof RUNTIMES)[number];

/** Kubernetes first: below it another engine starts the containers. */
export function runtimeOf(tree: HostTree): Runtime {
  const has = (path: string): boolean => textOf(tree, path) !== undefined;
  const groups = textOf(tree, "/proc/self/cgroup") ?? "";
  const mounts = textOf(tree, "/proc/self/mountinfo");
  // Engines mount their own over the image's; a virtual machine made of an image has the mark alone.
  const contained = mounts === undefined || / \/etc\/(hosts|hostname|resolv\.conf) /.test(mounts);
  if (
    /\/kubepods\b/.test(groups) ||
    has("/var/run/secrets/kubernetes.io/serviceaccount/namespace")
  ) return "kubernetes";
  if ((has("/.dockerenv") && contained) || /\/docker[/-]/.test(groups)) return "docker";
  if ((has("/run/.containerenv") && contained) || /\/libpod-/.test(groups)) return "podman";
  // systemd's container interface (systemd.io/CONTAINER_INTERFACE), and LXC.
  if (has("/run/host/container-manager") || /\/lxc[./]/.test(groups)) return "container";
  return /\/system\.slice\/[^/]+\.service\b/.test(groups) ? "systemd" : "host";
}

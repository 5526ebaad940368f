/**
 * What a person can do about a refusal: one sentence, least privilege first, for the runtime and the
 * distribution that this is. What is to be pasted stands between backticks. Rules of perf_event_open(2), kernel.perf_event_paranoid
 * (Documentation/admin-guide/sysctl/kernel.rst) and capabilities(7).
 *
 * @module
 */
import type { HostProfile } from "../host/profile.ts";
import { ERRNO } from "./errno.ts";
import {
  CAP_PERFMON,
  CAP_SYS_ADMIN,
  DISTRIBUTION_LEVEL,
  holds,
  type Obstacle,
  obstacleBehind,
} from "./obstacle.ts";

/** What was opened. */
export type Opened = "perf_event" | { readonly file: string };

/** What the process may do, from a host profile. */
export type Rights =
  & Pick<HostProfile, "perfEventParanoid" | "effectiveCapabilities">
  & Partial<Pick<HostProfile, "distribution" | "perfAccess">>;

/** Runs what follows it as the same user, who keeps CAP_PERFMON (setpriv(1), capabilities(7)). */
const WITH_PERFMON = 'sudo env PATH="$PATH" HOME="$HOME" setpriv --reuid="$USER" ' +
  '--regid="$(id -g)" --init-groups --inh-caps=+perfmon --ambient-caps=+perfmon';
const DESCRIPTORS = 65_536;

/** The remedy for an error number, or `undefined` where there is none to give. */
export function remedyFor(errno: number, opened: Opened, rights: Rights): string | undefined {
  switch (errno) {
    case ERRNO.EMFILE:
      return remedyOf("descriptors", rights);
    case ERRNO.ENFILE:
      return remedyOf("system_descriptors", rights);
  }
  if (opened !== "perf_event") return fileRemedy(errno, opened.file);
  const obstacle = obstacleBehind(errno, rights.perfAccess);
  return obstacle === undefined ? guess(errno, rights) : remedyOf(obstacle, rights);
}

/** The smallest changes that take an obstacle away, in one sentence. */
export function remedyOf(obstacle: Obstacle, rights: Rights): string {
  return capital(waysOf(obstacle, rights).join(", or "));
}

/** The same apart: any of them does, the one that asks for least comes first. */
export function waysOf(obstacle: Obstacle, rights: Rights): readonly string[] {
  switch (obstacle) {
    case "capability":
      return [grant(rights), setLevel(0, rights)];
    case "user_namespace":
      return [outside(rights), setLevel(0, rights)];
    default:
      return [onlyWay(obstacle, rights)];
  }
}

function onlyWay(
  obstacle: Exclude<Obstacle, "capability" | "user_namespace">,
  rights: Rights,
): string {
  const { perfEventParanoid: level = 2 } = rights;
  switch (obstacle) {
    case "sandbox":
      return "Run it outside of this sandbox (gVisor: --runtime=runc with Docker, another " +
        "runtimeClassName with Kubernetes), which has no perf events";
    case "no_perf":
      return "Use a kernel that is built with CONFIG_PERF_EVENTS=y";
    case "filter":
      return filterRemedy(rights);
    case "level":
      return levelRemedy(rights, level);
    case "security_module":
      return `Allow perf_event in the security module (SELinux) that refuses it: ` +
        `kernel.perf_event_paranoid is ${level} and does not`;
    case "descriptors":
      return descriptorRemedy(rights);
    case "system_descriptors":
      return "Raise the system's limit of open files: sysctl fs.file-max";
  }
}

/** How this process, started as it is, gets CAP_PERFMON. */
function grant({ perfAccess }: Rights): string {
  switch (perfAccess?.runtime) {
    case "docker":
      return "start the container with `--cap-add PERFMON` (Docker 23 or later)";
    case "podman":
      return "start the container with `--cap-add PERFMON`";
    case "kubernetes":
      return "add PERFMON to securityContext.capabilities.add of the container";
    case "container":
      return "give the container CAP_PERFMON";
    case "systemd":
      return "give the service CAP_PERFMON in its unit: `AmbientCapabilities=CAP_PERFMON`";
    case "host":
      return `start it with CAP_PERFMON: \`${WITH_PERFMON} deno task start\``;
    case undefined:
      return "give it CAP_PERFMON, in a unit `AmbientCapabilities=CAP_PERFMON`, " +
        "for a container `--cap-add PERFMON`";
  }
}

function setLevel(level: number, rights: Rights): string {
  return `lower the level${onHost(rights)}: \`sudo sysctl -w kernel.perf_event_paranoid=${level}\``;
}

/** Settings of the kernel are the host's, also for a container. */
function onHost({ perfAccess }: Rights): string {
  return isContained(perfAccess?.runtime) ? " on the host" : "";
}

function isContained(runtime: string | undefined): boolean {
  return runtime !== undefined && runtime !== "host" && runtime !== "systemd";
}

function filterRemedy({ perfAccess }: Rights): string {
  switch (perfAccess?.runtime) {
    case "docker":
      return "Start the container with `--cap-add PERFMON` (Docker 23 or later), or with a " +
        "seccomp profile that allows perf_event_open (--security-opt seccomp=FILE)";
    case "podman":
      return "Start the container with `--cap-add PERFMON` and, where that does not do, with a " +
        "seccomp profile that allows perf_event_open (--security-opt seccomp=FILE)";
    case "kubernetes":
      return "Add PERFMON to securityContext.capabilities.add of the container, and a " +
        "seccompProfile of type Localhost that allows perf_event_open";
    case "systemd":
      return "Allow the call in the unit: `SystemCallFilter=perf_event_open`";
    default:
      return "Add CAP_PERFMON to the container (--cap-add PERFMON, Docker 23 or later), " +
        "or use a seccomp profile that allows perf_event_open";
  }
}

/** Who holds CAP_PERFMON needs the level alone. */
function levelRemedy(rights: Rights, level: number): string {
  const contained = isContained(rights.perfAccess?.runtime);
  // In a container the distribution is not the one whose kernel this is.
  const kernel = rights.distribution === undefined || contained
    ? "the kernel"
    : `the kernel of ${rights.distribution}`;
  const and = holds(rights.effectiveCapabilities, CAP_PERFMON) ? "" : ` and ${grant(rights)}`;
  const at = rights.perfEventParanoid === undefined
    ? "At its level of perf_event_paranoid, which is not shown here,"
    : `At ${level}`;
  return `${at} ${kernel} asks for CAP_SYS_ADMIN: ${setLevel(2, rights)}${and}`;
}

function outside({ perfAccess }: Rights): string {
  switch (perfAccess?.runtime) {
    case "docker":
      return "Start the container with --userns=host and --cap-add PERFMON on a Docker that does " +
        "not run rootless";
    case "podman":
      return "Start the container as root and with --cap-add PERFMON, since rootless containers " +
        "have a user namespace";
    case "kubernetes":
      return "Set hostUsers: true for the pod and add PERFMON to securityContext.capabilities.add";
    case "systemd":
      return "Set in the unit `PrivateUsers=no` and `AmbientCapabilities=CAP_PERFMON`";
    default:
      return "Run it with CAP_PERFMON and outside of this user namespace";
  }
}

function descriptorRemedy({ perfAccess }: Rights): string {
  const raise = "Raise the limit of open files";
  switch (perfAccess?.runtime) {
    case "docker":
    case "podman":
      return `${raise}: start the container with \`--ulimit nofile=${DESCRIPTORS}\``;
    case "systemd":
      return `${raise} in the unit: \`LimitNOFILE=${DESCRIPTORS}\``;
    case "host":
      // As a user one cannot go beyond the hard limit (setrlimit(2)), and the service has gone there.
      return `${raise} of this shell and start again: ` +
        `\`sudo prlimit --pid $$ --nofile=${DESCRIPTORS}\``;
    default:
      return `${raise}, in a unit \`LimitNOFILE=${DESCRIPTORS}\`, ` +
        `for a container \`--ulimit nofile=${DESCRIPTORS}\``;
  }
}

/** Where nothing was tried, or something changed since. */
function guess(errno: number, rights: Rights): string | undefined {
  switch (errno) {
    case ERRNO.EACCES:
      return deniedGuess(rights);
    case ERRNO.EPERM:
      return remedyOf("filter", rights);
    case ERRNO.ENOSYS:
      // The file is there whenever the kernel has perf events, so then a filter hides the call.
      return remedyOf(rights.perfEventParanoid === undefined ? "no_perf" : "filter", rights);
    case ERRNO.EBUSY:
      return "Stop what holds the counters: another profiler, a guest that has them, " +
        "or the NMI watchdog: `sudo sysctl -w kernel.nmi_watchdog=0`";
    default:
      return undefined;
  }
}

function deniedGuess(rights: Rights): string {
  const { perfEventParanoid: level = 2, effectiveCapabilities: held } = rights;
  const raised = level >= DISTRIBUTION_LEVEL;
  if (holds(held, CAP_SYS_ADMIN) || (holds(held, CAP_PERFMON) && !raised)) {
    return "Run outside a user namespace (a rootless container has one), in which CAP_PERFMON " +
      "does not count, or allow perf_event in the security module (SELinux) that refuses it";
  }
  if (level <= 0) return remedyOf("security_module", rights);
  return remedyOf(raised ? "level" : "capability", rights);
}

function fileRemedy(errno: number, file: string): string | undefined {
  if (errno !== ERRNO.EACCES && errno !== ERRNO.EPERM) return undefined;
  // Files of other users' processes are guarded as ptrace is (proc_pid_io(5)).
  return /^\/proc\/\d+\//.test(file)
    ? "Give the service CAP_SYS_PTRACE (AmbientCapabilities=CAP_SYS_PTRACE in its unit)"
    : `Let the service's user or group read ${file}, ` +
      "or give the service CAP_DAC_READ_SEARCH (AmbientCapabilities=CAP_DAC_READ_SEARCH)";
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

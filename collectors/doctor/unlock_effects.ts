/**
 * What a remedy does beside its purpose: who gets which right by it, what that risks, whether it lasts
 * over a boot, and how one sees that it worked. Remedies are told apart by what stands in them.
 *
 * @module
 */

/** Who must give what, from the least upwards. */
export const PRIVILEGES = [
  /** An option of the service. */
  "none",
  /** This service may do more; nobody else. */
  "service",
  /** Root does something once, and nobody gets a right by it. */
  "root_once",
  /** Every user of the machine may do more. */
  "everyone",
  /** The machine starts anew. */
  "boot",
  /** Whoever runs the host of this guest. */
  "outside",
] as const;
export type Privilege = (typeof PRIVILEGES)[number];

/** Sentences with a full stop; what is to be pasted stands between backticks. */
export interface Effect {
  readonly privilege: Privilege;
  /** What it costs or risks. */
  readonly risk?: string;
  readonly lasts?: string;
  /** How to make it last, where it does not by itself. */
  readonly keep?: string;
  /** What shows that it was done. */
  readonly check?: string;
  /** When the service notices it; absent: once it is started again. */
  readonly noticed?: string;
}

type Known = readonly [match: RegExp, effect: (...parts: readonly string[]) => Effect];

const AT_BOOT = "until the next boot";
const WATCHES =
  "The service may then watch what runs on this machine by performance events, the kernel included; " +
  "it can change nothing of it.";
const PERFMON_HELD = "CAP_PERFMON reads held below.";
const NOTICED = "The service tries again by itself, after ten minutes at the latest.";

function setting(name: string, value: string): Pick<Effect, "keep" | "check"> {
  const file = `/etc/sysctl.d/90-${
    name.slice(name.lastIndexOf(".") + 1).replaceAll("_", "-")
  }.conf`;
  return {
    keep: `\`echo ${name}=${value} | sudo tee ${file}\``,
    check: `It prints ${value}: \`cat /proc/sys/${name.replace(".", "/")}\``,
  };
}

const KNOWN: readonly Known[] = [
  [/setpriv .*\+perfmon/, () => ({
    privilege: "service",
    risk: WATCHES,
    lasts: "The right ends when the service does.",
    keep: "Run it as a systemd service, with this under [Service] in its unit: " +
      "`AmbientCapabilities=CAP_PERFMON`",
    check: PERFMON_HELD,
  })],
  [/`(?:AmbientCapabilities=CAP_PERFMON|PrivateUsers=no)`/, () => ({
    privilege: "service",
    risk: WATCHES,
    lasts: "It stands in the unit, so it lasts; systemd reads the unit again after " +
      "`sudo systemctl daemon-reload`",
    check: PERFMON_HELD,
  })],
  [/--cap-add PERFMON/, () => ({
    privilege: "service",
    risk: WATCHES,
    lasts:
      "It holds for a container that is started so: write it where the container is described.",
    check: PERFMON_HELD,
  })],
  [/PERFMON to securityContext/, () => ({
    privilege: "service",
    risk: WATCHES,
    lasts: "It stands in the manifest, so it lasts.",
    check: PERFMON_HELD,
  })],
  [/give the container CAP_PERFMON|Run it with CAP_PERFMON/, () => ({
    privilege: "service",
    risk: WATCHES,
    check: PERFMON_HELD,
  })],
  [/--userns=host|as root and with --cap-add|hostUsers: true/, () => ({
    privilege: "service",
    risk:
      "Root in the container is then root on the host, held back by capabilities and seccomp alone.",
  })],
  [/`SystemCallFilter=/, () => ({
    privilege: "service",
    risk: "The unit may make one more system call; what it may count is up to its rights.",
    lasts: "It stands in the unit, so it lasts; systemd reads the unit again after " +
      "`sudo systemctl daemon-reload`",
    check: "perf_event_open reads below: the kernel answers.",
  })],
  [/seccomp profile|seccompProfile/, () => ({
    privilege: "service",
    risk: "A container with such a profile may make one more system call.",
    check: "perf_event_open reads below: the kernel answers.",
  })],
  [/sysctl -w kernel\.perf_event_paranoid=0/, () => ({
    privilege: "everyone",
    risk:
      "Every user of this machine may then count on whole CPUs. What others run leaves traces in " +
      "such counts, which attacks by side channels can use.",
    lasts: `The level holds ${AT_BOOT}.`,
    ...setting("kernel.perf_event_paranoid", "0"),
    noticed: NOTICED,
  })],
  [/sysctl -w kernel\.perf_event_paranoid=2/, () => ({
    privilege: "everyone",
    risk:
      "Every user may then count their own processes in user mode, as the kernel's own default has " +
      "it.",
    lasts: `The level holds ${AT_BOOT}.`,
    ...setting("kernel.perf_event_paranoid", "2"),
    noticed: NOTICED,
  })],
  [/sysctl -w kernel\.nmi_watchdog=0/, () => ({
    privilege: "root_once",
    risk: "Without the watchdog the kernel no longer notices a CPU that hangs with interrupts off.",
    lasts: `The watchdog stays off ${AT_BOOT}.`,
    ...setting("kernel.nmi_watchdog", "0"),
    noticed: NOTICED,
  })],
  [/sysctl fs\.file-max/, () => ({
    privilege: "root_once",
    risk: "Each open file costs a little memory of the kernel.",
    lasts: `The limit holds ${AT_BOOT}.`,
  })],
  [/modprobe (\w+)/, (module) => ({
    privilege: "root_once",
    risk: "It loads a driver of this kernel, and nobody gets a right by that.",
    lasts: `The module stays ${AT_BOOT}.`,
    keep: `\`echo ${module} | sudo tee /etc/modules-load.d/${module}.conf\``,
    check:
      "Its PMU is listed: `ls /sys/bus/event_source/devices` Where modprobe finds no such module, " +
      "this kernel was built without it.",
  })],
  [/where the kernel has it \(modprobe\)/, () => ({
    privilege: "root_once",
    risk: "It loads a driver of this kernel, and nobody gets a right by that.",
    lasts: `The module stays ${AT_BOOT}.`,
    check: "Its PMU is listed: `ls /sys/bus/event_source/devices`",
  })],
  [/mount -t resctrl/, () => ({
    privilege: "root_once",
    risk:
      "It limits no task. Tools that set the same monitors past the kernel, such as pqos by MSR, " +
      "are then in each other's way with it.",
    lasts: `It stays mounted ${AT_BOOT}.`,
    keep: "`echo 'resctrl /sys/fs/resctrl resctrl defaults,nofail 0 0' | sudo tee -a /etc/fstab`",
    check: "It lists a folder for each L3 cache: `ls /sys/fs/resctrl/mon_data`",
  })],
  [/mbm_L3_assignments|mbm_assign_mode/, () => ({
    privilege: "root_once",
    risk: "It takes one of the CPU's few counters of memory traffic.",
    lasts: "It holds until resctrl is mounted anew.",
    noticed: NOTICED,
  })],
  [/mbm_\w+_bytes_config/, () => ({
    privilege: "root_once",
    risk: "It changes what the counter means for everybody who reads it.",
    lasts: `It holds ${AT_BOOT}.`,
    noticed: NOTICED,
  })],
  [/Remove groups that nobody needs/, () => ({
    privilege: "root_once",
    risk: "Tasks of a group that is removed are back in the default group, and have its limits.",
    noticed: NOTICED,
  })],
  [/chgrp GROUP/, () => ({
    privilege: "service",
    risk: "Who reads the energy files often can tell something of what others compute " +
      "(CVE-2020-8694): that is why root alone has them.",
    lasts: `The files' rights hold ${AT_BOOT}.`,
  })],
  [/CAP_DAC_READ_SEARCH/, () => ({
    privilege: "service",
    risk: "With CAP_DAC_READ_SEARCH the service may read every file of this machine.",
  })],
  [/prlimit --pid/, () => ({
    privilege: "service",
    risk: "Each open file costs a little memory of the kernel.",
    lasts: "The limit is this shell's, and of what is started from it.",
    keep: "In the unit of a systemd service: `LimitNOFILE=65536`",
    check: "Descriptors shows the new limit below.",
  })],
  [/`LimitNOFILE=/, () => ({
    privilege: "service",
    risk: "Each open file costs a little memory of the kernel.",
    lasts: "It stands in the unit, so it lasts; systemd reads the unit again after " +
      "`sudo systemctl daemon-reload`",
    check: "Descriptors shows the new limit below.",
  })],
  [/--ulimit nofile/, () => ({
    privilege: "service",
    risk: "Each open file costs a little memory of the kernel.",
    lasts:
      "It holds for a container that is started so: write it where the container is described.",
    check: "Descriptors shows the new limit below.",
  })],
  [/without --cpus/, () => ({
    privilege: "none",
    risk: "Counters of a CPU are read there: that wakes it for a moment at each tick.",
    lasts: "It is an option of the service: write it where the service is started.",
  })],
  [/cpuN\/online/, () => ({
    privilege: "root_once",
    risk: "The CPU takes work again.",
    lasts: `It stays online ${AT_BOOT}.`,
    noticed: NOTICED,
  })],
  [/outside of this sandbox/, () => ({
    privilege: "service",
    risk: "The service then talks to the host's own kernel, which the sandbox kept from it.",
  })],
  [/security module/, () => ({
    privilege: "service",
    risk: "What else the module forbids stays as it is, where the rule is for this service alone.",
  })],
  [/CONFIG_PERF_EVENTS|Use Linux|newer kernel|kernel's command line/, () => ({
    privilege: "boot",
    risk: "The machine starts anew, with another kernel or other options of it.",
    lasts: "It lasts as long as that kernel is what boots.",
  })],
  [/instance family/, () => ({
    privilege: "outside",
    risk: "A larger size costs more, and the instance stops for the change.",
    lasts: "It lasts as long as the instance has that size.",
  })],
  [/--performance-monitoring-unit/, () => ({
    privilege: "outside",
    risk: "It is chosen when an instance is created.",
    lasts: "It lasts as long as the instance.",
  })],
  [/Whoever runs the host/, () => ({
    privilege: "outside",
    risk: "A guest with a PMU can often be moved live only to hosts whose CPUs count alike.",
    lasts: "It is a setting of the virtual machine, so it lasts.",
  })],
];

/** Of one way, whose parts may each have an effect. Empty where nothing is known of it. */
export function effectsOf(way: string): readonly Effect[] {
  return KNOWN.flatMap(([match, effect]) => {
    const found = match.exec(way);
    return found === null ? [] : [effect(...found.slice(1))];
  });
}

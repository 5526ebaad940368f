/**
 * Why traffic of L3 caches is not known, and what can be done about it.
 *
 * @module
 */
import { type Cause, causeOf, errorOf } from "../cause.ts";
import { CollectorError, type Site } from "../collector.ts";
import { textOf } from "../files/text.ts";
import { ERRNO, SystemError } from "../kernel/errno.ts";
import type { MbmFile } from "./file.ts";
import type { MbmSum } from "./sum.ts";
import { groupPath, type MbmEvent, RESCTRL } from "./tree.ts";

const MOUNT = `Mount it: \`sudo mount -t resctrl resctrl ${RESCTRL}\``;
const ASSIGN_MODE = `${RESCTRL}/info/L3_MON/mbm_assign_mode`;

/** Why there is nothing to read at all. `error`: what listing the counters ended with. */
export function noCounters({ tree }: Site, error: unknown): CollectorError {
  if (!(error instanceof SystemError) || error.errno !== ERRNO.ENOENT) {
    return errorOf(causeOf(error));
  }
  const tried = `Cannot read memory traffic from "${RESCTRL}"`;
  // The CPU's own word for it (Documentation/filesystems/resctrl.rst).
  const flag = /^flags\s*:.*\bcqm_mbm_(?:total|local)\b/m;
  if (!flag.test(textOf(tree, "/proc/cpuinfo") ?? "")) {
    return new CollectorError(
      "not_supported",
      `${tried}: found nothing there, needs a CPU that monitors memory bandwidth (cqm_mbm_total); ` +
        "virtual machines have none",
    );
  }
  if (textOf(tree, `${RESCTRL}/info/last_cmd_status`) !== undefined) return noEvents();
  return new CollectorError(
    "not_supported",
    `${tried}: it is not mounted, needs the resctrl filesystem there, of a kernel with ` +
      "CONFIG_X86_CPU_RESCTRL=y",
    MOUNT,
  );
}

/** The filesystem is mounted, and counts no traffic. */
export function noEvents(): CollectorError {
  return new CollectorError(
    "not_supported",
    `Cannot read memory traffic from "${RESCTRL}": found no mbm_total_bytes and no mbm_local_bytes ` +
      "of an L3 cache, needs a CPU and a kernel that count them",
    "Take rdt=!mbmtotal and rdt=!mbmlocal off the kernel's command line where they stand there",
  );
}

/** Why one event is not there while the other one is. */
export function absentEvent(event: MbmEvent): Cause {
  return {
    reason: "not_supported",
    message:
      `Cannot read "${event}" of the L3 caches: found no such file in "${RESCTRL}/mon_data", ` +
      "needs a CPU that counts it",
    remedy: undefined,
  };
}

/** Why a sum is not known now. */
export function causeOfSum(sum: MbmSum): Cause {
  const { reconfigured } = sum;
  if (reconfigured !== undefined) {
    const { path, found, needs, remedy } = reconfigured;
    return {
      reason: "not_counted",
      message: `Cannot take "${sum.event}" for what its name says: found ${found} in "${path}", ` +
        `needs ${needs}`,
      remedy: asRoot(remedy),
    };
  }
  const file = sum.missing();
  if (file !== null) return causeOfFile(file, sum.event);
  return sum.removed === null ? absentEvent(sum.event) : causeOfRemoval(sum.removed);
}

function causeOfRemoval({ group, path }: MbmFile): Cause {
  return {
    reason: "not_yet",
    message: `Cannot tell what "${path}" rose by: found that the control group "${group}" was ` +
      "removed, and what it counted since the last reading with it, needs another reading",
    remedy: undefined,
  };
}

function causeOfFile(file: MbmFile, event: MbmEvent): Cause {
  const { state, path, group, error } = file;
  const message = `Cannot read "${path}": found "${state}", needs`;
  switch (state) {
    case "Unassigned":
      return {
        reason: "not_counted",
        message: `${message} a counter of the CPU assigned to it`,
        remedy: `${asRoot(`echo "${event}:*=e" > ${groupPath(group)}/mbm_L3_assignments`)}, or ` +
          `${asRoot(`echo default > ${ASSIGN_MODE}`)} to leave it to the CPU`,
      };
    case "Unavailable":
      return {
        reason: "not_counted",
        message: `${message} a counter of the CPU that is free for it`,
        remedy: `Remove groups that nobody needs from ${RESCTRL}`,
      };
    case "anew":
      return {
        reason: "not_yet",
        message: `Cannot tell what "${path}" rose by: found that it began anew, as when a ` +
          "monitoring group of it is removed, needs another reading",
        remedy: undefined,
      };
    case "Error":
      return { reason: "failed", message: `${message} a whole number`, remedy: undefined };
    default:
      return causeOf(error);
  }
}

/** The same for somebody who may use sudo; a redirection is done by the shell that is not root's. */
function asRoot(command: string): string {
  return `\`sudo sh -c '${command}'\``;
}

/**
 * Another client of the counters that takes turns with everybody else: groups that fill them, which
 * can be switched on and off.
 *
 * @module
 */
import { LinuxKernel } from "../../../collectors/kernel/linux_kernel.ts";
import { encodeAttr, FLAG } from "../../../collectors/pmu/attr.ts";
import { EVENT_TYPE } from "../../../collectors/pmu/event_codes.ts";
import { PERF_IOCTL, WHOLE_GROUP } from "../../../collectors/pmu/ioctl.ts";
import { GROUP_FORMAT } from "../../../collectors/pmu/read_format.ts";

export class Rivals {
  readonly #kernel = LinuxKernel.open();
  readonly #leaders: number[] = [];
  #on = false;

  /** `groups` on each CPU, of `size` events. */
  constructor(cpus: readonly number[], groups: number, size: number) {
    for (const cpu of cpus) {
      for (let group = 0; group < groups; group++) this.#leaders.push(this.#open(cpu, size));
    }
  }

  set on(on: boolean) {
    if (on === this.#on) return;
    this.#on = on;
    const request = on ? PERF_IOCTL.enable : PERF_IOCTL.disable;
    for (const leader of this.#leaders) this.#kernel.ioctl(leader, request, WHOLE_GROUP);
  }

  #open(cpu: number, size: number): number {
    let leader = -1;
    for (let i = 0; i < size; i++) {
      const attr = encodeAttr({
        type: EVENT_TYPE.raw,
        config: BigInt(i + 1),
        readFormat: GROUP_FORMAT,
        flags: leader < 0 ? FLAG.disabled : 0,
      });
      const fd = this.#kernel.perfEventOpen(attr, { pid: -1, cpu, groupFd: leader });
      if (fd < 0) throw new Error(`Cannot open event ${i} of a rival on cpu ${cpu}: errno ${-fd}`);
      if (leader < 0) leader = fd;
    }
    return leader;
  }
}

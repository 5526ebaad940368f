/** An event as the kernel is asked for it, whichever PMU counts it. @module */

export interface PmuEvent {
  /** As `perf stat -e` takes it, so that a person can paste it: `cycles`, `cpu/event=0x24,umask=0xff/`. */
  readonly name: string;
  /** `EVENT_TYPE`, or the number in `/sys/bus/event_source/devices/<pmu>/type`. */
  readonly type: number;
  /** 64 bits; for generic events of one PMU among several its type stands in the upper half. */
  readonly config: bigint;
  readonly config1?: bigint;
  readonly config2?: bigint;
  readonly config3?: bigint;
}

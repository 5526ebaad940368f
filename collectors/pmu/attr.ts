/**
 * `struct perf_event_attr`, the form on which a counter is asked for (perf_event_open(2),
 * include/uapi/linux/perf_event.h):
 *
 *     offset  size  field                        offset  size  field
 *          0   u32  type                             56   u64  config1
 *          4   u32  size                             64   u64  config2
 *          8   u64  config                           72   u64  branch_sample_type
 *         16   u64  sample_period  (0: count)        ...       only for sampling, left zero
 *         24   u64  sample_type                     128   u64  config3
 *         32   u64  read_format                     136        end, PERF_ATTR_SIZE_VER8
 *         40   u64  one bit a flag
 *         48   u32  wakeup_events
 *         52   u32  bp_type
 *
 * Kernels whose structure is shorter accept the whole of it, as long as what they do not know is zero.
 *
 * @module
 */

/** PERF_ATTR_SIZE_VER8, Linux 6.3 and later. */
export const ATTR_BYTES = 136;
/** PERF_ATTR_SIZE_VER0: the shortest that was ever accepted. */
const ATTR_BYTES_LEAST = 64;

/** Bits of the flag word. Those that only sampling knows are left out. */
export const FLAG = {
  /** Opened stopped, to be started by ioctl. On the leader it holds the whole group. */
  disabled: 1 << 0,
  inherit: 1 << 1,
  pinned: 1 << 2,
  exclusive: 1 << 3,
  excludeUser: 1 << 4,
  excludeKernel: 1 << 5,
  excludeHypervisor: 1 << 6,
  excludeIdle: 1 << 7,
  excludeHost: 1 << 19,
  excludeGuest: 1 << 20,
} as const;

/** What is asked for. */
export interface EventAttr {
  /** `EVENT_TYPE`, or the number in `/sys/bus/event_source/devices/<pmu>/type`. */
  readonly type: number;
  /** Which event; 64 bits. */
  readonly config: bigint;
  readonly config1?: bigint;
  readonly config2?: bigint;
  readonly config3?: bigint;
  /** `READ_FORMAT` bits. */
  readonly readFormat: number;
  /** `FLAG` bits; 0 counts everything on the CPU. */
  readonly flags: number;
}

/** The bytes that the kernel reads. Throws a `RangeError` for a number that has no room. */
export function encodeAttr(attr: EventAttr): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(ATTR_BYTES));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, u32("type", attr.type), true);
  view.setUint32(4, ATTR_BYTES, true);
  view.setBigUint64(8, u64("config", attr.config), true);
  view.setUint32(32, u32("read_format", attr.readFormat), true);
  view.setUint32(40, u32("flags", attr.flags), true);
  view.setBigUint64(56, u64("config1", attr.config1 ?? 0n), true);
  view.setBigUint64(64, u64("config2", attr.config2 ?? 0n), true);
  view.setBigUint64(128, u64("config3", attr.config3 ?? 0n), true);
  return bytes;
}

/** Reads such bytes back: for messages and for a kernel made up in a test. Throws a `RangeError`. */
export function decodeAttr(bytes: Uint8Array<ArrayBuffer>): Required<EventAttr> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = bytes.byteLength < ATTR_BYTES_LEAST ? 0 : view.getUint32(4, true);
  if (size < ATTR_BYTES_LEAST || size > bytes.byteLength) {
    throw new RangeError(
      `Cannot decode perf_event_attr: size ${size} in ${bytes.byteLength} bytes, ` +
        `needs ${ATTR_BYTES_LEAST} or more`,
    );
  }
  return {
    type: view.getUint32(0, true),
    config: view.getBigUint64(8, true),
    config1: view.getBigUint64(56, true),
    config2: size < 72 ? 0n : view.getBigUint64(64, true),
    config3: size < ATTR_BYTES ? 0n : view.getBigUint64(128, true),
    readFormat: view.getUint32(32, true),
    flags: view.getUint32(40, true),
  };
}

function u32(field: string, value: number): number {
  if (Number.isInteger(value) && value >= 0 && value < 2 ** 32) return value;
  throw new RangeError(`Cannot encode perf_event_attr: ${field} is ${value}, needs 32 bits`);
}

function u64(field: string, value: bigint): bigint {
  if (value >= 0n && value < 1n << 64n) return value;
  throw new RangeError(`Cannot encode perf_event_attr: ${field} is ${value}, needs 64 bits`);
}

/**
 * Requests of `ioctl(2)` on an event (include/uapi/linux/perf_event.h). A request is put together of
 * direction, size, type and number (include/uapi/asm-generic/ioctl.h, used by x86-64 and arm64):
 *
 *     bits 31-30 direction: 0 none, 1 written to the kernel, 2 read from it
 *     bits 29-16 bytes of the argument      bits 15-8 '$'      bits 7-0 number
 *
 * @module
 */

export const PERF_IOCTL = {
  enable: 0x2400,
  disable: 0x2401,
  reset: 0x2403,
  /** Writes the event's id, a u64, which tells members of a group apart in what `read` returns. */
  id: 0x80082407,
} as const;

/** Argument of enable, disable and reset: the whole group rather than this event. */
export const WHOLE_GROUP = 1;

/**
 * What machine this is: names, sizes and rights that do not change while the service runs.
 *
 * @module
 */

/** Whole numbers a page, an API answer or a plan needs to know the machine by. */
export interface HostProfile {
  readonly hostname: string;
  /** `uname -r`. */
  readonly kernelRelease: string;
  /** `x86_64`, `aarch64`. */
  readonly machine: string;
  /** As `/proc/cpuinfo` or the device tree names it; absent where neither does. */
  readonly cpuModel: string | undefined;
  /** `intel`, `amd`, `arm`, ... from vendor_id or implementer. */
  readonly cpuVendor: string | undefined;
  readonly sockets: number;
  readonly cores: number;
  /** Numbers of the CPUs that were online at the start. */
  readonly onlineCpus: readonly number[];
  readonly numaNodes: number;
  /** `KVM`, `VMware`, ...; `unknown` when the CPU says it is a guest and nothing says whose; absent on bare metal. */
  readonly hypervisor: string | undefined;
  /** Wall clock in ms at which the kernel booted (`btime`). */
  readonly bootedAtMs: number | undefined;
  /** `PRETTY_NAME` of os-release. */
  readonly distribution: string | undefined;
  readonly memoryBytes: number | undefined;
  /** `/proc/sys/kernel/perf_event_paranoid`; absent: a kernel without perf. */
  readonly perfEventParanoid: number | undefined;
  /** Effective capabilities, low 64 bits as hexadecimal, from `/proc/self/status`. */
  readonly effectiveCapabilities: string | undefined;
}

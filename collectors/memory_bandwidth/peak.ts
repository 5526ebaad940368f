/**
 * How many bytes memory can move in a second at the most, from the modules that the firmware describes:
 * channels × transfers in a second × bytes of a transfer. Modules are no channels: two of them may share
 * one, and only the names of their slots tell.
 *
 * @module
 */
import { type Cause, causeOf } from "../cause.ts";
import { ERRNO, SystemError } from "../kernel/errno.ts";
import type { HostTree } from "../kernel/host_tree.ts";
import { type MemoryDevice, parseSmbios } from "./smbios.ts";

/** Only root may read it: it holds serial numbers. */
const TABLE = "/sys/firmware/dmi/tables/DMI";
const TRANSFERS_PER_MT = 1e6;
const MODULE_BITS = 64;
/** What firmware gives as width of data of a module: some means that with error correction. */
const WHOLE_MODULE: readonly number[] = [MODULE_BITS, 72, 80];
/** A module of DDR5 is two halves, and some firmware gives the width of one. */
const HALF_MODULE: readonly number[] = [32, 40];
/** No channel has more slots. */
const SLOTS_OF_CHANNEL_MOST = 3;

export interface MemoryPeak {
  /** Channels with memory in them, of all sockets. */
  readonly channels: number;
  /** Of one channel; the slowest one's. */
  readonly transfersPerSecond: number;
  /** Of the host. */
  readonly bytesPerSecond: number;
  /** `8 channels × 3200 MT/s × 8 B`. */
  readonly arithmetic: string;
  /** Modules, or soldered devices. */
  readonly populated: number;
  /** Whether every channel holds as many bytes: only then traffic is spread evenly over them. */
  readonly even: boolean;
}

/** Why there is no peak to be had. */
export type NoPeak = Cause;

/** Reads the firmware's table, once: it does not change while the machine runs. */
export function memoryPeak(tree: HostTree): MemoryPeak | NoPeak {
  let table: Uint8Array;
  try {
    const file = tree.open(TABLE);
    try {
      file.read();
      table = file.bytes.subarray(0, file.length);
    } finally {
      file.close();
    }
  } catch (error) {
    return unreadable(error);
  }
  const { devices, isVirtual } = parseSmbios(table);
  if (isVirtual) {
    return noPeak("the table of a virtual machine", "the machine itself");
  }
  return peakOf(devices);
}

/** The peak of these devices, those of empty slots among them. */
export function peakOf(devices: readonly MemoryDevice[]): MemoryPeak | NoPeak {
  const modules = devices.filter((device) =>
    device.kind === "dram" && device.bytes !== 0 && !isBehindLink(device)
  );
  if (modules.length === 0) return noPeak("no memory module", "those that are plugged in");
  const speeds = modules.map(transfersOf);
  const unknown = modules[speeds.indexOf(undefined)];
  if (unknown !== undefined) {
    return noPeak(`no configured speed of ${nameOf(unknown)}`, "that of every module");
  }
  const strange = modules.find((device) => bitsOf(device) === undefined);
  if (strange !== undefined) {
    const width = strange.dataBits === undefined
      ? "no data width"
      : `${strange.dataBits} data bits`;
    return noPeak(`${width} of ${nameOf(strange)}`, "the width of every module");
  }
  const [bits = MODULE_BITS, ...otherBits] = new Set(modules.map((device) => bitsOf(device)!));
  if (otherBits.length > 0) {
    const widths = [bits, ...otherBits].join(", ");
    return noPeak(`data widths of ${widths} bits`, "one and the same of every module");
  }
  const nameless = namelessOf(devices, modules);
  if (nameless.length > 0) {
    return noPeak(
      `slots named ${nameless.slice(0, 2).map(nameOf).join(", ")}`,
      "names that tell the channel",
    );
  }
  const sizes = [...Map.groupBy(modules, channelIn).values()].map(sizeOf);
  const channels = sizes.length;
  const mts = Math.min(...speeds.filter((speed) => speed !== undefined));
  const bytes = bits / 8;
  return {
    channels,
    transfersPerSecond: mts * TRANSFERS_PER_MT,
    bytesPerSecond: channels * mts * TRANSFERS_PER_MT * bytes,
    arithmetic: `${channels} channel${channels === 1 ? "" : "s"} × ${mts} MT/s × ${bytes} B`,
    populated: modules.length,
    even: sizes.every((size) => size !== undefined && size === sizes[0]),
  };
}

/**
 * Transfers in a second that a device is set to, in millions. Some firmware gives the clock instead, of
 * which both edges transfer: exactly half of what the module is made for, which none is ever set to.
 */
function transfersOf({ configuredMts, ratedMts, isModule }: MemoryDevice): number | undefined {
  if (configuredMts === undefined || ratedMts === undefined || !isModule) return configuredMts;
  return Math.abs(2 * configuredMts - ratedMts) <= 1 ? ratedMts : configuredMts;
}

/** Undefined where it is not told, or cannot be a module's. */
function bitsOf({ dataBits, isModule, isDdr5 }: MemoryDevice): number | undefined {
  if (!isModule) return dataBits;
  const whole = dataBits === undefined || WHOLE_MODULE.includes(dataBits);
  return whole || isDdr5 && HALF_MODULE.includes(dataBits) ? MODULE_BITS : undefined;
}

/** Memory at the end of a CXL link is on no channel of a memory controller of the host. */
function isBehindLink({ locator, bank }: MemoryDevice): boolean {
  return /(?<![A-Z])CXL(?![A-Z])/i.test(`${locator} ${bank}`);
}

function channelIn({ locator, bank }: MemoryDevice): string | undefined {
  return channelOf(locator, bank);
}

/** Bytes of all modules of a channel; undefined where one is not told. */
function sizeOf(modules: readonly MemoryDevice[]): number | undefined {
  let sum = 0;
  for (const { bytes } of modules) {
    if (bytes === undefined) return undefined;
    sum += bytes;
  }
  return sum;
}

/** Modules whose slots' names do not tell the channel; none where all tell. */
function namelessOf(
  devices: readonly MemoryDevice[],
  modules: readonly MemoryDevice[],
): readonly MemoryDevice[] {
  // It sits in one, whatever that is called.
  if (modules.length === 1 && modules[0]!.isModule) return [];
  const nameless = modules.filter((device) => channelIn(device) === undefined);
  if (nameless.length > 0) return nameless;
  // Two slots of one name: the firmware made it up.
  const twins = [...Map.groupBy(modules, nameOf).values()].find(({ length }) => length > 1);
  if (twins !== undefined) return twins;
  // Dell numbers the slots of a socket through: DIMM_A1 to DIMM_A12, all of them of socket A.
  const slots = Map.groupBy(devices.filter(({ kind }) => kind !== "hbm"), channelIn);
  slots.delete(undefined);
  const crowds = [...slots.values()].filter(({ length }) => length > SLOTS_OF_CHANNEL_MOST);
  return modules.filter((device) => crowds.some((crowd) => crowd.includes(device)));
}

/** Sockets, nodes and controllers that a channel is one of: `P0`, `CPU1`, `NODE 0`, `Controller1`. */
const PLACE =
  /(?<![A-Z])(?:P|CPU|PROC|PROCESSOR|SOCKET|SKT|NODE|CONTROLLER|IMC|MC)[\s_-]*\d+(?!\d)/g;
/** `CHANNEL A`, `Channel0`, `ChannelA-DIMM0`, `CH2`. */
const CHANNEL = /(?<![A-Z])CH(?:AN(?:NEL)?|N)?[\s_-]*([A-Z]|\d{1,2})(?![A-Z\d])/;
/** `DIMM_A1`, `DIMMA1`, `DIMM_P0_A0`: a letter for the channel, a number for the slot in it. */
const LETTER = /DIMM[\s_-]*(?:(?:P|CPU)\d+[\s_-]*)?([A-O])[\s_-]?\d{1,2}(?!\d)/;

/**
 * A name for the channel of a slot, the same for all slots of the channel and for no other; undefined
 * where the slot's names do not tell.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { channelOf } from "./peak.ts";
 *
 * assertEquals(channelOf("DIMM 0", "P0 CHANNEL A"), channelOf("DIMM 1", "P0 CHANNEL A"));
 * assertEquals(channelOf("CPU1_DIMM_B2", ""), "CPU1 B");
 * assertEquals(channelOf("PROC 1 DIMM 12", ""), undefined);
 * ```
 */
export function channelOf(locator: string, bank: string): string | undefined {
  const [slot, place] = [locator.toUpperCase(), bank.toUpperCase()];
  const channel = (CHANNEL.exec(slot) ?? CHANNEL.exec(place) ?? LETTER.exec(slot))?.[1];
  if (channel === undefined) return undefined;
  const places = `${slot} / ${place}`.match(PLACE) ?? [];
  return [...places.map((each) => each.replace(/[\s_-]/g, "")), channel].join(" ");
}

function nameOf({ locator, bank }: MemoryDevice): string {
  return JSON.stringify([locator, bank].filter((name) => name !== "").join(", "));
}

function noPeak(found: string, needs: string): NoPeak {
  return {
    reason: "not_supported",
    message: `Cannot tell the peak of the memory from "${TABLE}": found ${found}, needs ${needs}`,
    remedy: undefined,
  };
}

function unreadable(error: unknown): NoPeak {
  const cause = causeOf(error);
  if (cause.reason === "denied") {
    return {
      ...cause,
      remedy: `Let the service read ${TABLE}: give it CAP_DAC_READ_SEARCH ` +
        "(AmbientCapabilities=CAP_DAC_READ_SEARCH in its unit)",
    };
  }
  const isMissing = error instanceof SystemError && error.errno === ERRNO.ENOENT;
  const needs = "firmware that describes the machine (SMBIOS), and no container that hides it";
  return isMissing ? causeOf(error, { needs }) : cause;
}

/**
 * How many bytes memory can move in a second at the most, from the modules that the firmware describes:
 * channels × transfers in a second × bytes of a transfer. Modules are no channels: two of them may share
 * one, and only the names of their slots tell.
 *
 * @module
 */
import { type Cause, causeOf } from "./cause.ts";
import { ERRNO, SystemError } from "./kernel/errno.ts";
import type { HostTree } from "./kernel/host_tree.ts";
import { type MemoryDevice, parseSmbios } from "./smbios.ts";

/** Only root may read it: it holds serial numbers. */
const TABLE = "/sys/firmware/dmi/tables/DMI";
const TRANSFERS_PER_MT = 1e6;
const MODULE_BITS = 64;
/** What firmware gives as width of data where it means that of a module with error correction. */
const MODULE_BITS_WITH_ECC: readonly number[] = [72, 80];
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
  const modules = devices.filter(({ kind, bytes }) => kind === "dram" && bytes !== 0);
  if (modules.length === 0) return noPeak("no memory module", "those that are plugged in");
  const speeds = modules.map(transfersOf);
  const unknown = modules[speeds.indexOf(undefined)];
  if (unknown !== undefined) {
    return noPeak(`no configured speed of ${nameOf(unknown)}`, "that of every module");
  }
  const [bits, ...otherBits] = new Set(modules.map(bitsOf));
  if (bits === undefined || otherBits.length > 0) {
    const widths = [bits, ...otherBits].map((width) => width ?? "unknown").join(", ");
    return noPeak(`data widths of ${widths} bits`, "one and the same of every module");
  }
  const channels = channelsOf(devices, modules);
  if (channels === undefined) {
    return noPeak(
      `slots named ${modules.slice(0, 2).map(nameOf).join(", ")}`,
      "names that tell the channel",
    );
  }
  const mts = Math.min(...speeds.filter((speed) => speed !== undefined));
  const bytes = bits / 8;
  return {
    channels,
    transfersPerSecond: mts * TRANSFERS_PER_MT,
    bytesPerSecond: channels * mts * TRANSFERS_PER_MT * bytes,
    arithmetic: `${channels} channel${channels === 1 ? "" : "s"} × ${mts} MT/s × ${bytes} B`,
    populated: modules.length,
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

function bitsOf({ dataBits, isModule }: MemoryDevice): number | undefined {
  if (!isModule) return dataBits;
  if (dataBits === undefined || MODULE_BITS_WITH_ECC.includes(dataBits)) return MODULE_BITS;
  return dataBits;
}

/** How many channels have memory in them; undefined where names do not tell. */
function channelsOf(
  devices: readonly MemoryDevice[],
  modules: readonly MemoryDevice[],
): number | undefined {
  // It sits in one, whatever that is called.
  if (modules.length === 1 && modules[0]!.isModule) return 1;
  // Two slots of one name: the firmware made it up.
  if (new Set(modules.map(nameOf)).size < modules.length) return undefined;
  const slots = Map.groupBy(
    devices.filter(({ kind }) => kind !== "hbm"),
    ({ locator, bank }) => channelOf(locator, bank),
  );
  slots.delete(undefined);
  // Dell numbers the slots of a socket through: DIMM_A1 to DIMM_A12, all of them of socket A.
  if ([...slots.values()].some(({ length }) => length > SLOTS_OF_CHANNEL_MOST)) return undefined;
  const channels = new Set(modules.map(({ locator, bank }) => channelOf(locator, bank)));
  return channels.has(undefined) ? undefined : channels.size;
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
 * import { channelOf } from "./memory_peak.ts";
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

/**
 * The table in which firmware describes the machine: SMBIOS reference specification (DMTF DSP0134), as
 * Linux hands it out in `/sys/firmware/dmi/tables/DMI`. Only what the memory is made of.
 *
 * A structure is a header (type u8, length u8, handle u16), its fields up to `length`, and its strings,
 * each with a zero byte at its end and one more after the last. Fields name strings by number, from 1.
 *
 * @module
 */

const BIOS = 0;
const MEMORY_DEVICE = 17;
const END = 127;
const HEADER_BYTES = 4;

/** Type 0: byte 2 of the characteristics' extension; its bit 4: the table describes a virtual machine. */
const BIOS_EXTENSION = 0x13;
const VIRTUAL_MACHINE = 1 << 4;

/** Type 17. */
const DATA_WIDTH = 0x0a;
const SIZE = 0x0c;
const FORM_FACTOR = 0x0e;
const DEVICE_LOCATOR = 0x10;
const BANK_LOCATOR = 0x11;
const MEMORY_TYPE = 0x12;
const SPEED = 0x15;
const EXTENDED_SIZE = 0x1c;
const CONFIGURED_SPEED = 0x20;
const TECHNOLOGY = 0x28;
const EXTENDED_SPEED = 0x54;
const EXTENDED_CONFIGURED_SPEED = 0x58;

const UNKNOWN = 0xffff;
/** A size that stands in the extended field. */
const ELSEWHERE = 0x7fff;
/** Of a size: it is in KiB, not in MiB. */
const IN_KIB = 0x8000;
const KIB = 1024;
const MIB = 1024 * KIB;

/** More than any name of a slot; longer ones are cut. */
const STRING_BYTES_MOST = 64;

/** Table of the form factors that are modules in a slot (DSP0134, 7.18.1): DIMM, SODIMM, FB-DIMM. */
const MODULES: readonly number[] = [0x09, 0x0d, 0x0f];
/** Memory types that are no DRAM (7.18.2): ROM, flash, EEPROM, FEPROM, EPROM, persistent memory. */
const NO_DRAM_TYPES: readonly number[] = [0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x1f];
const DDR5 = 0x22;
/** HBM, HBM2, HBM3. */
const HBM_TYPES: readonly number[] = [0x20, 0x21, 0x24];
/** Memory technologies that are no DRAM (7.18.6): NVDIMM-F, NVDIMM-P, Optane. */
const NO_DRAM_TECHNOLOGIES: readonly number[] = [0x05, 0x06, 0x07];

export type MemoryKind = "dram" | "hbm" | "other";

/** One slot or soldered device of type 17. What the firmware does not tell is absent. */
export interface MemoryDevice {
  /** 0: nothing is plugged in. Absent: not known. */
  readonly bytes: number | undefined;
  /** `DIMM_A1`; "" where there is none. */
  readonly locator: string;
  /** `P0 CHANNEL A`; "" where there is none. */
  readonly bank: string;
  readonly kind: MemoryKind;
  /** A module in a slot; else soldered, or not told. */
  readonly isModule: boolean;
  readonly isDdr5: boolean;
  /** Bits of data, without those of error correction. */
  readonly dataBits: number | undefined;
  /** Transfers in a second that the device is made for, in millions. */
  readonly ratedMts: number | undefined;
  /** Those that it is set to. */
  readonly configuredMts: number | undefined;
}

export interface Smbios {
  readonly devices: readonly MemoryDevice[];
  /** The firmware says that the machine is virtual. */
  readonly isVirtual: boolean;
}

/**
 * Reads a table. Never throws: a structure whose length cannot be ends the walk, and what was found
 * before it counts; a field that a structure is too short for is not told.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseSmbios } from "./smbios.ts";
 *
 * // The end of a table: type 127, 4 bytes, a handle, and no strings.
 * assertEquals(parseSmbios(new Uint8Array([127, 4, 0, 0, 0, 0])), { devices: [], isVirtual: false });
 * ```
 */
export function parseSmbios(table: Uint8Array): Smbios {
  const devices: MemoryDevice[] = [];
  let isVirtual = false;
  for (let at = 0; at + HEADER_BYTES <= table.length;) {
    const [type, length] = [table[at]!, table[at + 1]!];
    if (length < HEADER_BYTES || at + length > table.length || type === END) break;
    const end = endOfStrings(table, at + length);
    const structure = new Structure(table.subarray(at, end), length);
    if (type === MEMORY_DEVICE) devices.push(deviceOf(structure));
    if (type === BIOS) {
      isVirtual = ((structure.byte(BIOS_EXTENSION) ?? NONE) & VIRTUAL_MACHINE) !== 0;
    }
    at = end;
  }
  return { devices, isVirtual };
}

/** No bit is set where a field is not there. */
const NONE = 0;

/** One past the two zero bytes that end the strings; the end of the table where they are missing. */
function endOfStrings(table: Uint8Array, start: number): number {
  for (let at = start; at + 1 < table.length; at++) {
    if (table[at] === 0 && table[at + 1] === 0) return at + 2;
  }
  return table.length;
}

class Structure {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #length: number;

  /** `bytes`: with its strings; `length`: without. */
  constructor(bytes: Uint8Array, length: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#length = length;
  }

  byte(at: number): number | undefined {
    return at < this.#length ? this.#bytes[at] : undefined;
  }

  u16(at: number): number | undefined {
    return at + 2 <= this.#length ? this.#view.getUint16(at, true) : undefined;
  }

  u32(at: number): number | undefined {
    return at + 4 <= this.#length ? this.#view.getUint32(at, true) : undefined;
  }

  /** The string that the field at `at` names, blanks around it cut; "" where it names none. */
  string(at: number): string {
    let number = this.byte(at) ?? NONE;
    if (number === 0) return "";
    let start = this.#length;
    for (; start < this.#bytes.length; start = this.#endOf(start) + 1) {
      if (this.#bytes[start] === 0) return "";
      if (--number === 0) break;
    }
    const end = Math.min(this.#endOf(start), start + STRING_BYTES_MOST);
    return [...this.#bytes.subarray(start, end)]
      .map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "?")
      .join("").trim();
  }

  #endOf(start: number): number {
    const end = this.#bytes.indexOf(0, start);
    return end < 0 ? this.#bytes.length : end;
  }
}

function deviceOf(structure: Structure): MemoryDevice {
  return {
    bytes: sizeOf(structure),
    locator: structure.string(DEVICE_LOCATOR),
    bank: structure.string(BANK_LOCATOR),
    kind: kindOf(structure),
    isModule: MODULES.includes(structure.byte(FORM_FACTOR) ?? NONE),
    isDdr5: structure.byte(MEMORY_TYPE) === DDR5,
    dataBits: known(structure.u16(DATA_WIDTH)),
    ratedMts: speedOf(structure, SPEED, EXTENDED_SPEED),
    configuredMts: speedOf(structure, CONFIGURED_SPEED, EXTENDED_CONFIGURED_SPEED),
  };
}

function sizeOf(structure: Structure): number | undefined {
  const size = structure.u16(SIZE);
  if (size === undefined || size === UNKNOWN) return undefined;
  if (size === ELSEWHERE) {
    const mib = structure.u32(EXTENDED_SIZE);
    return mib === undefined ? undefined : (mib & 0x7fffffff) * MIB;
  }
  return (size & IN_KIB) === 0 ? size * MIB : (size & ~IN_KIB) * KIB;
}

/** Transfers in a second, in millions. The second field holds what does not fit into the first. */
function speedOf(structure: Structure, at: number, extendedAt: number): number | undefined {
  const speed = structure.u16(at);
  if (speed !== UNKNOWN) return known(speed);
  return known(structure.u32(extendedAt));
}

/** 0 and all bits set stand for "not known". */
function known(value: number | undefined): number | undefined {
  return value === 0 || value === UNKNOWN || value === 0xffffffff ? undefined : value;
}

function kindOf(structure: Structure): MemoryKind {
  const type = structure.byte(MEMORY_TYPE) ?? NONE;
  const technology = structure.byte(TECHNOLOGY) ?? NONE;
  if (NO_DRAM_TYPES.includes(type) || NO_DRAM_TECHNOLOGIES.includes(technology)) return "other";
  return HBM_TYPES.includes(type) ? "hbm" : "dram";
}

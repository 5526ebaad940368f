/**
 * Names for the numbers that Arm CPUs identify themselves by: implementer and part number of
 * MIDR_EL1, as each core's technical reference manual gives them. Only cores that run Linux servers,
 * workstations and common boards.
 *
 * @module
 */

interface Implementer {
  readonly vendor: string;
  readonly cores: Readonly<Record<number, string>>;
}

const IMPLEMENTERS: Readonly<Record<number, Implementer>> = {
  0x41: {
    vendor: "arm",
    cores: {
      0xd03: "Cortex-A53",
      0xd04: "Cortex-A35",
      0xd05: "Cortex-A55",
      0xd07: "Cortex-A57",
      0xd08: "Cortex-A72",
      0xd09: "Cortex-A73",
      0xd0a: "Cortex-A75",
      0xd0b: "Cortex-A76",
      0xd0c: "Neoverse-N1",
      0xd0d: "Cortex-A77",
      0xd40: "Neoverse-V1",
      0xd41: "Cortex-A78",
      0xd44: "Cortex-X1",
      0xd46: "Cortex-A510",
      0xd47: "Cortex-A710",
      0xd48: "Cortex-X2",
      0xd49: "Neoverse-N2",
      0xd4a: "Neoverse-E1",
      0xd4d: "Cortex-A715",
      0xd4e: "Cortex-X3",
      0xd4f: "Neoverse-V2",
      0xd80: "Cortex-A520",
      0xd81: "Cortex-A720",
      0xd82: "Cortex-X4",
      0xd84: "Neoverse-V3",
      0xd85: "Cortex-X925",
      0xd87: "Cortex-A725",
      0xd8e: "Neoverse-N3",
    },
  },
  0x43: { vendor: "cavium", cores: { 0x0a1: "ThunderX", 0x0af: "ThunderX2" } },
  0x46: { vendor: "fujitsu", cores: { 0x001: "A64FX" } },
  0x48: { vendor: "hisilicon", cores: { 0xd01: "Kunpeng 920" } },
  0x4e: { vendor: "nvidia", cores: { 0x004: "Carmel" } },
  0x50: { vendor: "apm", cores: {} },
  0x51: { vendor: "qualcomm", cores: { 0x001: "Oryon", 0xc00: "Falkor" } },
  0x61: {
    vendor: "apple",
    cores: {
      0x022: "M1 Icestorm",
      0x023: "M1 Firestorm",
      0x032: "M2 Blizzard",
      0x033: "M2 Avalanche",
    },
  },
  // Cobalt 100 is a Neoverse-N2 with Microsoft's number.
  0x6d: { vendor: "microsoft", cores: { 0xd49: "Neoverse-N2" } },
  0x70: { vendor: "phytium", cores: {} },
  0xc0: { vendor: "ampere", cores: { 0xac3: "Ampere-1", 0xac4: "Ampere-1A" } },
};

/** `arm`, `ampere`, ...; absent for a number that is not known here. */
export function armVendor(implementer: number | undefined): string | undefined {
  return implementer === undefined ? undefined : IMPLEMENTERS[implementer]?.vendor;
}

/** `Neoverse-N1`; absent for a core that is not known here. */
export function armCoreName(
  { implementer, part }: { readonly implementer: number; readonly part: number },
): string | undefined {
  return IMPLEMENTERS[implementer]?.cores[part];
}

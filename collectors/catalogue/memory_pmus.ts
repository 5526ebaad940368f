/** PMUs that count memory traffic, for the doctor. @module */
import type { UncorePmu } from "./doctor_row.ts";

/** What counts memory traffic, by the maker of the CPU. */
export const MEMORY_PMUS: readonly UncorePmu[] = [
  {
    vendors: ["intel"],
    devices: ["uncore_imc", "uncore_hbm", "uncore_type_6", "uncore_type_14"],
    module: "intel_uncore",
  },
  { vendors: ["amd", "hygon"], devices: ["amd_umc", "amd_df"], module: "amd_uncore" },
  {
    devices: [
      "nvidia_scf_pmu",
      "nvidia_ucf_pmu",
      "nvidia_uncore_pmu",
      "arm_dmc620",
      "ampere_mcu_pmu",
      "ali_drw",
      "hisi_sccl*_ddrc",
      "mrvl_ddr_pmu",
      "marvell_cn10k_ddr_pmu",
      "uncore_dmc",
      "imx8_ddr",
      "meson_ddr_bw",
      "nest_mcs",
      "arm_cmn",
      "arm_dsu",
      "l3cache",
    ],
  },
];

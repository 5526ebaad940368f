/**
 * Memory traffic on Arm and POWER: controllers first, then what is near them. Drivers and names of
 * events: drivers/perf/ and arch/powerpc/perf/imc-pmu.c; what a count is worth: the makers' metrics in
 * tools/perf/pmu-events/, or nobody, as each entry says.
 *
 * @module
 */
import type { MemoryEvent, MemoryEvents, MemorySource } from "./memory_source.ts";

const LINE = 64;

function event(named: string, code?: number): MemoryEvent {
  if (code === undefined) return { named };
  return { named, terms: `event=0x${code.toString(16).padStart(2, "0")}` };
}

function each(bytes: number, ...events: readonly MemoryEvent[]): MemoryEvents {
  return { events, bytes };
}

const CSPMU = "with the modules arm_cspmu_module and";
const UNSURE = "What a count is worth is not confirmed.";
const REFILLS = "Lines that the cache fetched: reads only, and not all of them from memory.";

/** What most sources here have in common. */
const MAIN_MEMORY = { traffic: "ddr", perChannel: false } as const;

/** In order of preference. */
export const ARM_MEMORY_SOURCES: readonly MemorySource[] = [
  {
    ...MAIN_MEMORY,
    id: "nvidia_grace",
    name: "NVIDIA Grace memory",
    pmu: /^nvidia_scf_pmu_\d+$/,
    reads: each(32, event("cmem_rd_data", 0x1a5)),
    writes: each(1, event("cmem_wr_total_bytes", 0x1db)),
    provenance: "third_party",
    needs: `Linux 6.4 ${CSPMU} nvidia_cspmu`,
    note: "Of the CPUs to the memory of their own socket, without GPUs, devices and other sockets.",
  },
  {
    ...MAIN_MEMORY,
    id: "ampere_altra",
    name: "Ampere Altra memory controllers",
    pmu: /^arm_dmc620_[0-9a-f]+$/,
    perChannel: true,
    // `match` tells reads from writes.
    reads: each(LINE, { terms: "event=0x12,clkdiv2=1,mask=1,match=0" }),
    writes: each(LINE, { terms: "event=0x12,clkdiv2=1,mask=1,match=1" }),
    provenance: "unverified",
    needs: "a kernel with the module arm_dmc620_pmu",
    note: UNSURE,
  },
  {
    ...MAIN_MEMORY,
    id: "ampere_one",
    name: "AmpereOne memory controllers",
    pmu: /^ampere_mcu_pmu_\d+$/,
    perChannel: true,
    reads: each(LINE, event("rd_rda_sent", 0x0f)),
    writes: each(LINE, event("wr_wra_sent", 0x10)),
    provenance: "unverified",
    needs: `Linux 6.7 ${CSPMU} ampere_cspmu`,
    note: UNSURE,
  },
  ...hisilicon(),
  {
    ...MAIN_MEMORY,
    id: "alibaba_drw",
    name: "Alibaba Yitian memory controllers",
    pmu: /^ali_drw_[0-9a-f]+$/,
    reads: each(LINE, { ...event("hif_rd", 0x02), config: 0x02n }),
    writes: each(
      LINE,
      { ...event("hif_wr", 0x01), config: 0x01n },
      { ...event("hif_rmw", 0x03), config: 0x03n },
    ),
    provenance: "vendor",
    needs: "Linux 6.1 with the module alibaba_uncore_drw_pmu",
  },
  {
    ...MAIN_MEMORY,
    id: "marvell_ddr",
    name: "Marvell CN10K memory controllers",
    pmu: /^(mrvl|marvell_cn10k)_ddr_pmu_[0-9a-f]+$/,
    reads: each(LINE, event("ddr_cam_read", 0x10)),
    writes: each(LINE, event("ddr_cam_write", 0x11)),
    provenance: "unverified",
    needs: "a kernel with the module marvell_cn10k_ddr_pmu",
    note: UNSURE,
  },
  {
    ...MAIN_MEMORY,
    id: "thunderx2_dmc",
    name: "ThunderX2 memory controllers",
    pmu: /^uncore_dmc_\d+$/,
    reads: each(LINE, event("read_txns", 0x0f)),
    writes: each(LINE, event("write_txns", 0x0b)),
    provenance: "unverified",
    needs: "a kernel with the module thunderx2_pmu",
    note: "Counted on one of eight channels, and multiplied by the driver. " + UNSURE,
  },
  {
    ...MAIN_MEMORY,
    id: "imx8_ddr",
    name: "i.MX 8 memory controller",
    pmu: /^imx8_ddr\d+$/,
    reads: each(16, event("read-cycles", 0x2a)),
    writes: each(16, event("write-cycles", 0x2b)),
    provenance: "unverified",
    needs: "a kernel with the module fsl_imx8_ddr_perf",
    note: UNSURE,
  },
  {
    ...MAIN_MEMORY,
    id: "meson_ddr",
    name: "Amlogic memory controller",
    pmu: /^meson_ddr_bw$/,
    combined: each(16, event("total_rw_bytes")),
    provenance: "kernel",
    // The driver says 16 bytes, and MB where it means 2^20 of them.
    bytesFrom: "entry",
    needs: "Linux 6.2 with the module meson_ddr_pmu_g12",
  },
  {
    ...MAIN_MEMORY,
    id: "arm_cmn",
    name: "Arm CMN mesh",
    pmu: /^arm_cmn_\d+$/,
    combined: each(LINE, event("hnf_mc_reqs")),
    provenance: "unverified",
    needs: "a kernel with the module arm_cmn",
    note: "Requests of the system-level cache to the memory controllers. " + UNSURE,
    proxy: true,
  },
  {
    ...MAIN_MEMORY,
    id: "nvidia_ucf",
    name: "NVIDIA Vera memory",
    pmu: /^nvidia_ucf_pmu_\d+$/,
    // Traffic to another socket's memory is counted there.
    reads: each(1, { named: "mem_bytes_rd", filter: "dst_loc_cmem=1" }),
    writes: each(1, { named: "mem_bytes_wr", filter: "dst_loc_cmem=1" }),
    provenance: "vendor",
    needs: `a kernel that knows Vera, ${CSPMU} nvidia_cspmu`,
    note: "Without the memory of GPUs, and without CXL.",
  },
  {
    ...MAIN_MEMORY,
    id: "nvidia_vera",
    name: "NVIDIA Vera memory",
    pmu: /^nvidia_uncore_pmu_\d+$/,
    // Of those that the driver has no name for, only this is the cache before the memory.
    identifier: /^(0x)?0*2cf/i,
    reads: each(LINE, { terms: "event=0xf1" }),
    writes: each(LINE, { terms: "event=0xf3" }),
    provenance: "third_party",
    needs: `Linux 6.4 ${CSPMU} nvidia_cspmu`,
    note: "Refills and write-backs of the last cache before the memory, by one report.",
    proxy: true,
  },
  {
    ...MAIN_MEMORY,
    id: "power_nest",
    name: "POWER memory controllers",
    pmu: /^nest_mcs\d+_imc$/,
    reads: each(LINE, { named: /^PM_MCS\d+_128B_RD_DISP_PORT\d+$/ }),
    writes: each(LINE, { named: /^PM_MCS\d+_128B_WR_DISP_PORT\d+$/ }),
    provenance: "unverified",
    bytesFrom: "entry",
    needs: "firmware (OPAL) that offers the counters of the nest",
    note: UNSURE,
  },
  {
    ...MAIN_MEMORY,
    id: "arm_dsu",
    name: "Arm L3 refills",
    pmu: /^arm_dsu_\d+$/,
    // By name only: the driver names what this cluster counts.
    reads: each(LINE, event("l3d_cache_refill")),
    provenance: "unverified",
    needs: "a kernel with the module arm_dsu_pmu",
    note: REFILLS,
    proxy: true,
  },
  {
    ...MAIN_MEMORY,
    id: "qualcomm_l3",
    name: "Qualcomm L3 misses",
    pmu: /^l3cache_\d+_\d+$/,
    reads: each(LINE, event("read-miss", 0x21)),
    provenance: "unverified",
    needs: "a kernel with CONFIG_QCOM_L3_PMU",
    note: REFILLS,
    proxy: true,
  },
];

/**
 * Two versions, whose events of one name have other numbers. The driver gives PMUs of identifier 0x30 and
 * above a second number in their names.
 */
function hisilicon(): readonly MemorySource[] {
  const common = {
    ...MAIN_MEMORY,
    name: "HiSilicon memory controllers",
    provenance: "third_party",
    needs: "a kernel with the module hisi_uncore_ddrc_pmu",
    note: "That a count is 32 bytes is said by one source.",
  } as const;
  return [
    {
      ...common,
      id: "hisilicon_ddrc",
      pmu: /^hisi_sccl\d+_ddrc\d+_\d+$/,
      reads: each(32, { ...event("flux_rd", 0x84), config: 0x84n }),
      writes: each(32, { ...event("flux_wr", 0x83), config: 0x83n }),
    },
    {
      ...common,
      id: "hisilicon_ddrc_v1",
      pmu: /^hisi_sccl\d+_ddrc\d+$/,
      reads: each(32, { ...event("flux_rd", 0x01), config: 0x01n }),
      writes: each(32, { ...event("flux_wr", 0x00), config: 0x00n }),
    },
  ];
}

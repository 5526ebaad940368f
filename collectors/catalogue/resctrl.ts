/** Memory traffic of each L3 cache's cores, as the cache monitors of the CPU count it. */
import type { Measured, Subject } from "../catalogue.ts";

const collector = "resctrl";

const FAMILY = {
  name: "ringside_mbm_bytes_total",
  help: "Bytes between the cores of an L3 cache and memory, both ways, by where the memory is.",
} as const;

/** No L3 cache moves more than this in a second. */
const BYTES_PER_SECOND_MOST = 1e13;

function traffic(kind: "total" | "local" | "remote", name: string, help: string): Measured {
  const files = kind === "remote"
    ? "the increase of mbm_total_bytes less that of mbm_local_bytes"
    : `/sys/fs/resctrl/[GROUP/]mon_data/mon_L3_N/mbm_${kind}_bytes, all control groups`;
  return {
    id: `mbm_${kind}_bytes`,
    name,
    help,
    unit: "By",
    kind: "counter",
    scope: "mbm_domain",
    collector,
    source: files,
    dormant: true,
    exposition: { ...FAMILY, labels: { kind } },
    otlp: { name: "ringside.mbm", attributes: { "ringside.mbm.kind": kind }, help: FAMILY.help },
    sane: [0, BYTES_PER_SECOND_MOST],
  };
}

export const resctrl: Subject = {
  scopes: [{ id: "mbm_domain", label: "mbm_domain", name: "MBM domain", spare: 1, most: 256 }],
  metrics: [
    traffic("total", "Total", "Bytes between the cores of an L3 cache and all memory, both ways."),
    traffic(
      "local",
      "Local",
      "Bytes between the cores of an L3 cache and the memory of their own node, both ways.",
    ),
    traffic(
      "remote",
      "Remote",
      "Bytes between the cores of an L3 cache and the memory of other nodes, both ways.",
    ),
  ],
  doctor: [{
    id: "mbm",
    name: "Memory monitor (MBM)",
    metrics: ["mbm_total_bytes"],
    needs: "none",
  }],
};

/** Memory of each NUMA node, where its pages went, and the card that shows both. */
import type { Measured, Subject } from "../catalogue.ts";
import { add, delta, divide } from "../formula.ts";

const collector = "numa";

export interface NodeField {
  /** As the kernel's file names it. */
  readonly field: string;
  readonly metric: string;
  readonly name: string;
  readonly help: string;
}

/** Lines of `meminfo`. */
export const NODE_MEMORY: readonly NodeField[] = [
  {
    field: "MemTotal",
    metric: "numa_memory_total_bytes",
    name: "Memory",
    help: "Memory of the node.",
  },
  {
    field: "MemFree",
    metric: "numa_memory_free_bytes",
    name: "Free",
    help: "Memory of the node that nothing uses, not even as a cache.",
  },
  {
    field: "MemUsed",
    metric: "numa_memory_used_bytes",
    name: "Used",
    help: "Memory of the node that is not free, caches included.",
  },
];

/** Lines of `numastat` (Documentation/admin-guide/numastat.rst). */
export const NODE_PAGES: readonly NodeField[] = [
  {
    field: "numa_hit",
    metric: "numa_hit_pages",
    name: "Hit",
    help: "Pages that were wanted from this node and came from it.",
  },
  {
    field: "numa_miss",
    metric: "numa_miss_pages",
    name: "Miss",
    help: "Pages that were wanted from another node and came from this one.",
  },
  {
    field: "numa_foreign",
    metric: "numa_foreign_pages",
    name: "Foreign",
    help: "Pages that were wanted from this node and came from another one.",
  },
  {
    field: "interleave_hit",
    metric: "numa_interleave_hit_pages",
    name: "Interleaved",
    help: "Pages that an interleaving policy wanted from this node and got from it.",
  },
  {
    field: "local_node",
    metric: "numa_local_pages",
    name: "Local",
    help: "Pages of this node that went to tasks running on its own CPUs.",
  },
  {
    field: "other_node",
    metric: "numa_other_pages",
    name: "Remote",
    help: "Pages of this node that went to tasks running on CPUs of another node.",
  },
];

const memory = NODE_MEMORY.map(({ field, metric, name, help }): Measured => ({
  id: metric,
  name,
  help,
  unit: "By",
  kind: "gauge",
  scope: "node",
  collector,
  source: `/sys/devices/system/node/nodeN/meminfo, ${field}`,
  across: "sum",
  exposition: { name: `node_memory_numa_${field}` },
  otlp: { name: `ringside.numa.memory.${field.slice(3).toLowerCase()}`, sum: true },
}));

const pages = NODE_PAGES.map(({ field, metric, name, help }): Measured => ({
  id: metric,
  name,
  help,
  unit: "{page}",
  kind: "counter",
  scope: "node",
  collector,
  source: `/sys/devices/system/node/nodeN/numastat, ${field}`,
  exposition: { name: `node_memory_numa_${field}_total` },
}));

export const numa: Subject = {
  scopes: [{
    id: "node",
    label: "node",
    name: "NUMA node",
    spare: 1,
    most: 128,
    attributes: { node: "numa.node" },
  }],
  metrics: [
    ...memory,
    ...pages,
    {
      id: "numa_remote_ratio",
      name: "Remote share",
      help: "Share of the pages handed out by this node that went to CPUs of another node.",
      unit: "1",
      kind: "derived",
      scope: "node",
      formula: divide(
        delta("numa_other_pages"),
        add(delta("numa_local_pages"), delta("numa_other_pages")),
      ),
    },
  ],
  cards: [
    {
      id: "numa",
      title: "NUMA",
      place: "sys",
      order: 85,
      blocks: [
        {
          block: "table",
          scope: "node",
          heading: "Node",
          columns: [
            { metric: "numa_memory_used_bytes" },
            { metric: "numa_memory_total_bytes" },
            { metric: "numa_remote_ratio" },
            { metric: "numa_miss_pages" },
            { metric: "numa_foreign_pages" },
          ],
          most: 16,
          empty: "This kernel knows no NUMA nodes",
        },
      ],
    },
  ],
};

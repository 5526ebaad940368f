/** Load averages. The CPU time card shows them. */
import type { Measured, Subject } from "../catalogue.ts";

const collector = "load";

function average(minutes: number, field: number): Measured {
  return {
    id: `load_${minutes}m`,
    name: `Load, ${minutes} min`,
    help:
      `Tasks that ran, waited for a CPU or slept uninterruptibly, averaged by the kernel with a decay of ${minutes} min.`,
    unit: "{task}",
    kind: "gauge",
    scope: "host",
    collector,
    source: `/proc/loadavg, field ${field}`,
    exposition: { name: `node_load${minutes}` },
  };
}

export const load: Subject = {
  metrics: [
    average(1, 1),
    average(5, 2),
    average(15, 3),
    {
      id: "threads",
      name: "Threads",
      help: "Tasks that exist: all threads of all processes, those of the kernel included.",
      unit: "{task}",
      kind: "gauge",
      scope: "host",
      collector,
      source: "/proc/loadavg, field 4, after the slash",
      exposition: { name: "node_processes_threads" },
    },
  ],
};

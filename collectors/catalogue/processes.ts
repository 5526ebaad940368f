/**
 * The processes that use most, and how many there are. Read only while somebody looks, so none of it
 * is in `/metrics`: its series would come and go with the viewers.
 */
import type { Measured, Subject } from "../catalogue.ts";

const collector = "processes";

export interface ProcessState {
  readonly metric: string;
  /** Letters of field 3 of `/proc/[pid]/stat`. */
  readonly letters: string;
  readonly name: string;
  readonly help: string;
}

/** States that last (proc_pid_stat(5)); a process is in the state of its first thread. */
export const PROCESS_STATES: readonly ProcessState[] = [
  {
    metric: "processes_running",
    letters: "R",
    name: "Running",
    help: "Processes whose first thread runs or is ready to.",
  },
  {
    metric: "processes_sleeping",
    letters: "S",
    name: "Sleeping",
    help: "Processes whose first thread waits for an event.",
  },
  {
    metric: "processes_disk_sleep",
    letters: "D",
    name: "In disk sleep",
    help: "Processes whose first thread waits where no signal reaches it, mostly for a disk.",
  },
  {
    metric: "processes_stopped",
    letters: "Tt",
    name: "Stopped",
    help: "Processes whose first thread was stopped by a signal or by a debugger.",
  },
  {
    metric: "processes_zombie",
    letters: "Z",
    name: "Zombies",
    help: "Processes that ended and whose parent did not yet ask how.",
  },
  {
    metric: "processes_idle",
    letters: "I",
    name: "Idle kernel threads",
    help: "Threads of the kernel that wait for work and do not count as load.",
  },
];

const states = PROCESS_STATES.map(({ metric, letters, name, help }): Measured => ({
  id: metric,
  name,
  help,
  unit: "{process}",
  kind: "gauge",
  scope: "host",
  collector,
  source: `/proc/[pid]/stat, field 3, ${[...letters].join(" or ")}`,
}));

export const processes: Subject = {
  scopes: [
    {
      id: "process",
      label: "pid",
      name: "Process",
      spare: 0,
      most: 24,
      known: "comm",
      volatile: true,
    },
  ],
  metrics: [
    {
      id: "processes_count",
      name: "Processes",
      help: "Processes that exist, threads of the kernel among them.",
      unit: "{process}",
      kind: "gauge",
      scope: "host",
      collector,
      source: "/proc, directories with a number",
    },
    ...states,
    {
      id: "process_cpu_ratio",
      name: "CPU",
      help:
        "CPU time of all threads of the process since the list was last made, as a share of one CPU.",
      unit: "1",
      // A counter would show nothing until its second reading, and a process enters the list by what
      // it used before it was there.
      kind: "gauge",
      scope: "process",
      collector,
      source: "/proc/[pid]/stat, utime and stime, in 1/100 s",
    },
    {
      id: "process_resident_bytes",
      name: "Memory",
      help:
        "Resident memory of the process, pages that it shares with others included. Linux 6.2 to about 6.16 " +
        "leaves out what each CPU changed last: up to 32 pages a CPU, on large hosts more.",
      unit: "By",
      kind: "gauge",
      scope: "process",
      collector,
      source: "/proc/[pid]/statm, resident, in pages",
    },
  ],
  cards: [
    {
      id: "processes",
      title: "Processes",
      note: { metric: "processes_count" },
      place: "foot",
      order: 95,
      blocks: [
        {
          block: "table",
          scope: "process",
          heading: "By CPU",
          columns: [{ metric: "process_cpu_ratio" }, { metric: "process_resident_bytes" }],
          sort: "process_cpu_ratio",
          most: 10,
          empty: "No process is listed yet",
        },
        {
          block: "table",
          scope: "process",
          heading: "By memory",
          columns: [{ metric: "process_resident_bytes" }, { metric: "process_cpu_ratio" }],
          sort: "process_resident_bytes",
          most: 10,
          empty: "No process is listed yet",
        },
        {
          block: "figures",
          rows: [
            ...PROCESS_STATES.map(({ metric }) => ({ metric })),
            { metric: "threads", name: "Threads, all" },
          ],
        },
      ],
    },
  ],
};

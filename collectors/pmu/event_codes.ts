/** Numbers that every kernel gives its generic events (include/uapi/linux/perf_event.h). @module */

/** `perf_event_attr.type` of what is there on every machine; other PMUs have theirs in sysfs. */
export const EVENT_TYPE = {
  hardware: 0,
  software: 1,
  tracepoint: 2,
  hardwareCache: 3,
  raw: 4,
  breakpoint: 5,
} as const;

/** `config` of software events by the names that perf gives them. */
export const SOFTWARE_EVENTS = {
  "cpu-clock": 0,
  "task-clock": 1,
  "page-faults": 2,
  "context-switches": 3,
  "cpu-migrations": 4,
  "minor-faults": 5,
  "major-faults": 6,
  "alignment-faults": 7,
  "emulation-faults": 8,
  "dummy": 9,
  "bpf-output": 10,
  "cgroup-switches": 11,
} as const;

export type SoftwareEvent = keyof typeof SOFTWARE_EVENTS;

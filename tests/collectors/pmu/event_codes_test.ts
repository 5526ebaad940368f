import { assertEquals } from "@std/assert";
import { EVENT_TYPE, SOFTWARE_EVENTS } from "../../../collectors/pmu/event_codes.ts";
import { PERF_IOCTL } from "../../../collectors/pmu/ioctl.ts";

Deno.test("EVENT_TYPE and SOFTWARE_EVENTS have the numbers of perf_event_open(2)", () => {
  // Both are enumerations in C, numbered from zero in this order.
  assertEquals(Object.entries(EVENT_TYPE).map(([name, type]) => `${type} ${name}`), [
    "0 hardware",
    "1 software",
    "2 tracepoint",
    "3 hardwareCache",
    "4 raw",
    "5 breakpoint",
  ]);
  assertEquals(Object.entries(SOFTWARE_EVENTS).map(([name, code]) => `${code} ${name}`), [
    "0 cpu-clock",
    "1 task-clock",
    "2 page-faults",
    "3 context-switches",
    "4 cpu-migrations",
    "5 minor-faults",
    "6 major-faults",
    "7 alignment-faults",
    "8 emulation-faults",
    "9 dummy",
    "10 bpf-output",
    "11 cgroup-switches",
  ]);
});

Deno.test("PERF_IOCTL is put together of direction, size, '$' and number", () => {
  const request = (direction: number, size: number, number: number): number =>
    direction * 2 ** 30 + size * 2 ** 16 + "$".charCodeAt(0) * 2 ** 8 + number;
  assertEquals(PERF_IOCTL, {
    enable: request(0, 0, 0),
    disable: request(0, 0, 1),
    reset: request(0, 0, 3),
    id: request(2, 8, 7),
  });
});

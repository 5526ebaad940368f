import { assertEquals } from "@std/assert";
import {
  CACHE_EVENTS,
  cacheConfig,
  EVENT_TYPE,
  HARDWARE_EVENTS,
  SOFTWARE_EVENTS,
} from "../../../collectors/pmu/event_codes.ts";
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

Deno.test("HARDWARE_EVENTS have the numbers of perf_event_open(2)", () => {
  assertEquals(Object.entries(HARDWARE_EVENTS).map(([name, code]) => `${code} ${name}`), [
    "0 cycles",
    "1 instructions",
    "2 cache-references",
    "3 cache-misses",
    "4 branches",
    "5 branch-misses",
    "6 bus-cycles",
    "7 stalled-cycles-frontend",
    "8 stalled-cycles-backend",
    "9 ref-cycles",
  ]);
});

Deno.test("cacheConfig() has a byte each for cache, operation and result", () => {
  assertEquals(cacheConfig("l1d", "read", "access"), 0);
  assertEquals(cacheConfig("ll", "read", "miss"), 0x1_00_02);
  assertEquals(cacheConfig("dtlb", "write", "access"), 0x0_01_03);
  assertEquals(cacheConfig("node", "prefetch", "miss"), 0x1_02_06);
});

Deno.test("CACHE_EVENTS are what perf's names stand for", () => {
  const hex = Object.entries(CACHE_EVENTS).map(([name, code]) => `${name} ${code.toString(16)}`);
  assertEquals(hex, [
    "L1-dcache-loads 0",
    "L1-dcache-load-misses 10000",
    "L1-dcache-stores 100",
    "L1-dcache-store-misses 10100",
    "L1-icache-loads 1",
    "L1-icache-load-misses 10001",
    "LLC-loads 2",
    "LLC-load-misses 10002",
    "LLC-stores 102",
    "LLC-store-misses 10102",
    "dTLB-loads 3",
    "dTLB-load-misses 10003",
    "dTLB-stores 103",
    "dTLB-store-misses 10103",
    "iTLB-loads 4",
    "iTLB-load-misses 10004",
    "branch-loads 5",
    "branch-load-misses 10005",
    "node-loads 6",
    "node-load-misses 10006",
    "node-stores 106",
    "node-store-misses 10106",
  ]);
});

import { assert, assertEquals } from "@std/assert";
import { isMeasured } from "../../../collectors/trust.ts";
import { type Cells, HandFilled } from "../../views/hand_filled.ts";

Deno.test("memory_bytes_per_second is a lower bound where only the L3 monitors count", () => {
  const at = (second: number): Cells => ({ "mbm_total_bytes{0}": 3e9 * second });
  const { snapshot } = new HandFilled([at(1), at(2), at(3)]);
  const total = snapshot.read("memory_bytes_per_second");
  assert(isMeasured(total));
  assertEquals([total.value, total.grade, total.bound], [3e9, "estimated", "lower"]);
  // What they monitor they count exactly.
  const monitored = snapshot.read("mbm_total_bytes");
  assert(isMeasured(monitored));
  assertEquals([monitored.grade, monitored.bound], ["exact", undefined]);
});

Deno.test("a peak of all controllers together says nothing of a single one or a socket", () => {
  const at = (second: number): Cells => ({
    "memory_combined_bytes{0}": 1e9 * second,
    "memory_combined_bytes{1}": 2e9 * second,
    "memory_combined_bytes_time_enabled_seconds{0}": second,
    "memory_combined_bytes_time_running_seconds{0}": second,
    "memory_combined_bytes_time_enabled_seconds{1}": second,
    "memory_combined_bytes_time_running_seconds{1}": second,
    "memory_host_peak_bytes_per_second{all}": 10e9,
  });
  const groups = { 0: { socket: "0" }, 1: { socket: "1" } };
  const { snapshot } = new HandFilled([at(1), at(2), at(3)], { groups });
  const all = snapshot.read("memory_peak_ratio");
  assert(isMeasured(all));
  assertEquals([all.value, all.grade], [0.3, "exact"]);
  assert(!isMeasured(snapshot.read("memory_peak_ratio", "0")));
  assert(!isMeasured(snapshot.readGroup("memory_peak_ratio", "socket", "1")));
});

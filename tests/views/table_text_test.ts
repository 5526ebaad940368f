import { assert, assertEquals } from "@std/assert";
import { CollectorError } from "../../collectors/collector.ts";
import { tableText } from "../../views/table_text.ts";
import { HandFilled } from "./hand_filled.ts";

function lineOf(text: string, name: string): string | undefined {
  return text.split("\n").find((line) => line.startsWith(`${name} `))?.replace(/ +/g, " ");
}

Deno.test("tableText gives every metric a line with value, unit and trust", () => {
  const { snapshot } = new HandFilled([
    { "disk_read_bytes{sda}": 0, "load_1m": 1.5 },
    { "disk_read_bytes{sda}": 5000, "load_1m": 1.5 },
  ]);
  const text = tableText(snapshot);
  assertEquals(text.split("\n")[0], "stage, Linux 6.12.0, 2026-01-02 03:04:07 UTC");
  assertEquals(lineOf(text, "load_1m"), "load_1m 1.50 exact");
  assertEquals(lineOf(text, "disk_read_bytes{sda}"), "disk_read_bytes{sda} 5.00 kB/s exact");
  assertEquals(lineOf(text, "load_5m"), "load_5m not available");
});

Deno.test("tableText ends with the causes of what is missing", () => {
  const refusal = new CollectorError("denied", "Cannot open it: EACCES", "sudo it");
  const { snapshot } = new HandFilled([{ "load_1m": 1 }], { refused: { disk: refusal } });
  const text = tableText(snapshot);
  assert(text.endsWith("\n\ndisk: Cannot open it: EACCES\n  sudo it\n"), text.slice(-80));
});

Deno.test("tableText lets no name write to the terminal", () => {
  const { snapshot } = new HandFilled([{ "disk_read_bytes{\u001b[31m\nx}": 1 }]);
  assertEquals(
    lineOf(tableText(snapshot), "disk_read_bytes{\\u001b[31m\\u000ax}"),
    "disk_read_bytes{\\u001b[31m\\u000ax} not yet",
  );
});

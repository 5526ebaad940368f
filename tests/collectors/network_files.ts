/** Interfaces as procfs and sysfs tell them. @module */
import { network } from "../../collectors/network.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

export const PATH = "/proc/1/net/dev";
export const CLASS = "/sys/class/net";

export const HEADINGS = "Inter-|   Receive            |  Transmit\n face |bytes    packets|bytes\n";
export const ZEROS = "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0";

/** A `/proc/net/dev` of these interfaces. */
export function dev(interfaces: Readonly<Record<string, string>>): string {
  const lines = Object.entries(interfaces)
    .map(([name, numbers]) => `${name.padStart(6)}: ${numbers}\n`);
  return HEADINGS + lines.join("");
}

/** Bytes each way, and nothing else. */
export function bytes(received: number, sent: number): string {
  return `${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0`;
}

export const SYSFS = {
  [`${CLASS}/eth0/device/modalias`]: "virtio\n",
  [`${CLASS}/eth0/speed`]: "1000\n",
  [`${CLASS}/lo/type`]: "772\n",
  [`${CLASS}/docker0/type`]: "1\n",
};

export function stage(
  text: string,
  sysfs: Readonly<Record<string, string>> = SYSFS,
): { stage: Stage; tree: TextTree } {
  const tree = new TextTree({ ...sysfs, [PATH]: text });
  return { stage: new Stage([network], { tree }), tree };
}

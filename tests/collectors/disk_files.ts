/** The collector of disks on a machine of text, whose `/proc/diskstats` is given line by line. @module */
import { disk } from "../../collectors/disk.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

export const PATH = "/proc/diskstats";
export const CLASS = "/sys/class/block";

/** What sysfs says of a few devices. */
const SYSFS = {
  [`${CLASS}/sda/device/model`]: "Example HDD\n",
  [`${CLASS}/sda/hidden`]: "0\n",
  [`${CLASS}/sda1/partition`]: "1\n",
  [`${CLASS}/nvme0n1/device/model`]: "Example NVMe\n",
  [`${CLASS}/nvme0c0n1/device/model`]: "Example NVMe\n",
  [`${CLASS}/nvme0c0n1/hidden`]: "1\n",
  [`${CLASS}/cciss!c0d0/device/model`]: "Example array\n",
  [`${CLASS}/sr0/device/model`]: "Virtual CDROM\n",
  [`${CLASS}/loop0/size`]: "100\n",
  [`${CLASS}/zram0/size`]: "100\n",
  [`${CLASS}/dm-0/dm/name`]: "vg0-root\n",
  [`${CLASS}/md127/size`]: "100\n",
};

/** reads merged sectors ms, writes merged sectors ms, in flight, ms, weighted ms */
export const USED = "10 0 80 5 20 0 160 30 0 40 35";
export const UNUSED = "0 0 0 0 0 0 0 0 0 0 0";
export const DISCARDS = "0 0 0 0";
export const FLUSHES = "0 0";

export function line(name: string, numbers: string): string {
  return `   8       0 ${name} ${numbers}\n`;
}

export function full(name: string, first: string): string {
  return line(name, `${first} ${DISCARDS} ${FLUSHES}`);
}

export function stage(text: string): { stage: Stage; tree: TextTree } {
  const tree = new TextTree({ ...SYSFS, [PATH]: text });
  return { stage: new Stage([disk], { tree }), tree };
}

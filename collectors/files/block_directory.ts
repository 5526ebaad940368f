/** Where sysfs shows the block devices that `/proc/diskstats` names. @module */

export const BLOCK_CLASS = "/sys/class/block";

/** Names with a slash, such as cciss/c0d0, stand in sysfs with an exclamation mark. */
export function blockDirectory(name: string): string {
  return `${BLOCK_CLASS}/${name.replaceAll("/", "!")}`;
}

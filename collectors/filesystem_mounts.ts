/**
 * Which local filesystems are mounted where, out of the text of `/proc/<pid>/mounts` (fstab(5)):
 *
 *     /dev/sda2 /home/two\040words ext4 rw,relatime 0 0
 *     device, mount point, type, options; blanks and backslashes as octal numbers
 *
 * @module
 */

export interface Mount {
  readonly device: string;
  readonly point: string;
  readonly type: string;
  readonly readOnly: boolean;
}

/**
 * Types whose `statvfs` asks no server and no daemon. A network filesystem that lost its server, or a
 * FUSE daemon that hangs, would hang the sampler. Left out too: what is always full (squashfs,
 * iso9660) and what lives in memory and is counted there (tmpfs).
 */
const LOCAL_TYPES: ReadonlySet<string> = new Set([
  "bcachefs",
  "btrfs",
  "exfat",
  "ext2",
  "ext3",
  "ext4",
  "f2fs",
  "hfsplus",
  "jfs",
  "msdos",
  "nilfs2",
  "ntfs",
  "ntfs3",
  "reiserfs",
  "ubifs",
  "udf",
  "ufs",
  "vfat",
  "xfs",
  "zfs",
]);

/** A path that leads through one of these hangs with its server, whatever is mounted at its end. */
const MAY_HANG =
  /^(nfs|nfs4|cifs|smb3|smbfs|ceph|glusterfs|lustre|afs|9p|coda|autofs|fuse|fuseblk|fuse\..*)$/;

/** Container engines mount these files over a container's own, from the filesystem that they live on. */
const BOUND_FILES: ReadonlySet<string> = new Set([
  "/etc/hostname",
  "/etc/hosts",
  "/etc/resolv.conf",
]);

/**
 * The local filesystems, each once, at the shortest of its mount points: bind mounts and subvolumes
 * share a device and its space. Lines that are no mounts are passed over.
 */
export function localMounts(text: string): readonly Mount[] {
  const visible = new Map<string, Mount>();
  for (const line of text.split("\n")) {
    const mount = parseMount(line);
    // What is mounted later at the same place hides what was there.
    if (mount !== undefined) visible.set(mount.point, mount);
  }
  const hanging = [...visible.values()].filter(({ type }) => MAY_HANG.test(type));
  const byDevice = new Map<string, Mount>();
  for (const mount of visible.values()) {
    if (!isLocal(mount) || BOUND_FILES.has(mount.point)) continue;
    if (hanging.some(({ point }) => isBelow(mount.point, point))) continue;
    const known = byDevice.get(mount.device);
    if (known === undefined || mount.point.length < known.point.length) {
      byDevice.set(mount.device, mount);
    }
  }
  return [...byDevice.values()];
}

function parseMount(line: string): Mount | undefined {
  const [device, point, type, options] = line.split(" ");
  if (device === undefined || !point?.startsWith("/")) return undefined;
  if (type === undefined || options === undefined) return undefined;
  return {
    device: unescape(device),
    point: unescape(point),
    type,
    readOnly: options.split(",").includes("ro"),
  };
}

/** A container's root is an overlay on a local disk; other overlays belong to containers of the host. */
function isLocal({ type, point }: Mount): boolean {
  return LOCAL_TYPES.has(type) || (type === "overlay" && point === "/");
}

function isBelow(point: string, above: string): boolean {
  return point.startsWith(above.endsWith("/") ? above : `${above}/`);
}

function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
}

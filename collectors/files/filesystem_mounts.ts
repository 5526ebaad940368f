/**
 * Which local filesystems are mounted where, out of the text of `/proc/<pid>/mounts` (fstab(5)):
 *
 *     /dev/sda2 /home/two\040words ext4 rw,relatime 0 0
 *     device, mount point, type, options; blanks and backslashes as octal numbers
 *
 * @module
 */
import { mountKey } from "./mount_walk.ts";

export interface Mount {
  readonly device: string;
  readonly point: string;
  readonly type: string;
  readonly readOnly: boolean;
  /** A place where this service finds the same filesystem; null where it finds none. */
  readonly seenAt: string | null;
}

/** One line of the file. */
interface Entry extends Omit<Mount, "seenAt"> {
  /** Equal for two of the same filesystem, also as two mount namespaces have them. */
  readonly identity: string;
  /** What it is called where covered mounts are told. */
  readonly key: string;
}

/** Keys of the mounts that no path leads to, of the host and of this service. */
export interface Covered {
  readonly host: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
}

const NONE_COVERED: Covered = { host: new Set(), own: new Set() };

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

/** ext4 says the second after an error since Linux 6.15, beside a `rw` that stays (fs/ext4/super.c). */
const READ_ONLY: ReadonlySet<string> = new Set(["ro", "emergency_ro"]);

/** Container engines mount these files over a container's own, from the filesystem that they live on. */
const BOUND_FILES: ReadonlySet<string> = new Set([
  "/etc/hostname",
  "/etc/hosts",
  "/etc/resolv.conf",
]);

/**
 * The local filesystems, each once, at the shortest of its mount points: bind mounts and subvolumes
 * share a device and its space. Lines that are no mounts are passed over.
 *
 * `own`: the mounts that this service has. In a container they are others than the host's, and at a place
 * that both have there may be another filesystem.
 *
 * `covered`: left out, for whoever asks at their places is told of what covers them.
 */
export function localMounts(
  text: string,
  own: string = text,
  covered: Covered = NONE_COVERED,
): readonly Mount[] {
  const byDevice = new Map<string, Entry>();
  for (const entry of reachable(text, covered.host)) {
    if (!isLocal(entry) || BOUND_FILES.has(entry.point)) continue;
    const known = byDevice.get(entry.device);
    if (known === undefined || entry.point.length < known.point.length) {
      byDevice.set(entry.device, entry);
    }
  }
  const seen = Map.groupBy(reachable(own, covered.own), ({ identity }) => identity);
  return [...byDevice.values()].map((entry) => {
    const { device, point, type, readOnly, identity } = entry;
    const places = seen.get(identity) ?? [];
    const place = places.find((each) => each.point === point) ?? places[0];
    return { device, point, type, readOnly, seenAt: place?.point ?? null };
  });
}

/** What is mounted last at each place, and not below what may hang. */
function reachable(text: string, covered: ReadonlySet<string>): readonly Entry[] {
  const visible = new Map<string, Entry>();
  for (const line of text.split("\n")) {
    const entry = parseEntry(line);
    if (entry === undefined || covered.has(entry.key)) continue;
    // What is mounted later at the same place hides what was there.
    visible.set(entry.point, entry);
  }
  const all = [...visible.values()];
  const hanging = all.filter(({ type }) => MAY_HANG.test(type));
  return all.filter(({ point }) => !hanging.some((each) => isBelow(point, each.point)));
}

function parseEntry(line: string): Entry | undefined {
  const [device, point, type, options] = line.split(" ");
  if (device === undefined || !point?.startsWith("/")) return undefined;
  if (type === undefined || options === undefined) return undefined;
  const words = options.split(",");
  // All overlays have one device: their layers tell them apart.
  const layers = type === "overlay" ? words.filter((word) => /^[a-z]*dir[+]?=/.test(word)) : [];
  return {
    device: unescape(device),
    point: unescape(point),
    type,
    readOnly: words.some((word) => READ_ONLY.has(word)),
    identity: [device, type, ...layers].join(" "),
    key: mountKey(device, type, point),
  };
}

/** A container's root is an overlay on a local disk; other overlays belong to containers of the host. */
function isLocal({ type, point }: Entry): boolean {
  return LOCAL_TYPES.has(type) || (type === "overlay" && point === "/");
}

function isBelow(point: string, above: string): boolean {
  return point.startsWith(above.endsWith("/") ? above : `${above}/`);
}

function unescape(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8)));
}

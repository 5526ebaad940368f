/**
 * Sizes of the local filesystems: mounts out of `/proc/1/mounts`, sizes by `statvfs`. Process 1 has the
 * host's mounts, also where the host's procfs is mounted into a container; `statvfs` is asked only where
 * this service has the same filesystem, since a container has others at the same places.
 *
 * @module
 */
import { causeOf } from "./cause.ts";
import {
  CollectorError,
  type CollectorSpec,
  type Column,
  type Instances,
  type Reader,
  type RowWriter,
  type Site,
} from "./collector.ts";
import { type FirstFile, isMoved, openFirst } from "./files/first_process.ts";
import { textOf } from "./files/text.ts";
import type { HostProfile } from "./host/profile.ts";
import type { TreeFile } from "./kernel/host_tree.ts";
import type { FilesystemSize } from "./kernel/kernel.ts";
import { listed } from "./listed.ts";
import { localMounts, type Mount } from "./files/filesystem_mounts.ts";
import { coveredMounts } from "./files/mount_walk.ts";
import { shellWord } from "./pmu/perf_command.ts";
import type { Problem } from "./trust.ts";

const MOUNTS: FirstFile = {
  path: "/proc/1/mounts",
  own: "/proc/self/mounts",
  needs: "sight of process 1: its own mounts are those of who looks",
};

/** What lies above what, of process 1 and of who looks. */
const MOUNTINFO = { path: "/proc/1/mountinfo", own: "/proc/self/mountinfo" } as const;

/** Sizes change slowly, and each costs a system call. */
const MIN_INTERVAL_MS = 5000;

const SIZES = [
  "filesystem_size_bytes",
  "filesystem_free_bytes",
  "filesystem_available_bytes",
] as const;
const INODES = ["filesystem_files", "filesystem_files_free"] as const;
/** Key of the cause that this service does not see filesystems of the host. */
const UNSEEN = "unseen";
/** Of filesystems that a message names. */
const NAMES_MOST = 4;

export const filesystem: CollectorSpec = {
  id: "filesystem",
  minIntervalMs: MIN_INTERVAL_MS,
  open: (site) => new FilesystemReader(site),
};

interface Mounted extends Mount {
  readonly slot: number;
  /** Keys of causes that were reported for it. */
  readonly causes: Set<string>;
  /** Key of what may be reported, made once. */
  readonly sizeKey: string;
}

interface Columns {
  readonly size: Column;
  readonly free: Column;
  readonly available: Column;
  readonly files: Column;
  readonly filesFree: Column;
  readonly readOnly: Column;
}

class FilesystemReader implements Reader {
  readonly #site: Site;
  readonly #file: TreeFile;
  readonly #instances: Instances;
  readonly #columns: Columns;
  readonly #decoder = new TextDecoder();
  #mounted: readonly Mounted[] = [];
  /** Content of the file as it was parsed last. */
  #parsed = new Uint8Array(0);
  #parsedLength = -1;

  constructor(site: Site) {
    this.#site = site;
    this.#instances = site.instances("filesystem");
    this.#columns = {
      size: site.column("filesystem_size_bytes"),
      free: site.column("filesystem_free_bytes"),
      available: site.column("filesystem_available_bytes"),
      files: site.column("filesystem_files"),
      filesFree: site.column("filesystem_files_free"),
      readOnly: site.column("filesystem_read_only"),
    };
    this.#file = openFirst(site.tree, MOUNTS);
  }

  read(row: RowWriter): void {
    this.#file.read();
    if (this.#changed()) this.#mount();
    for (let i = 0; i < this.#mounted.length; i++) this.#readOne(row, this.#mounted[i]!);
  }

  close(): void {
    this.#file.close();
  }

  #changed(): boolean {
    const { bytes, length } = this.#file;
    if (length !== this.#parsedLength) return true;
    for (let i = 0; i < length; i++) if (bytes[i] !== this.#parsed[i]) return true;
    return false;
  }

  #mount(): void {
    const { bytes, length } = this.#file;
    this.#parsed = bytes.slice(0, length);
    this.#parsedLength = length;
    const before = new Map(this.#mounted.map((mounted) => [mounted.point, mounted]));
    const found: Mounted[] = [];
    let isCrowded = false;
    this.#instances.begin();
    for (const mount of this.#mounts()) {
      const { device, point, type } = mount;
      const slot = this.#instances.claim(point, { device, fstype: type });
      if (slot >= 0) {
        const known = before.get(point);
        const isSame = known?.device === device && known.seenAt === mount.seenAt;
        if (isSame) before.delete(point);
        found.push({
          ...mount,
          slot,
          causes: isSame ? known.causes : new Set(),
          sizeKey: `statvfs ${point}`,
        });
      } else isCrowded = true;
    }
    this.#instances.end();
    for (const { causes } of before.values()) for (const key of causes) this.#site.resolve(key);
    this.#mounted = found;
    // Who had no room may have some when others go: then it is looked again, though nothing is mounted.
    if (isCrowded) this.#parsedLength = -1;
    const unseen = found.filter(({ seenAt }) => seenAt === null).map(({ point }) => point);
    if (unseen.length > 0) this.#site.report(unseenProblem(unseen, this.#site.profile));
    else this.#site.resolve(UNSEEN);
  }

  #mounts(): readonly Mount[] {
    const { tree } = this.#site;
    const text = this.#decoder.decode(this.#parsed);
    const own = textOf(tree, MOUNTS.own);
    const ofOwn = coveredMounts(textOf(tree, MOUNTINFO.own) ?? "");
    const isOwn = this.#file.path === MOUNTS.own;
    const host = isOwn ? ofOwn : coveredMounts(textOf(tree, MOUNTINFO.path) ?? "");
    // A procfs that is mounted elsewhere and does not know this process tells nothing of what it sees.
    return own === undefined
      ? localMounts(text, isMoved(this.#file, MOUNTS) ? "" : text, { host, own: host })
      : localMounts(text, own, { host, own: ofOwn });
  }

  #readOne(row: RowWriter, mounted: Mounted): void {
    const { slot, seenAt } = mounted;
    const columns = this.#columns;
    row.gauge(columns.readOnly, slot, mounted.readOnly ? 1 : 0);
    if (seenAt === null) return this.#writeNone(row, slot);
    try {
      const size = this.#site.tree.statvfs(seenAt);
      if (size.freeBytes > size.totalBytes) throw overfull(mounted, size);
      row.gauge(columns.size, slot, size.totalBytes);
      row.gauge(columns.free, slot, size.freeBytes);
      row.gauge(columns.available, slot, size.availableBytes);
      this.#has(mounted, mounted.sizeKey);
      this.#writeInodes(row, mounted, size.totalInodes, size.freeInodes);
    } catch (error) {
      this.#writeNone(row, slot);
      const { reason, message } = causeOf(error);
      this.#lack(mounted, mounted.sizeKey, { reason, message, metrics: [...SIZES, ...INODES] });
    }
  }

  #writeNone(row: RowWriter, slot: number): void {
    const { size, free, available, files, filesFree } = this.#columns;
    for (const column of [size, free, available, files, filesFree]) row.none(column, slot);
  }

  /**
   * Filesystems that make inodes as they need them say that they have none (vfat, btrfs; statvfs(3)), or
   * fewer than are free.
   */
  #writeInodes(row: RowWriter, mounted: Mounted, total: number, free: number): void {
    const { files, filesFree } = this.#columns;
    if (total > 0 && free <= total) {
      row.gauge(files, mounted.slot, total);
      row.gauge(filesFree, mounted.slot, free);
    } else {
      row.none(files, mounted.slot);
      row.none(filesFree, mounted.slot);
    }
  }

  #lack(
    mounted: Mounted,
    key: string,
    cause: Pick<Problem, "reason" | "message" | "metrics">,
  ): void {
    mounted.causes.add(key);
    this.#site.report({ key, ...cause, instance: mounted.point });
  }

  #has(mounted: Mounted, key: string): void {
    if (mounted.causes.delete(key)) this.#site.resolve(key);
  }
}

/**
 * Drivers that count blocks apart from their size do, and the difference would be less than nothing. How
 * many are free is not said: it moves, and the cause would be another one with each reading.
 */
function overfull({ point }: Mount, { totalBytes }: FilesystemSize): CollectorError {
  return new CollectorError(
    "failed",
    `Cannot believe how full ${JSON.stringify(point)} is: found more free than the ` +
      `${totalBytes} bytes that it has, needs no more than there are`,
  );
}

function unseenProblem(
  points: readonly string[],
  { perfAccess }: HostProfile,
): Omit<Problem, "collector"> {
  const named = listed(points.map((point) => JSON.stringify(point)), NAMES_MOST);
  const [are, them, each] = points.length === 1 ? ["is", "it", "it"] : ["are", "them", "each"];
  const example = points.find((point) => point !== "/") ?? "/etc/os-release";
  return {
    key: UNSEEN,
    reason: "not_supported",
    message: `Cannot read how full ${named} ${are}: ` +
      `found ${them} on the host and not among the mounts of this service, ` +
      `needs something of ${each} mounted here too`,
    remedy: perfAccess?.runtime === "systemd"
      ? "Let the unit see them: ProtectHome=read-only in place of yes, and nothing above them in " +
        "InaccessiblePaths= or TemporaryFileSystem="
      : "Mount a folder or file of each into the container, read-only and at any place, " +
        `such as \`--volume ${shellWord(`${example}:${example}:ro`)}\``,
    metrics: [...SIZES, ...INODES],
    instances: points,
  };
}

/** How full the local filesystems are. */
import type { Derived, Measured, Otlp, Subject, Unit } from "../catalogue.ts";
import { add, divide, type Formula, last, subtract } from "../formula.ts";

const collector = "filesystem";

function gauge(
  id: string,
  name: string,
  unit: Unit,
  words: { readonly help: string; readonly source: string; readonly exposed: string },
  otlp?: Otlp,
): Measured {
  return {
    id,
    name,
    help: words.help,
    unit,
    kind: "gauge",
    scope: "filesystem",
    collector,
    source: words.source,
    exposition: { name: words.exposed },
    otlp,
  };
}

function usage(state: "used" | "free"): Otlp {
  return {
    name: "system.filesystem.usage",
    attributes: { "system.filesystem.state": state },
    help:
      "Space that holds something, and that is free for all users; what is kept for root is neither.",
    sum: true,
  };
}

function derived(id: string, name: string, unit: Unit, help: string, formula: Formula): Derived {
  return { id, name, help, unit, kind: "derived", scope: "filesystem", formula };
}

const used = subtract(last("filesystem_size_bytes"), last("filesystem_free_bytes"));

export const filesystem: Subject = {
  scopes: [
    {
      id: "filesystem",
      label: "mountpoint",
      name: "Filesystem",
      spare: 2,
      most: 128,
      attributes: {
        mountpoint: "system.filesystem.mountpoint",
        device: "system.device",
        fstype: "system.filesystem.type",
      },
    },
  ],
  metrics: [
    gauge("filesystem_size_bytes", "Size", "By", {
      help: "Size of the filesystem, without its own tables.",
      source: "statvfs, f_blocks",
      exposed: "node_filesystem_size_bytes",
    }, { name: "system.filesystem.limit", sum: true }),
    gauge("filesystem_free_bytes", "Free", "By", {
      help: "Free space, what is kept for root included.",
      source: "statvfs, f_bfree",
      exposed: "node_filesystem_free_bytes",
    }),
    gauge("filesystem_available_bytes", "Available", "By", {
      help: "Free space for all users.",
      source: "statvfs, f_bavail",
      exposed: "node_filesystem_avail_bytes",
    }, usage("free")),
    gauge("filesystem_files", "Inodes", "{inode}", {
      help: "Files and directories that the filesystem can have. Absent where it sets no number.",
      source: "statvfs, f_files",
      exposed: "node_filesystem_files",
    }),
    gauge("filesystem_files_free", "Inodes, free", "{inode}", {
      help:
        "Files and directories that can still be made. Absent where the filesystem sets no number.",
      source: "statvfs, f_ffree",
      exposed: "node_filesystem_files_free",
    }),
    gauge("filesystem_read_only", "Read-only", "{flag}", {
      help:
        "1 where the filesystem is mounted read-only, also by the kernel after an error; else 0.",
      source: "/proc/1/mounts, options",
      exposed: "node_filesystem_readonly",
    }),
    {
      ...derived(
        "filesystem_used_bytes",
        "Used",
        "By",
        "Space that holds something: size less free.",
        used,
      ),
      otlp: usage("used"),
    },
    derived(
      "filesystem_used_ratio",
      "Used",
      "1",
      "Used by used and available, as df has it: 100 % is when users can write no more, although root may.",
      divide(used, add(used, last("filesystem_available_bytes"))),
    ),
    derived(
      "filesystem_files_used_ratio",
      "Inodes used",
      "1",
      "Inodes in use by all inodes.",
      divide(
        subtract(last("filesystem_files"), last("filesystem_files_free")),
        last("filesystem_files"),
      ),
    ),
  ],
  cards: [
    {
      id: "filesystems",
      title: "Filesystems",
      place: "sys",
      order: 65,
      blocks: [
        {
          block: "table",
          scope: "filesystem",
          heading: "Mounted at",
          columns: [
            { metric: "filesystem_used_ratio" },
            { metric: "filesystem_available_bytes" },
            { metric: "filesystem_size_bytes" },
          ],
          sort: "filesystem_used_ratio",
          most: 8,
          empty: "No local filesystem of a known type is mounted",
        },
      ],
    },
  ],
};

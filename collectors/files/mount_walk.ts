/**
 * Which mounts no path leads to any more, because a later one covers them or what they stand on, out of
 * the text of `/proc/<pid>/mountinfo` (proc_pid_mountinfo(5)):
 *
 *     36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
 *     id, parent, numbers, root in the filesystem, mount point, options, tags, a dash, type, device, options
 *
 * @module
 */

interface Place {
  readonly id: string;
  readonly parent: string;
  readonly point: string;
  readonly key: string;
}

/** What stands for a mount in the lists of all kernels: its device and type, and where it is. */
export function mountKey(device: string, type: string, point: string): string {
  return `${device} ${type} ${point}`;
}

/**
 * Keys of the mounts that are covered. None where the text does not tell where paths begin: there is
 * none, or the process has a root in the midst of a filesystem.
 */
export function coveredMounts(text: string): ReadonlySet<string> {
  const places = text.split("\n").flatMap((line) => parsePlace(line) ?? []);
  const ids = new Set(places.map(({ id }) => id));
  const root = places.find(({ point, parent }) => point === "/" && !ids.has(parent));
  if (root === undefined) return new Set();
  const mountedOn = new Map(places.map((place) => [`${place.parent} ${place.point}`, place]));
  const covered = new Set<string>();
  const seen = new Set<string>();
  for (const place of places) {
    (walk(place.point, root, mountedOn) === place ? seen : covered).add(place.key);
  }
  return covered.difference(seen);
}

/** Where a path leads. The root is where it begins, whatever was mounted there later. */
function walk(path: string, root: Place, mountedOn: ReadonlyMap<string, Place>): Place {
  let at = root;
  if (path === "/") return at;
  for (let end = 1; end > 0;) {
    end = path.indexOf("/", end + 1);
    const prefix = end < 0 ? path : path.slice(0, end);
    // As many as there are: a text that is no kernel's may lead in circles.
    for (let left = mountedOn.size; left > 0; left--) {
      const next = mountedOn.get(`${at.id} ${prefix}`);
      if (next === undefined) break;
      at = next;
    }
  }
  return at;
}

function parsePlace(line: string): Place | undefined {
  const words = line.split(" ");
  const [id, parent, , , point] = words;
  const dash = words.indexOf("-", 6);
  const [type, device] = words.slice(dash + 1);
  if (id === undefined || parent === undefined || !point?.startsWith("/") || dash < 0) return;
  if (type === undefined || device === undefined) return;
  return { id, parent, point, key: mountKey(device, type, point) };
}

import { assertEquals } from "@std/assert";
import { coveredMounts } from "../../../collectors/files/mount_walk.ts";

/** A `mountinfo` of lines `id parent device point`. */
function mountinfo(...mounts: readonly string[]): string {
  return mounts.map((mount) => {
    const [id, parent, device, point] = mount.split(" ");
    return `${id} ${parent} 8:1 / ${point} rw,relatime shared:1 master:2 - ext4 ${device} rw\n`;
  }).join("");
}

function check(text: string, expected: readonly string[]): void {
  assertEquals([...coveredMounts(text)], expected.map((mount) => mount.replace(" ", " ext4 ")));
}

const ROOT = "27 1 sda /";

Deno.test("coveredMounts walks from the root, whatever the order of the lines", () => {
  const below = ["30 29 sdc /data/deep/disk", "29 27 sdb /data", "31 27 sdd /database"];
  check(mountinfo(ROOT, ...below), []);
  check(mountinfo(...below, ROOT), []);
});

Deno.test("coveredMounts finds what a later mount above it covers, and what stands on that", () => {
  check(mountinfo(ROOT, "28 27 sdb /data/a", "29 28 sdc /data/a/b", "30 27 sdd /data"), [
    "sdb /data/a",
    "sdc /data/a/b",
  ]);
  // What was mounted after that stands on what covers.
  check(mountinfo(ROOT, "28 27 sdb /data/a", "30 27 sdd /data", "31 30 sde /data/a"), [
    "sdb /data/a",
  ]);
});

Deno.test("coveredMounts finds what lies below others at one place", () => {
  check(mountinfo(ROOT, "28 27 sdb /data", "29 28 sdc /data", "30 29 sdd /data"), [
    "sdb /data",
    "sdc /data",
  ]);
  // Once more the same one on top: it is what a path leads to.
  check(mountinfo(ROOT, "28 27 sdb /data", "29 28 sdb /data"), []);
  // Whoever has this root goes on seeing it.
  check(mountinfo(ROOT, "28 27 sdb /"), ["sdb /"]);
});

Deno.test("coveredMounts knows nothing where paths begin nowhere, and passes over broken lines", () => {
  check("", []);
  check(mountinfo("28 27 sdb /data", "29 28 sdc /data"), []);
  check("\n27 1 8:1 /\n27 1 8:1 / / rw ext4 sda rw\n28 27 8:1 / /x rw -\n", []);
  // One that is said to stand on itself ends nowhere.
  check(mountinfo(ROOT, "28 28 sdb /data"), ["sdb /data"]);
  // Nor does one that goes in circles hold it up.
  const circle = mountinfo("1 0 sda /", "2 1 sdb /data", "3 2 sdc /data", "2 3 sdd /data");
  assertEquals(coveredMounts(circle).has("sdb ext4 /data"), true);
});

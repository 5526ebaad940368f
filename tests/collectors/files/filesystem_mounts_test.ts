import { assertEquals } from "@std/assert";
import { localMounts } from "../../../collectors/files/filesystem_mounts.ts";

/** `device mount-point` of what is shown. */
function check(text: string, expected: readonly string[]): void {
  assertEquals(localMounts(text).map(({ device, point }) => `${device} ${point}`), expected);
}

Deno.test("localMounts passes over network, FUSE, memory and always full filesystems", () => {
  check(
    `proc /proc proc rw 0 0
/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
192.0.2.1:/x /net nfs4 rw 0 0
//192.0.2.1/x /share cifs rw 0 0
host:/x /ssh fuse.sshfs rw 0 0
/dev/sdb1 /ntfs fuseblk rw 0 0
/dev/loop0 /snap/x squashfs ro 0 0
/dev/sr0 /cd iso9660 ro 0 0
pool/data /data zfs rw 0 0
`,
    ["/dev/sda1 /", "pool/data /data"],
  );
});

Deno.test("localMounts takes a device once, at its shortest mount point", () => {
  check(
    `/dev/sda2 /var/lib/bind ext4 rw 0 0
/dev/sda2 /var ext4 rw 0 0
/dev/sda2 /home/user/bind ext4 rw 0 0
/dev/sda3 / btrfs rw,subvol=/root 0 0
/dev/sda3 /home btrfs rw,subvol=/home 0 0
`,
    ["/dev/sda2 /var", "/dev/sda3 /"],
  );
});

Deno.test("localMounts takes what was mounted last at a place", () => {
  check("/dev/sda1 /data ext4 rw 0 0\n/dev/sdb1 /data xfs rw 0 0\n", ["/dev/sdb1 /data"]);
  check("/dev/sda1 /data ext4 rw 0 0\ntmpfs /data tmpfs rw 0 0\n", []);
});

Deno.test("localMounts takes an overlay as a container's root only, without the files bound into it", () => {
  check(
    `overlay / overlay rw,lowerdir=/l 0 0
/dev/vda1 /etc/hosts ext4 rw 0 0
/dev/vda1 /etc/resolv.conf ext4 rw 0 0
/dev/vda1 /etc/hostname ext4 rw 0 0
/dev/vda1 /data ext4 rw 0 0
overlay /var/lib/docker/x overlay rw 0 0
`,
    ["overlay /", "/dev/vda1 /data"],
  );
});

Deno.test("localMounts does not walk through what may hang", () => {
  check(
    `/dev/sda1 / ext4 rw 0 0
192.0.2.1:/x /net nfs rw 0 0
/dev/sdb1 /net/disk ext4 rw 0 0
/dev/sdc1 /network ext4 rw 0 0
`,
    ["/dev/sda1 /", "/dev/sdc1 /network"],
  );
});

Deno.test("localMounts reads blanks and backslashes that are written as octal numbers", () => {
  check("/dev/sda1 /two\\040words\\011tab\\134back ext4 rw 0 0\n", [
    "/dev/sda1 /two words\ttab\\back",
  ]);
  check("/dev/sda1 /größe ext4 rw 0 0\n", ["/dev/sda1 /größe"]);
});

Deno.test("localMounts sees read-only among the options, not in other words", () => {
  const [ro, rw] = localMounts(
    "/dev/a / ext4 ro,relatime 0 0\n/dev/b /b ext4 rw,errors=remount-ro,rootcontext=x 0 0\n",
  );
  assertEquals([ro!.readOnly, rw!.readOnly], [true, false]);
});

Deno.test("localMounts takes ext4 for read-only that the kernel writes to no more after an error", () => {
  // Captured on Linux 6.18, after an error was triggered.
  const [mount] = localMounts(
    "/dev/loop2 /srv ext4 rw,relatime,errors=remount-ro,emergency_ro 0 0\n",
  );
  assertEquals(mount!.readOnly, true);
});

Deno.test("localMounts passes over lines that are no mounts", () => {
  check("", []);
  check("\n\n/dev/sda1\n/dev/sda1 /x\nno slash ext4 rw\n\u0000\u0001\n", []);
});

/** `mount-point place` of each filesystem of a host, as a service finds it that has mounts of its own. */
function checkSeen(host: string, own: string, expected: readonly string[]): void {
  assertEquals(localMounts(host, own).map(({ point, seenAt }) => `${point} ${seenAt}`), expected);
}

Deno.test("localMounts finds a filesystem where a container has it, and never another one there", () => {
  const host = `/dev/sda1 / ext4 rw 0 0
/dev/sdb1 /home xfs rw 0 0
/dev/sdc1 /srv xfs rw 0 0
pool/data /data zfs rw 0 0
`;
  checkSeen(host, host, ["/ /", "/home /home", "/srv /srv", "/data /data"]);
  const container = `overlay / overlay rw,lowerdir=/l,upperdir=/u,workdir=/w 0 0
/dev/sda1 /etc/resolv.conf ext4 rw 0 0
/dev/sda1 /etc/hosts ext4 rw 0 0
/dev/sdd1 /home xfs rw 0 0
/dev/sdc1 /mnt/srv xfs ro 0 0
/dev/sdc1 /srv xfs ro 0 0
`;
  checkSeen(host, container, ["/ /etc/resolv.conf", "/home null", "/srv /srv", "/data null"]);
  checkSeen(host, "", ["/ null", "/home null", "/srv null", "/data null"]);
  // What a unit may not see is covered.
  checkSeen(host, host + "tmpfs /home tmpfs ro 0 0\n", [
    "/ /",
    "/home null",
    "/srv /srv",
    "/data /data",
  ]);
});

Deno.test("localMounts tells overlays apart by their layers, and not by how they are mounted", () => {
  const host = "overlay / overlay rw,lowerdir=/a,upperdir=/b 0 0\n";
  checkSeen(host, "overlay / overlay ro,lowerdir=/a,upperdir=/b 0 0\n", ["/ /"]);
  checkSeen(host, "overlay / overlay rw,lowerdir=/c,upperdir=/b 0 0\n", ["/ null"]);
});

Deno.test("localMounts looks for no filesystem where looking may hang", () => {
  const own = "host:/x /net nfs rw 0 0\n/dev/sda1 /net/disk ext4 rw 0 0\n";
  checkSeen("/dev/sda1 / ext4 rw 0 0\n", own, ["/ null"]);
});

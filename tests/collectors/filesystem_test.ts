import { assertEquals, assertStringIncludes } from "@std/assert";
import { SCOPES } from "../../collectors/catalogue.ts";
import { filesystem } from "../../collectors/filesystem.ts";
import type { HostProfile } from "../../collectors/host/profile.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { PerfMachine } from "../fakes/perf_machine.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

const PATH = "/proc/1/mounts";
const ROOT = "/dev/sda1 / ext4 rw,relatime 0 0\n";
const HOME = "/dev/sdb1 /home xfs ro,noatime 0 0\n";

/** total free available inodes inodesFree */
const SIZES = { "statvfs /": "1000 400 300 50 20\n", "statvfs /home": "5000 5000 5000 90 80\n" };

function stage(mounts: string): { stage: Stage; tree: TextTree } {
  const tree = new TextTree({ ...SIZES, [PATH]: mounts });
  return { stage: new Stage([filesystem], { tree }), tree };
}

Deno.test("filesystem shows how full a filesystem is, as df has it", () => {
  const { stage: on } = stage(ROOT + HOME);
  on.tick();
  assertEquals(on.names("filesystem"), ["/", "/home"]);
  assertEquals(on.cell("filesystem_size_bytes", "/"), 1000);
  assertEquals(on.cell("filesystem_free_bytes", "/"), 400);
  assertEquals(on.cell("filesystem_available_bytes", "/"), 300);
  assertEquals(on.rate("filesystem_used_bytes", "/"), 600);
  // 600 used and 300 to be had: 100 are kept for root.
  assertEquals(on.rate("filesystem_used_ratio", "/"), 600 / 900);
  assertEquals(on.rate("filesystem_files_used_ratio", "/"), 0.6);
  assertEquals(on.rate("filesystem_used_ratio", "/home"), 0);
  assertEquals(on.cell("filesystem_read_only", "/"), 0);
  assertEquals(on.cell("filesystem_read_only", "/home"), 1);
  assertEquals(on.problems(), []);
});

Deno.test("filesystem names the device and the type of each", () => {
  const { stage: on } = stage(ROOT);
  on.tick();
  assertEquals(on.snapshot.instances("filesystem")[0]!.labels, {
    mountpoint: "/",
    device: "/dev/sda1",
    fstype: "ext4",
  });
});

Deno.test("filesystem is read every five seconds", () => {
  const { stage: on, tree } = stage(ROOT);
  on.tick();
  tree.set("statvfs /", "1000 100 90 50 20\n");
  on.tick(1000);
  assertEquals(on.cell("filesystem_free_bytes", "/"), 400);
  on.tick(4000);
  assertEquals(on.cell("filesystem_free_bytes", "/"), 100);
});

Deno.test("filesystem loses only the one that cannot be read", () => {
  const { stage: on, tree } = stage(ROOT + HOME);
  on.tick();
  tree.fail("statvfs /home", ERRNO.EACCES);
  on.tick(5000);
  assertEquals(on.cell("filesystem_size_bytes", "/"), 1000);
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(problem!.reason, "denied");
  assertEquals(problem!.instance, "/home");
  assertEquals(on.read("filesystem_used_ratio", "/home"), { absent: "denied", problem });
  tree.set("statvfs /home", SIZES["statvfs /home"]);
  on.tick(5000);
  assertEquals(on.problems(), []);
  assertEquals(on.cell("filesystem_size_bytes", "/home"), 5000);
});

Deno.test("filesystem shows no space below nothing where more is said to be free than there is", () => {
  const { stage: on, tree } = stage(ROOT + HOME);
  tree.set("statvfs /", "1000 1001 900 50 20\n");
  tree.set("statvfs /home", "5000 5000 5000 90 91\n");
  on.tick();
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertStringIncludes(
    problem!.message,
    'Cannot believe how full "/" is: found more free than the 1000 bytes that it has',
  );
  // Told once, though what is free moves.
  tree.set("statvfs /", "1000 1002 900 50 20\n");
  on.tick();
  assertEquals(on.problems()[0]!.message, problem!.message);
  assertEquals(on.read("filesystem_used_bytes", "/"), { absent: "failed", problem });
  assertEquals(on.read("filesystem_used_ratio", "/"), { absent: "failed", problem });
  // Its inodes alone are no number.
  assertEquals(on.rate("filesystem_used_bytes", "/home"), 0);
  assertEquals(on.cell("filesystem_files_free", "/home"), NaN);
});

Deno.test("filesystem has no inodes to count where the filesystem sets no number", () => {
  const { stage: on, tree } = stage(ROOT);
  tree.set("statvfs /", "1000 400 300 0 0\n");
  on.tick();
  on.tick(5000);
  assertEquals(on.problems(), []);
  assertEquals(on.read("filesystem_files", "/"), { absent: "not_supported" });
  assertEquals(on.read("filesystem_files_used_ratio", "/"), { absent: "not_supported" });
  assertEquals(on.cell("filesystem_size_bytes", "/"), 1000);
});

Deno.test("filesystem follows mounts and unmounts, and forgets what was wrong with them", () => {
  const { stage: on, tree } = stage(ROOT);
  on.tick();
  tree.set(PATH, ROOT + HOME);
  tree.fail("statvfs /home", ERRNO.EIO);
  on.tick(5000);
  assertEquals(on.names("filesystem"), ["/", "/home"]);
  assertEquals(on.problems().length, 1);
  tree.set(PATH, ROOT);
  on.tick(5000);
  assertEquals(on.names("filesystem"), ["/"]);
  assertEquals(on.problems(), []);
});

Deno.test("filesystem gives a new device at an old mount point its own labels", () => {
  const { stage: on, tree } = stage(ROOT + HOME);
  on.tick();
  tree.set(PATH, ROOT + HOME.replace("/dev/sdb1", "/dev/sdc1"));
  tree.set("statvfs /home", "6000 5000 5000 90 80\n");
  on.tick(5000);
  const [, home] = on.snapshot.instances("filesystem");
  assertEquals(home!.labels["device"], "/dev/sdc1");
  assertEquals(on.cell("filesystem_size_bytes", "/home"), 6000);
});

Deno.test("filesystem leaves out what a later mount covers, as df does, until it is bare again", () => {
  const inner = "/dev/sdc1 /home/inner xfs rw 0 0\n";
  const info =
    "27 1 8:1 / / rw - ext4 /dev/sda1 rw\n28 27 8:33 / /home/inner rw - xfs /dev/sdc1 rw\n";
  const cover = "29 27 8:17 / /home rw - xfs /dev/sdb1 ro\n";
  const { stage: on, tree } = stage(ROOT + inner + HOME);
  // The folder /home/inner of what was mounted over it.
  tree.set("statvfs /home/inner", SIZES["statvfs /home"]);
  tree.set("/proc/1/mountinfo", info + cover);
  on.tick();
  assertEquals(on.names("filesystem"), ["/", "/home"]);
  assertEquals(on.problems(), []);
  tree.set(PATH, ROOT + inner);
  tree.set("/proc/1/mountinfo", info);
  tree.set("statvfs /home/inner", "70 70 70 7 7\n");
  on.tick(5000);
  assertEquals(on.names("filesystem"), ["/", "/home/inner"]);
  assertEquals(on.cell("filesystem_size_bytes", "/home/inner"), 70);
});

Deno.test("filesystem of a container is not measured at a place that another mount of its own covers", () => {
  const { stage: on, tree } = stage(ROOT + HOME);
  tree.set(
    "/proc/self/mounts",
    "/dev/sdz / ext4 rw 0 0\n/dev/sdb1 /mnt/home xfs ro 0 0\ntmpfs /mnt tmpfs rw 0 0\n",
  );
  tree.set(
    "/proc/self/mountinfo",
    "50 1 8:9 / / rw - ext4 /dev/sdz rw\n51 50 8:17 / /mnt/home rw - xfs /dev/sdb1 ro\n" +
      "52 50 0:5 / /mnt rw - tmpfs tmpfs rw\n",
  );
  tree.set("statvfs /mnt/home", "7 7 7 7 7\n");
  on.tick();
  assertEquals(on.cell("filesystem_size_bytes", "/home"), NaN);
  assertStringIncludes(on.problems()[0]!.message, 'Cannot read how full "/", "/home" are');
});

Deno.test("filesystem looks at its own mounts where process 1 is hidden", () => {
  const tree = new TextTree({ ...SIZES, "/proc/self/mounts": ROOT });
  const on = new Stage([filesystem], { tree });
  on.tick();
  assertEquals(on.names("filesystem"), ["/"]);
});

Deno.test("filesystem says that there are no mounts to be read", () => {
  const tree = new TextTree();
  const on = new Stage([filesystem], { tree });
  on.tick();
  const [problem] = on.problems();
  assertEquals(problem!.reason, "not_supported");
  assertStringIncludes(problem!.message, 'Cannot open "/proc/self/mounts": ENOENT');
});

Deno.test("filesystem in a container measures what it sees of the host's, and says what it does not", () => {
  const own = "overlay / overlay rw,lowerdir=/l 0 0\n/dev/sda1 /etc/hosts ext4 rw 0 0\n";
  const { stage: on, tree } = stage(ROOT + HOME);
  tree.set("/proc/self/mounts", own);
  tree.set("statvfs /etc/hosts", "1000 400 300 50 20\n");
  // What the container has at the places of the host's.
  tree.set("statvfs /", "7 7 7 7 7\n");
  tree.set("statvfs /home", "7 7 7 7 7\n");
  on.tick();
  assertEquals(on.cell("filesystem_size_bytes", "/"), 1000);
  assertEquals(on.cell("filesystem_read_only", "/home"), 1);
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(
    problem!.message,
    'Cannot read how full "/home" is: found it on the host and not among the mounts of this ' +
      "service, needs something of it mounted here too",
  );
  assertEquals(
    problem!.remedy,
    "Mount a folder or file of each into the container, read-only and at any place, such as " +
      "`--volume /home:/home:ro`",
  );
  assertEquals(on.read("filesystem_size_bytes", "/home"), { absent: "not_supported", problem });
  tree.set(PATH, ROOT);
  on.tick(5000);
  assertEquals(on.problems(), []);
});

Deno.test("filesystem believes no mounts of a procfs that does not know the service", () => {
  const { stage: on, tree } = stage(ROOT);
  tree.procfs = "/host/proc";
  on.tick();
  const [problem] = on.problems();
  assertEquals(on.read("filesystem_size_bytes", "/"), { absent: "not_supported", problem });
  assertStringIncludes(problem!.message, 'Cannot read how full "/" is');
  assertStringIncludes(problem!.remedy!, "`--volume /etc/os-release:/etc/os-release:ro`");
});

Deno.test("filesystem takes no mounts of a container for the host's where process 1 is hidden", () => {
  const tree = new TextTree({ ...SIZES, "/proc/self/mounts": ROOT });
  tree.procfs = "/host/proc";
  tree.fail(PATH, ERRNO.EACCES);
  const on = new Stage([filesystem], { tree });
  on.tick();
  assertEquals(on.names("filesystem"), []);
  const [problem, ...others] = on.problems();
  assertEquals(others, []);
  assertEquals(problem!.reason, "denied");
  assertStringIncludes(problem!.message, "needs sight of process 1");
});

Deno.test("filesystem takes in those that had no room when others are unmounted", () => {
  const most = SCOPES.get("filesystem")!.most;
  const mount = (n: number): string => `/dev/sd${n} /disk${n} ext4 rw 0 0\n`;
  const all = Array.from({ length: most + 2 }, (_, n) => n);
  const { stage: on, tree } = stage(all.map(mount).join(""));
  for (const n of all) tree.set(`statvfs /disk${n}`, "1000 400 300 50 20\n");
  const told = (): readonly string[] => on.problems().map(({ key }) => key);
  on.tick();
  assertEquals([on.names("filesystem").length, told()], [most, ["exhausted/filesystem"]]);
  tree.set(PATH, all.slice(1).map(mount).join(""));
  on.tick(5000);
  on.tick(5000);
  assertEquals([on.names("filesystem").length, told()], [most, ["exhausted/filesystem"]]);
  tree.set(PATH, all.slice(2).map(mount).join(""));
  on.tick(5000);
  on.tick(5000);
  assertEquals([on.names("filesystem").length, told()], [most, []]);
});

Deno.test("filesystem tells a unit what hides one from it, and a shell what has blanks in quotes", () => {
  const spaced = "/dev/sdc1 /my\\040disk ext4 rw 0 0\n";
  const remedy = (profile: Partial<HostProfile>): string | undefined => {
    const tree = new TextTree({ ...SIZES, [PATH]: spaced, "/proc/self/mounts": ROOT });
    const on = new Stage([filesystem], { tree, profile });
    on.tick();
    return on.problems()[0]!.remedy;
  };
  assertStringIncludes(remedy({})!, "`--volume '/my disk:/my disk:ro'`");
  const access = new PerfMachine({ paranoid: 0 }).access();
  const unit = { perfAccess: { ...access, runtime: "systemd" } } as const;
  assertStringIncludes(remedy(unit)!, "ProtectHome=read-only");
});

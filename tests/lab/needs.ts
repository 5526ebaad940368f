/** What must be installed before a guest can boot. @module */

const BUSYBOX = "/bin/busybox";

interface Need {
  readonly path: string;
  readonly package: string;
}

/** `modprobe` is where not everybody's PATH leads. */
const FOLDERS = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";

const COMMANDS: readonly Need[] = [
  { path: "qemu-system-x86_64", package: "qemu-system-x86" },
  { path: "perf", package: "linux-perf" },
  { path: "cpio", package: "cpio" },
  { path: "modprobe", package: "kmod" },
  { path: "make", package: "make" },
  { path: "gcc", package: "gcc" },
];
const ARM_COMMANDS: readonly Need[] = [
  { path: "qemu-system-aarch64", package: "qemu-system-arm" },
  { path: "npm", package: "npm" },
];

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Folders of commands, for what this process starts too. */
export function widenPath(): void {
  const own = Deno.env.get("PATH");
  Deno.env.set("PATH", own === undefined ? FOLDERS : `${own}:${FOLDERS}`);
}

function isInstalled(command: string): boolean {
  return Deno.env.get("PATH")!.split(":").some((folder) => exists(`${folder}/${command}`));
}

/** One that needs libraries starts in no guest: it is there before the file system is. */
function hasStaticBusybox(): boolean {
  if (!exists(BUSYBOX)) return false;
  // A program that needs libraries names its interpreter near its beginning (elf(5), PT_INTERP).
  const head = Deno.readFileSync(BUSYBOX).subarray(0, 4096);
  return !new TextDecoder("latin1").decode(head).includes("/ld-linux");
}

/** A kernel and the headers that its modules are built with. */
function hasKernel(): boolean {
  if (!exists("/boot")) return false;
  return [...Deno.readDirSync("/boot")].some(({ name }) =>
    name.startsWith("vmlinuz-") && exists(`/lib/modules/${name.slice("vmlinuz-".length)}/build`)
  );
}

/** Why the lab cannot run, and what to install; null where it can. */
export function missing(arm: boolean): string | null {
  if (Deno.build.arch !== "x86_64") {
    return `Cannot run the lab: this machine is ${Deno.build.arch}, and the guest needs its kernel: x86_64`;
  }
  const lacking = [...COMMANDS, ...(arm ? ARM_COMMANDS : [])].filter(({ path }) =>
    !isInstalled(path)
  );
  const packages = lacking.map((need) => need.package);
  const found = lacking.map(({ path }) => path);
  if (!hasStaticBusybox()) {
    packages.push("busybox-static");
    found.push(`a static ${BUSYBOX}`);
  }
  if (!hasKernel()) {
    packages.push("linux-image-amd64", "linux-headers-amd64");
    found.push("a kernel in /boot with its headers");
  }
  if (packages.length === 0) return null;
  return `Cannot run the lab: ${found.join(", ")} not found; apt-get install ${packages.join(" ")}`;
}

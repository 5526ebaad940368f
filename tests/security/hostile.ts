/**
 * A machine on which everybody chose the worst name: processes, disks, interfaces, mounts, sensors, the
 * host itself. Each name has a word by which it is found again in what is shown.
 *
 * @module
 */
import { BusyHost } from "../busy_host.ts";
import { TextTree } from "../text_tree.ts";

/** How a name does harm, without the word that it is found by. */
const HARM = {
  image: "<img src=x onerror=globalThis.harmed=1>",
  script: "</script><script>globalThis.harmed=1</script>",
  title: "</title></style></textarea><svg onload=globalThis.harmed=1>",
  quotes: `"'\` onmouseover=globalThis.harmed=1 x="`,
  htmx: `<a hx-get="/" hx-trigger="load" autofocus onfocus=globalThis.harmed=1>`,
  template: "{{7*7}}${7*7}<%=7*7%>",
  entity: "&lt;img&#62;&amp;&quot;",
  lines: "a\nb\r\nevent: login\ndata: x\n\nc",
  terminal: "\u001b[31m\u001b]0;owned\u0007\u009b2J\u0008\u007f",
  direction: "\u202egpj.exe\u2066\u200f\u061c\u2028",
  hidden: "a\u200bb\ufeffc\u00ad",
  backslash: '\\"\\n\\',
  formula: '=HYPERLINK("http://evil.example","x")',
  command: "@SUM(1+9)*cmd|' /C calc'!A0",
  long: "L".repeat(10_240),
} as const;

export type Harm = keyof typeof HARM;
export const HARMS = Object.keys(HARM) as readonly Harm[];

/** A name that does this harm, at a place: `Qprocessimage`. */
export function wordOf(place: string, harm: Harm): string {
  return `Q${place}${harm}`;
}

export function nameOf(place: string, harm: Harm): string {
  return HARM[harm] + wordOf(place, harm);
}

/** Without blanks, colons and slashes: the kernel lets no disk or interface be called so. */
export function wordlike(name: string): string {
  return name.replace(/[ \t\n\v\f\r:/]+/g, "!");
}

/** As `/proc/mounts` writes it (fs/proc_namespace.c, mangle). */
function octal(name: string): string {
  return name.replace(
    /[ \t\n\\#]/g,
    (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, "0")}`,
  );
}

/** Bytes that are no UTF-8, as the name of a process. */
const INVALID = Uint8Array.of(0xff, 0xfe, 0xc3, 0x28, 0x80);

function statOf(pid: number, comm: Uint8Array, template: string): Uint8Array<ArrayBuffer> {
  const rest = template.slice(template.lastIndexOf(")"));
  const encoder = new TextEncoder();
  const [head, tail] = [encoder.encode(`${pid} (`), encoder.encode(rest)];
  const bytes = new Uint8Array(head.length + comm.length + tail.length);
  bytes.set(head);
  bytes.set(comm, head.length);
  bytes.set(tail, head.length + comm.length);
  return bytes;
}

export async function hostileTree(): Promise<TextTree> {
  const tree = await TextTree.load("server-2socket");
  const encoder = new TextEncoder();
  const [stat, statm] = [tree.text("/proc/1520/stat"), tree.text("/proc/1520/statm")];
  const comms = HARMS.filter((harm) => harm !== "long").map((harm) =>
    encoder.encode(nameOf("process", harm))
  );
  for (const [index, comm] of [...comms, INVALID].entries()) {
    const pid = 5000 + index;
    tree.set(`/proc/${pid}/stat`, statOf(pid, comm, stat));
    tree.set(`/proc/${pid}/statm`, statm);
  }
  const disks: string[] = [];
  const faces: string[] = [];
  const mounts: string[] = [];
  for (const [index, harm] of HARMS.entries()) {
    const disk = wordlike(nameOf("disk", harm));
    disks.push(
      `   8 ${
        16 * index + 32
      } ${disk} 802110 40220 128337600 4812660 2010440 880220 321670400 30156600 0 9022040 34969260 0 0 0 0 0 0\n`,
    );
    for (
      const [file, text] of [["size", "1000\n"], ["hidden", "0\n"], [
        "device/model",
        nameOf("model", harm),
      ]]
    ) {
      tree.set(`/sys/class/block/${disk}/${file}`, text!);
    }
    const face = wordlike(nameOf("network", harm));
    faces.push(`${face}: 80220440 402110 0 0 0 0 0 0 80220440 402110 0 0 0 0 0 0\n`);
    tree.set(`/sys/class/net/${face}/type`, "1\n");
    tree.set(`/sys/class/net/${face}/operstate`, "up\n");
    tree.set(`/sys/class/net/${face}/speed`, "1000\n");
    tree.set(`/sys/class/net/${face}/device/modalias`, "pci:x\n");
    const point = `/mnt/${nameOf("filesystem", harm)}`;
    mounts.push(`/dev/${octal(nameOf("device", harm))} ${octal(point)} ext4 rw,relatime 0 0\n`);
    tree.set(`statvfs ${point}`, "1000000000 400000000 300000000 65536 60000\n");
  }
  tree.edit("/proc/diskstats", (text) => text + disks.join(""));
  for (const path of ["/proc/net/dev", "/proc/1/net/dev"]) {
    tree.edit(path, (text) => text + faces.join(""));
  }
  for (const path of ["/proc/self/mounts", "/proc/1/mounts"]) {
    tree.edit(path, (text) => text + mounts.join(""));
  }
  const all = (place: string): string =>
    HARMS.filter((harm) => harm !== "long" && harm !== "lines").map((harm) => nameOf(place, harm))
      .join(" ");
  tree.set("/etc/os-release", `PRETTY_NAME="${all("distribution")}"\n`);
  tree.edit(
    "/proc/cpuinfo",
    (text) => text.replace(/^(model name\s*: ).*$/gm, `$1${all("model")}`),
  );
  tree.set("/sys/class/hwmon/hwmon0/name", all("chip"));
  tree.set("/sys/class/hwmon/hwmon0/temp1_label", all("sensor"));
  tree.set("/sys/class/thermal/thermal_zone0/type", all("zone"));
  tree.edit("/proc/interrupts", (text) => `${text} XSS: 1 2 3 4 5 6 7 8 ${all("interrupt")}\n`);
  return tree;
}

/** What such a machine calls itself. */
export const HOSTNAME = HARMS.filter((harm) => harm !== "long").map((harm) => nameOf("host", harm))
  .join("");

export async function hostileHost(): Promise<BusyHost> {
  const host = new BusyHost(await hostileTree(), { hostname: HOSTNAME });
  for (let tick = 0; tick < 30; tick++) host.tick();
  return host;
}

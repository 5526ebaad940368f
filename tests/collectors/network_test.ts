import { assertEquals, assertStringIncludes } from "@std/assert";
import { isColumn, METRICS } from "../../collectors/catalogue.ts";
import { ERRNO } from "../../collectors/kernel/errno.ts";
import { network } from "../../collectors/network.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { bytes, CLASS, dev, HEADINGS, PATH, stage, SYSFS, ZEROS } from "./network_files.ts";

Deno.test("network reads bytes, packets, errors and drops of both directions", () => {
  const { stage: on } = stage(dev({ eth0: "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16" }));
  on.tick();
  const cell = (suffix: string): number => on.cell(`interface_${suffix}`, "eth0");
  assertEquals(["bytes", "packets", "errors", "drops"].map((of) => cell(`receive_${of}`)), [
    1,
    2,
    3,
    4,
  ]);
  assertEquals(["bytes", "packets", "errors", "drops"].map((of) => cell(`transmit_${of}`)), [
    9,
    10,
    11,
    12,
  ]);
});

Deno.test("network reads a number that follows the colon without a blank", () => {
  const { stage: on } = stage(`${HEADINGS}  eth0:77 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`);
  on.tick();
  assertEquals(on.cell("interface_receive_bytes", "eth0"), 77);
});

Deno.test("network sums interfaces with hardware; the others pass on the same packets", () => {
  const { stage: on, tree } = stage(
    dev({ lo: ZEROS, eth0: ZEROS, eth1: ZEROS, docker0: ZEROS, veth1: ZEROS }),
    { ...SYSFS, [`${CLASS}/eth1/device/modalias`]: "pci\n", [`${CLASS}/eth1/speed`]: "1000\n" },
  );
  on.tick();
  assertEquals(on.names("interface"), ["eth0", "eth1"]);
  assertEquals(on.names("virtual_interface"), ["lo", "docker0", "veth1"]);
  const more = bytes(500, 100);
  tree.set(PATH, dev({ lo: more, eth0: more, eth1: more, docker0: more, veth1: more }));
  on.tick();
  assertEquals(on.rate("interface_receive_bytes"), 1000);
  assertEquals(on.rate("interface_transmit_bytes"), 200);
  assertEquals(on.rate("virtual_interface_receive_bytes", "docker0"), 500);
});

Deno.test("network counts a virtual function once, below the interface that drives it", () => {
  const { stage: on } = stage(dev({ eth0: ZEROS, enP1: ZEROS, eth2: ZEROS }), {
    ...SYSFS,
    // Its master has hardware: a synthetic interface, which counts these packets too.
    [`${CLASS}/enP1/device/modalias`]: "pci\n",
    [`${CLASS}/enP1/master/device/modalias`]: "vmbus\n",
    // Its master has none: a bond.
    [`${CLASS}/eth2/device/modalias`]: "pci\n",
    [`${CLASS}/eth2/master/type`]: "1\n",
  });
  on.tick();
  assertEquals(on.names("interface"), ["eth0", "eth2"]);
  assertEquals(on.names("virtual_interface"), ["enP1"]);
});

Deno.test("network counts what passes a synthetic interface there, though it lies above others with hardware", () => {
  const { stage: on } = stage(dev({ eth0: ZEROS, enP1: ZEROS }), {
    [`${CLASS}/eth0/device/modalias`]: "vmbus\n",
    [`${CLASS}/eth0/ifindex`]: "2\n",
    [`${CLASS}/eth0/lower_enP1/ifindex`]: "3\n",
    [`${CLASS}/enP1/device/modalias`]: "pci\n",
    [`${CLASS}/enP1/master/ifindex`]: "2\n",
    [`${CLASS}/enP1/master/device/modalias`]: "vmbus\n",
  });
  on.tick();
  assertEquals([on.names("interface"), on.names("virtual_interface")], [["eth0"], ["enP1"]]);
});

Deno.test("network counts the ports of a switch chip once, at the interface that leads to it", () => {
  const port = (name: string): Record<string, string> => ({
    [`${CLASS}/${name}/device/modalias`]: "mdio\n",
    [`${CLASS}/${name}/ifindex`]: "3\n",
    [`${CLASS}/${name}/lower_eth0/ifindex`]: "2\n",
  });
  const { stage: on } = stage(dev({ eth0: ZEROS, lan1: ZEROS, wan: ZEROS, usb0: ZEROS }), {
    [`${CLASS}/eth0/device/modalias`]: "platform\n",
    // What leads to the chip may be in a bridge or bond.
    [`${CLASS}/eth0/master/ifindex`]: "9\n",
    ...port("lan1"),
    ...port("wan"),
    [`${CLASS}/usb0/device/modalias`]: "usb\n",
    // Above nothing that has hardware.
    [`${CLASS}/usb0/lower_br0/ifindex`]: "9\n",
    [`${CLASS}/br0/type`]: "1\n",
  });
  on.tick();
  assertEquals(on.names("interface"), ["eth0", "usb0"]);
  assertEquals(on.names("virtual_interface"), ["lan1", "wan"]);
});

Deno.test("network counts what a card switches for its functions once, at the card's port", () => {
  const port = (name: string, of: string): Record<string, string> => ({
    [`${CLASS}/${name}/device/modalias`]: "pci\n",
    [`${CLASS}/${name}/phys_port_name`]: `${of}\n`,
  });
  const names = ["port", "vf", "sf", "host"];
  const { stage: on, tree } = stage(dev(Object.fromEntries(names.map((name) => [name, ZEROS]))), {
    ...port("port", "p0"),
    ...port("vf", "pf0vf1"),
    ...port("sf", "c1pf0sf88"),
    ...port("host", "pf0"),
  });
  on.tick();
  tree.set(PATH, dev(Object.fromEntries(names.map((name) => [name, bytes(500, 0)]))));
  on.tick();
  assertEquals(on.rate("interface_receive_bytes"), 500);
  assertEquals(on.names("virtual_interface"), ["vf", "sf", "host"]);
});

Deno.test("network takes the host's end of a Xen guest's interface for a virtual one", () => {
  const { stage: on } = stage(dev({ eth0: ZEROS, "vif1.0": ZEROS, xenfront: ZEROS }), {
    [`${CLASS}/eth0/device/modalias`]: "pci\n",
    [`${CLASS}/vif1.0/device/modalias`]: "xen-backend:vif\n",
    // A guest's own end is what it has for hardware.
    [`${CLASS}/xenfront/device/modalias`]: "xen:vif\n",
  });
  on.tick();
  assertEquals(on.names("interface"), ["eth0", "xenfront"]);
  assertEquals(on.names("virtual_interface"), ["vif1.0"]);
});

Deno.test("network takes all but the loopback in a container, where nothing has hardware", () => {
  const { stage: on } = stage(dev({ lo: ZEROS, eth0: ZEROS }), { [`${CLASS}/eth0/type`]: "1\n" });
  on.tick();
  assertEquals(on.names("interface"), ["eth0"]);
  assertEquals(on.names("virtual_interface"), ["lo"]);
});

Deno.test("network sorts all anew when the first hardware comes, so that nothing is counted twice", () => {
  const { stage: on, tree } = stage(dev({ lo: ZEROS, docker0: bytes(1000, 0) }), {
    [`${CLASS}/docker0/type`]: "1\n",
  });
  on.tick();
  assertEquals(on.names("interface"), ["docker0"]);
  tree.set(`${CLASS}/eth0/device/modalias`, "usb\n");
  tree.set(`${CLASS}/eth0/speed`, "1000\n");
  const at = (more: number): void =>
    tree.set(
      PATH,
      dev({
        lo: ZEROS,
        docker0: bytes(1000 + more, 0),
        eth0: bytes(more, 0),
        veth1: bytes(more, 0),
      }),
    );
  at(0);
  on.tick();
  at(500);
  on.tick();
  assertEquals(on.names("interface"), ["eth0"]);
  assertEquals(on.names("virtual_interface").toSorted(), ["docker0", "lo", "veth1"]);
  assertEquals(on.rate("interface_receive_bytes"), 500);
  assertEquals(on.rate("virtual_interface_receive_bytes", "docker0"), 500);
  assertEquals(on.rate("interface_speed_bytes", "eth0"), 125e6);
  assertEquals(on.read("interface_receive_bytes", "docker0"), { absent: "gone" });
  // Once there was hardware, what is without stays virtual.
  tree.set(PATH, dev({ lo: ZEROS, docker0: ZEROS, veth2: ZEROS }));
  on.tick();
  assertEquals(on.names("virtual_interface").toSorted(), ["docker0", "lo", "veth2"]);
});

Deno.test("network does not say that nothing passed an interface that was made anew", () => {
  const { stage: on, tree } = stage(dev({ eth0: bytes(1e9, 1e9) }));
  on.tick();
  tree.set(PATH, dev({ eth0: bytes(25e6, 0) }));
  on.tick();
  assertEquals(on.read("interface_receive_bytes", "eth0"), { absent: "not_yet" });
  assertEquals(on.read("interface_receive_bytes"), { absent: "not_yet" });
  on.tick();
  tree.set(PATH, dev({ eth0: bytes(25e6 + 500, 0) }));
  on.tick();
  assertEquals(on.rate("interface_receive_bytes", "eth0"), 500);
  assertEquals(on.cell("interface_receive_bytes", "eth0"), 1e9 + 500);
});

Deno.test("network lets interfaces come and go", () => {
  const { stage: on, tree } = stage(dev({ lo: ZEROS, eth0: ZEROS, veth1: ZEROS }));
  on.tick();
  tree.set(PATH, dev({ lo: ZEROS, eth0: ZEROS, veth2: ZEROS }));
  on.tick();
  assertEquals(on.names("virtual_interface"), ["lo", "veth2"]);
  assertEquals(on.read("virtual_interface_receive_bytes", "veth1"), { absent: "gone" });
  // Its counter is younger than the window.
  assertEquals(on.read("virtual_interface_receive_bytes", "veth2"), { absent: "not_yet" });
});

Deno.test("network looks through its own namespace where process 1 is hidden", () => {
  const tree = new TextTree({ ...SYSFS, "/proc/net/dev": dev({ eth0: bytes(7, 0) }) });
  const on = new Stage([network], { tree });
  on.tick();
  assertEquals(on.cell("interface_receive_bytes", "eth0"), 7);
});

for (
  const [what, text] of [
    ["is empty", ""],
    ["ends with its headings", HEADINGS],
    ["lacks numbers", `${HEADINGS}  eth0: 1 2 3\n`],
    ["has a negative number", dev({ eth0: ZEROS.replace("0", "-1") })],
  ] as const
) {
  Deno.test(`network fails where the file ${what}`, () => {
    const { stage: on, tree } = stage(text);
    on.tick();
    const [problem] = on.problems();
    assertEquals(problem!.reason, "failed");
    assertStringIncludes(problem!.message, 'Cannot read "/proc/1/net/dev"');
    assertEquals(tree.openFiles, 0);
  });
}

Deno.test("network is exposed under node_exporter's names", () => {
  const names = [...METRICS.values()].filter(isColumn)
    .filter((entry) => entry.collector === "network")
    .map(({ exposition }) => exposition!.name);
  const both = ["receive", "transmit"].flatMap((direction) =>
    ["bytes", "packets", "errs", "drop"].map((what) => `node_network_${direction}_${what}_total`)
  );
  assertEquals(names, [...both, ...both, "node_network_speed_bytes"]);
});

Deno.test("network says that interfaces have no room, and takes them in when there is some", () => {
  for (const [scope, hardware] of [["virtual_interface", false], ["interface", true]] as const) {
    const name = (n: number): string => `${hardware ? "eth" : "veth"}${n}`;
    const sysfs = Object.fromEntries(
      Array.from(
        { length: 600 },
        (_, n) =>
          hardware
            ? [`${CLASS}/${name(n)}/device/modalias`, "virtio\n"]
            : [`${CLASS}/${name(n)}/type`, "1\n"],
      ),
    );
    const from = (first: number, count: number): string =>
      dev(Object.fromEntries(Array.from({ length: count }, (_, n) => [name(first + n), ZEROS])));
    // One that has hardware tells the others from it.
    const all = { ...sysfs, [`${CLASS}/eth1000/device/modalias`]: "virtio\n" };
    const { stage: on, tree } = stage(from(0, 514), all);
    on.tick();
    on.tick();
    const told = (): readonly string[] =>
      on.problems().filter(({ key }) => key.startsWith("exhausted")).map(({ key }) => key);
    assertEquals([on.names(scope).length, told()], [512, [`exhausted/${scope}`]]);
    tree.set(PATH, from(1, 513));
    on.tick();
    assertEquals(told(), [`exhausted/${scope}`]);
    tree.set(PATH, from(2, 512));
    on.tick();
    on.tick();
    assertEquals([on.names(scope).length, told()], [512, []]);
    assertEquals(on.names(scope).includes(name(513)), true);
  }
});

Deno.test("network leaves no file open where it may not look into sysfs", () => {
  for (const path of [CLASS, `${CLASS}/lo`]) {
    const { stage: on, tree } = stage(dev({ lo: ZEROS, eth0: ZEROS }));
    tree.fail(path, ERRNO.EACCES);
    for (let tick = 0; tick < 20; tick++) on.tick();
    assertEquals(tree.openFiles, 0, path);
    assertStringIncludes(on.problems()[0]!.message, `list "${path}"`);
  }
});

Deno.test("network tells two interfaces apart whose names differ only in bytes that are no text", () => {
  const tree = new TextTree({ [PATH]: HEADINGS });
  const on = new Stage([network], { tree });
  const files = (seconds: number): Uint8Array<ArrayBuffer> => {
    const text = dev({ "a\u00ff": bytes(100 * seconds, 0), "a\u00fe": bytes(9e9 + seconds, 0) });
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  };
  for (let seconds = 0; seconds < 3; seconds++) {
    tree.set(PATH, files(seconds));
    on.tick();
  }
  const names = ["a\\xff", "a\\xfe"];
  assertEquals(names.map((name) => on.rate("interface_receive_bytes", name)), [100, 1]);
});

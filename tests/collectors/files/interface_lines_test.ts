import { assertEquals } from "@std/assert";
import { bytes, CLASS, dev, PATH, stage, SYSFS, ZEROS } from "../network_files.ts";

Deno.test("network does not take one interface's counts for another's when they exchange names", () => {
  const sysfs = {
    ...SYSFS,
    [`${CLASS}/eth0/ifindex`]: "2\n",
    [`${CLASS}/veth1/ifindex`]: "3\n",
    [`${CLASS}/veth2/ifindex`]: "4\n",
  };
  const { stage: on, tree } = stage(
    dev({ eth0: ZEROS, veth1: bytes(9e9, 9e9), veth2: bytes(100, 100) }),
    sysfs,
  );
  on.tick();
  tree.set(PATH, dev({ eth0: ZEROS, veth2: bytes(9e9, 9e9), veth1: bytes(600, 100) }));
  tree.set(`${CLASS}/veth1/ifindex`, "4\n");
  tree.set(`${CLASS}/veth2/ifindex`, "3\n");
  on.tick();
  const bytesOf = (name: string): unknown => on.read("virtual_interface_receive_bytes", name);
  assertEquals(["veth1", "veth2"].map(bytesOf), [{ absent: "not_yet" }, { absent: "not_yet" }]);
  on.tick();
  tree.set(PATH, dev({ eth0: ZEROS, veth2: bytes(9e9 + 7, 9e9), veth1: bytes(1600, 100) }));
  on.tick();
  const rate = (name: string): number => on.rate("virtual_interface_receive_bytes", name);
  assertEquals(["veth1", "veth2"].map(rate), [1000, 7]);
  // The total of a name goes on where it was.
  assertEquals(on.cell("virtual_interface_receive_bytes", "veth2"), 107);
});

Deno.test("network does not take what an interface counted before for that of the name it is given", () => {
  const { stage: on, tree } = stage(dev({ lo: ZEROS, veth1: bytes(5, 5), veth2: bytes(9e9, 0) }), {
    ...SYSFS,
    [`${CLASS}/veth1/ifindex`]: "3\n",
    [`${CLASS}/veth2/ifindex`]: "4\n",
  });
  on.tick();
  tree.set(PATH, dev({ lo: ZEROS, veth3: bytes(5, 5), veth1: bytes(9e9, 5) }));
  tree.set(`${CLASS}/veth1/ifindex`, "4\n");
  tree.set(`${CLASS}/veth3/ifindex`, "3\n");
  on.tick();
  assertEquals(on.read("virtual_interface_receive_bytes", "veth1"), { absent: "not_yet" });
  assertEquals(on.cell("virtual_interface_receive_bytes", "veth3"), 5);
});

Deno.test("network sorts an interface anew that takes the name of hardware", () => {
  const { stage: on, tree } = stage(dev({ eth0: bytes(9e9, 0), eth1: ZEROS }), {
    ...SYSFS,
    [`${CLASS}/eth0/ifindex`]: "2\n",
    [`${CLASS}/eth1/ifindex`]: "3\n",
    [`${CLASS}/eth1/device/modalias`]: "virtio\n",
  });
  on.tick();
  tree.remove(`${CLASS}/eth0/device`);
  tree.set(`${CLASS}/eth0/ifindex`, "7\n");
  tree.set(PATH, dev({ eth0: bytes(40, 0), eth1: ZEROS }));
  on.tick();
  assertEquals(on.names("interface"), ["eth1"]);
  assertEquals(on.names("virtual_interface"), ["eth0"]);
});

Deno.test("network knows counts that begin anew from a step back, whatever a name's total is by then", () => {
  const names = (first: number, second: number): Record<string, string> => ({
    ...SYSFS,
    [`${CLASS}/veth1/ifindex`]: `${first}\n`,
    [`${CLASS}/veth2/ifindex`]: `${second}\n`,
  });
  const counts = (first: number, second: number): string =>
    dev({ lo: ZEROS, veth1: bytes(first, 0), veth2: bytes(second, 0) });
  const { stage: on, tree } = stage(counts(9e9, 8e7), names(3, 4));
  on.tick();
  tree.set(PATH, counts(8e7, 9e9));
  for (const [path, text] of Object.entries(names(4, 3))) tree.set(path, text);
  on.tick();
  // The driver begins anew: that is a hundredth of what the name's total is.
  tree.set(PATH, counts(500, 9e9));
  on.tick();
  const read = (): unknown => on.read("virtual_interface_receive_bytes", "veth1");
  assertEquals(read(), { absent: "not_yet" });
  tree.set(PATH, counts(500, 9e9));
  on.tick();
  tree.set(PATH, counts(1500, 9e9));
  on.tick();
  assertEquals(on.rate("virtual_interface_receive_bytes", "veth1"), 1000);
});

Deno.test("network counts on after it failed and was opened anew", () => {
  const counts = (received: number): string => dev({ lo: ZEROS, eth0: bytes(received, 0) });
  const { stage: on, tree } = stage(counts(100));
  on.tick();
  tree.set(PATH, "nothing\n");
  on.tick();
  for (const received of [1100, 2100, 3100]) {
    tree.set(PATH, counts(received));
    on.tick(60_000);
  }
  assertEquals(on.cell("interface_receive_bytes", "eth0"), 3100);
});

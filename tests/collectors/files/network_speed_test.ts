import { assertEquals, assertStringIncludes } from "@std/assert";
import { ERRNO } from "../../../collectors/kernel/errno.ts";
import { bytes, CLASS, dev, PATH, stage, SYSFS, ZEROS } from "../network_files.ts";

Deno.test("network shares the links whose speed is known among what went through those alone", () => {
  const { stage: on, tree } = stage(dev({ eth0: ZEROS, wlan0: ZEROS }), {
    ...SYSFS,
    [`${CLASS}/wlan0/device/modalias`]: "pci\n",
    [`${CLASS}/wlan0/speed`]: "-1\n",
  });
  on.tick();
  tree.set(PATH, dev({ eth0: bytes(12.5e6, 0), wlan0: bytes(250e6, 0) }));
  on.tick();
  const ofAll = on.read("interface_receive_ratio");
  assertEquals(ofAll, {
    value: 0.1,
    coverage: 1,
    grade: "estimated",
    partial: { counted: 1, present: 2 },
  });
});

Deno.test("network shows what share of its link an interface uses", () => {
  const { stage: on, tree } = stage(dev({ eth0: ZEROS }));
  on.tick();
  // 1000 Mb/s are 125 MB/s; 25 MB and 50 MB in 2 s are a tenth and a fifth of it.
  assertEquals(on.rate("interface_speed_bytes", "eth0"), 125e6);
  tree.set(PATH, dev({ eth0: bytes(25e6, 50e6) }));
  on.tick(2000);
  assertEquals(on.rate("interface_receive_ratio", "eth0"), 0.1);
  assertEquals(on.rate("interface_transmit_ratio", "eth0"), 0.2);
});

Deno.test("network reads the speed of links seldom, and when an interface comes", () => {
  const { stage: on, tree } = stage(dev({ eth0: ZEROS }));
  on.tick();
  tree.set(`${CLASS}/eth0/speed`, "10000\n");
  on.tick(299_000);
  assertEquals(on.rate("interface_speed_bytes", "eth0"), 125e6);
  on.tick(1000);
  assertEquals(on.rate("interface_speed_bytes", "eth0"), 1250e6);
  tree.set(`${CLASS}/eth1/device/modalias`, "pci\n");
  tree.set(`${CLASS}/eth1/speed`, "100\n");
  tree.set(PATH, dev({ eth0: ZEROS, eth1: ZEROS }));
  on.tick();
  assertEquals(on.rate("interface_speed_bytes", "eth1"), 12.5e6);
});

Deno.test("network reads the speed of a link anew when it went down or came up", () => {
  const { stage: on, tree } = stage(dev({ eth0: ZEROS }));
  tree.set(`${CLASS}/eth0/carrier_changes`, "2\n");
  on.tick();
  assertEquals(on.rate("interface_speed_bytes", "eth0"), 125e6);
  tree.set(`${CLASS}/eth0/speed`, "-1\n");
  tree.set(`${CLASS}/eth0/carrier_changes`, "3\n");
  on.tick(5000);
  assertEquals("absent" in on.read("interface_speed_bytes", "eth0"), true);
  tree.set(`${CLASS}/eth0/speed`, "100\n");
  tree.set(`${CLASS}/eth0/carrier_changes`, "4\n");
  on.tick(5000);
  assertEquals(on.rate("interface_speed_bytes", "eth0"), 12.5e6);
  on.engine.close();
  assertEquals(tree.openFiles, 0);
});

Deno.test("network reads the speed anew of an interface that was made anew under its name", () => {
  const { stage: on, tree } = stage(dev({ eth0: ZEROS }));
  tree.set(`${CLASS}/eth0/carrier_changes`, "2\n");
  on.tick();
  // What was opened before says this from then on.
  tree.fail(`${CLASS}/eth0/carrier_changes`, ERRNO.ENODEV);
  tree.set(`${CLASS}/eth0/speed`, "100\n");
  on.tick(5000);
  assertEquals(on.rate("interface_speed_bytes", "eth0"), 12.5e6);
});

for (
  const [what, speed] of [
    ["-1", "-1\n"],
    ["-1 as an unsigned number", "4294967295\n"],
    ["0", "0\n"],
  ] as const
) {
  Deno.test(`network has no speed where the driver says ${what}`, () => {
    const { stage: on } = stage(dev({ eth0: ZEROS }), { ...SYSFS, [`${CLASS}/eth0/speed`]: speed });
    on.tick();
    const [problem, ...others] = on.problems();
    assertEquals(others, []);
    assertEquals(on.read("interface_speed_bytes", "eth0"), { absent: "not_supported", problem });
    assertStringIncludes(problem!.message, `says ${speed.trim()}`);
  });
}

Deno.test("network says that a link without speed is down, until it is up or gone", () => {
  const { stage: on, tree } = stage(dev({ eth0: ZEROS }));
  tree.fail(`${CLASS}/eth0/speed`, ERRNO.EINVAL);
  on.tick();
  const [problem] = on.problems();
  assertEquals(problem!.instance, "eth0");
  assertStringIncludes(problem!.message, "EINVAL");
  assertStringIncludes(problem!.message, "needs a link that is up");
  tree.set(`${CLASS}/eth0/speed`, "1000\n");
  on.tick(300_000);
  assertEquals(on.problems(), []);
  tree.fail(`${CLASS}/eth0/speed`, ERRNO.EINVAL);
  on.tick(300_000);
  assertEquals(on.problems().length, 1);
  tree.set(PATH, dev({ lo: ZEROS }));
  on.tick(300_000);
  assertEquals(on.problems(), []);
});

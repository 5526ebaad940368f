import { assertEquals, assertStringIncludes } from "@std/assert";
import { network } from "../../../collectors/network.ts";
import { Stage } from "../../stage.ts";
import { TextTree } from "../../text_tree.ts";
import { bytes, dev, PATH, SYSFS } from "../network_files.ts";

Deno.test("NegativeCounts costs a count that fell below zero that count alone, for as long", () => {
  const tree = new TextTree({
    ...SYSFS,
    [PATH]: dev({ eth0: bytes(1000, 1000), lo: bytes(5, 5) }),
  });
  const stage = new Stage([network], { tree });
  const tick = (received: number | string, sent: number): void => {
    tree.set(PATH, dev({ eth0: bytes(0, sent).replace(/^0/, String(received)), lo: bytes(5, 5) }));
    stage.tick();
  };
  stage.tick();
  tick(1100, 1100);
  assertEquals(stage.problems(), []);
  // 3 less than nothing.
  tick("18446744073709551613", 1200);
  const [problem, ...others] = stage.problems();
  assertEquals(others, []);
  assertStringIncludes(
    problem!.message,
    `Cannot count all of eth0 in "${PATH}": found counts of 2^63`,
  );
  assertEquals(stage.read("interface_receive_bytes", "eth0"), { absent: "failed", problem });
  assertEquals(stage.rate("interface_transmit_bytes", "eth0"), 100);
  assertEquals(stage.rate("virtual_interface_receive_bytes", "lo"), 0);
  // What it counts after is counted, and the total did not take it in.
  tick(1200, 1300);
  tick(1307, 1400);
  assertEquals(stage.problems(), []);
  assertEquals(stage.rate("interface_receive_bytes", "eth0"), 107);
  assertEquals(stage.cell("interface_receive_bytes", "eth0"), 1307);
});

Deno.test("NegativeCounts names a few where there are many, and is about all of them", () => {
  const names = Array.from({ length: 20 }, (_, n) => `veth${n}`);
  const below = bytes(0, 5).replace(/^0/, "18446744073709551613");
  const tree = new TextTree({
    ...SYSFS,
    [PATH]: dev(Object.fromEntries(names.map((name) => [name, below]))),
  });
  const stage = new Stage([network], { tree });
  stage.tick();
  const [problem] = stage.problems();
  assertStringIncludes(problem!.message, "all of veth0, veth1, veth2, veth3 and 16 more in");
  assertEquals(problem!.instances, names);
});

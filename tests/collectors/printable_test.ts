import { assert, assertEquals } from "@std/assert";
import { load } from "../../collectors/load.ts";
import { network } from "../../collectors/network.ts";
import { printable, printableProblem, printableValues } from "../../collectors/printable.ts";
import { Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";

Deno.test("printable leaves alone what can be seen", () => {
  const names = ["", "sda", "two words", "é日本👩", "<b>&\"'`{{", "a\\b", "\\u001b"];
  for (const name of names) assertEquals(printable(name), name);
});

Deno.test("printable spells out what writes to terminals, turns lines or is not seen", () => {
  const cases = [
    ["a\nb\r\t", "a\\u000ab\\u000d\\u0009"],
    ["\u001b[31m\u0007\u007f\u009b", "\\u001b[31m\\u0007\\u007f\\u009b"],
    ["\u202egpj\u2066\u200f\u061c", "\\u202egpj\\u2066\\u200f\\u061c"],
    ["\u2028\u2029\ufeff\u00ad\u200b", "\\u2028\\u2029\\ufeff\\u00ad\\u200b"],
    ["\ud800", "\\ud800"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\0", "\\u0000"],
  ] as const;
  for (const [name, shown] of cases) assertEquals(printable(name), shown);
});

Deno.test("printableValues makes no other record where there is nothing to spell out", () => {
  const plain = { a: "b" };
  assert(printableValues(plain) === plain);
  assertEquals(printableValues({ a: "b", c: "\u001b" }), { a: "b", c: "\\u001b" });
});

Deno.test("printableProblem spells out what a message quotes", () => {
  const cause = { key: "k\n", collector: "c", reason: "failed" } as const;
  assertEquals(printableProblem({ ...cause, message: "found \u001b", instances: ["\u202e"] }), {
    ...cause,
    message: "found \\u001b",
    instances: ["\\u202e"],
  });
});

Deno.test("an interface is shown printable and found by what the machine calls it", () => {
  const name = "e\u001b[31m";
  const numbers = "80220440 402110 0 0 0 0 0 0 80220440 402110 0 0 0 0 0 0";
  const file = `Inter-|\n face |\n${name}: ${numbers}\n`;
  const tree = new TextTree({
    "/proc/1/net/dev": file,
    "/proc/net/dev": file,
    [`/sys/class/net/${name}/type`]: "1\n",
    [`/sys/class/net/${name}/speed`]: "1000\n",
    [`/sys/class/net/${name}/device/modalias`]: "pci:x\n",
  });
  const stage = new Stage([load, network], { tree });
  for (let tick = 0; tick < 3; tick++) stage.tick();
  assertEquals(stage.names("interface"), ["e\\u001b[31m"]);
  assertEquals(stage.rate("interface_speed_bytes", "e\\u001b[31m"), 125_000_000);
});

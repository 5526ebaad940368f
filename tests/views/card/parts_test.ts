import { assertEquals } from "@std/assert";
import type { Parts } from "../../../collectors/card.ts";
import { PartsBlock } from "../../../views/card/parts.tsx";
import { render } from "../../../views/html.ts";
import { HandFilled } from "../hand_filled.ts";

const BLOCK: Parts = {
  block: "parts",
  shown: { metric: "cpu_user_seconds" },
  split: ["core_type", "socket"],
};

/** What each of so many CPUs worked in the last second, by the groups it is in. */
function shown(groups: readonly Readonly<Record<string, string>>[]): readonly string[] {
  const at = (seconds: number): Record<string, number> =>
    Object.fromEntries(
      groups.map((_, cpu) => [`cpu_user_seconds{${cpu}}`, seconds * (cpu + 1) / 10]),
    );
  const { snapshot } = new HandFilled([at(0), at(1)], {
    groups: Object.fromEntries(groups.map((group, cpu) => [String(cpu), group])),
  });
  const element = PartsBlock({ block: BLOCK, snapshot });
  const html = element === null ? "" : render(element);
  return [...html.matchAll(/<dt class="sw (\w)">([^<]*)<.*?<b>([^<]*)</g)]
    .map(([, ink, name, value]) => `${ink} ${name} ${value!.trim()}`);
}

Deno.test("PartsBlock has a line for each group of the first grouping that makes several", () => {
  const sockets = shown([{ socket: "0" }, { socket: "0" }, { socket: "1" }]);
  assertEquals(sockets, ["a Socket 0 30.0", "b Socket 1 30.0"]);
  const hybrid = shown([
    { socket: "0", core_type: "P-core" },
    { socket: "1", core_type: "E-core" },
  ]);
  assertEquals(hybrid, ["a Core type P-core 10.0", "b Core type E-core 20.0"]);
});

Deno.test("PartsBlock is silent where there is nothing to compare, or more than can be told apart", () => {
  assertEquals(shown([{ socket: "0" }, { socket: "0" }]), []);
  assertEquals(shown(["0", "1", "2", "3", "4"].map((socket) => ({ socket }))), []);
});

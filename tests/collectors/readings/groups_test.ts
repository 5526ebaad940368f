import { assertEquals } from "@std/assert";
import { Groups } from "../../../collectors/readings/groups.ts";

function instance(
  name: string,
  groups: Readonly<Record<string, string>>,
  goneSequence: number | null = null,
): ConstructorParameters<typeof Groups>[0][string]["instances"][number] {
  return { name, groups, goneSequence };
}

const GROUPS = new Groups({
  host: { instances: [instance("host", {})] },
  cpu: {
    instances: [
      instance("0", { socket: "0", l3_domain: "a" }),
      instance("1", { socket: "1", l3_domain: "b" }, 7),
      null,
      instance("3", { socket: "0", l3_domain: "b" }),
      instance("4", {}),
    ],
  },
  l3_domain: { instances: [instance("a", { socket: "0" }), instance("b", {})] },
});

Deno.test("Groups.names lists the groups of those who are there, each once", () => {
  assertEquals(GROUPS.names("cpu", "socket"), ["0"]);
  assertEquals(GROUPS.names("cpu", "l3_domain"), ["a", "b"]);
  assertEquals(GROUPS.names("l3_domain", "l3_domain"), ["a", "b"]);
  assertEquals(GROUPS.names("cpu", "core_type"), []);
  assertEquals(GROUPS.names("disk", "socket"), []);
});

Deno.test("Groups.members finds those who belong to a group, at every scope that knows it", () => {
  assertEquals(
    new Map(GROUPS.members("socket", "0")),
    new Map([["cpu", [0, 3]], ["l3_domain", [0]]]),
  );
  assertEquals(GROUPS.members("socket", "0")?.group, { grouping: "socket", name: "0" });
  // Who is gone was there in rows of the past; no L3 cache says that it is of socket 1.
  assertEquals(new Map(GROUPS.members("socket", "1")), new Map([["cpu", [1]], ["l3_domain", []]]));
  assertEquals(
    new Map(GROUPS.members("l3_domain", "b")),
    new Map([["cpu", [1, 3]], ["l3_domain", [1]]]),
  );
});

Deno.test("Groups.members knows no group that nobody belongs to", () => {
  assertEquals(GROUPS.members("socket", "2"), undefined);
  assertEquals(GROUPS.members("core_type", "cpu"), undefined);
  assertEquals(GROUPS.members("planet", "earth"), undefined);
});

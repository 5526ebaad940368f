import { assertEquals } from "@std/assert";
import type { HostProfile } from "../../../collectors/host/profile.ts";
import { hostSize } from "../../../collectors/readings/host_size.ts";
import type { Present } from "../../../collectors/readings/snapshot.ts";

const PROFILE = { sockets: 4, cores: 8, onlineCpus: [0, 1] } as unknown as HostProfile;
const CPUS = ["0", "1", "2"].map((
  core,
) => ({ groups: { core, socket: "0" } } as unknown as Present));

Deno.test("hostSize counts the CPUs that are online, and whose they are", () => {
  assertEquals(hostSize(PROFILE, CPUS, 0), { sockets: 1, cores: 3, cpus: 3 });
  assertEquals(hostSize(PROFILE, [], 0), { sockets: 4, cores: 8, cpus: 2 });
});

Deno.test("hostSize takes no part of the cores for all where CPUs have no slot", () => {
  assertEquals(hostSize(PROFILE, CPUS, 2), { sockets: 4, cores: 8, cpus: 5 });
});

/**
 * Nothing that is asked over HTTP changes the host: whatever route is asked by whatever method, the
 * collectors read files and count events, as they do when nobody asks.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { PERF_IOCTL } from "../../collectors/pmu/ioctl.ts";
import { readHostProfile } from "../../collectors/host/profile.ts";
import type { HostTree } from "../../collectors/kernel/host_tree.ts";
import type { Kernel } from "../../collectors/kernel/kernel.ts";
import { REGISTRY } from "../../collectors/registry.ts";
import { BusyHost } from "../busy_host.ts";
import { FakeSampler } from "../fake_sampler.ts";
import { HandClock, Stage } from "../stage.ts";
import { TextTree } from "../text_tree.ts";
import { FakeKernel } from "../fakes/fake_kernel.ts";
import { FakePerf } from "../fakes/fake_perf.ts";
import { showPmus } from "../fakes/hardware_events.ts";
import { POSTS, REQUESTS, TOKEN, wholeApp } from "./whole_app.ts";

/** What a door is for: nothing of it writes. `setDescriptorLimit` is the process's own. */
const KERNEL_CALLS = new Set<keyof Kernel>([
  "open",
  "close",
  "read",
  "readWhole",
  "list",
  "count",
  "perfEventOpen",
  "ioctl",
  "ioctlRead",
  "uname",
  "statvfs",
  "descriptorLimit",
  "setDescriptorLimit",
]);
const TREE_CALLS = new Set<keyof HostTree>(["open", "text", "read", "list", "count", "statvfs"]);
const IOCTLS = new Set<number>(Object.values(PERF_IOCTL));

interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The same object, with every call written down. */
function recorded<T extends object>(object: T, calls: Call[]): T {
  return new Proxy(object, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        calls.push({ name: String(name), args });
        return value.apply(target, args);
      };
    },
  });
}

function pathsOf(calls: readonly Call[]): ReadonlySet<string> {
  return new Set(calls.map(({ name, args }) => `${name} ${args[0]}`));
}

Deno.test("the doors to the machine have no call that writes", () => {
  const kernel = Object.getOwnPropertyNames(FakeKernel.prototype).filter((name) =>
    !["constructor", "expect", "always", "done"].includes(name)
  );
  assertEquals(new Set(kernel), new Set<string>(KERNEL_CALLS));
});

Deno.test("whatever is asked, by whatever method, files are read and events counted, and no more", async () => {
  const kernelCalls: Call[] = [];
  const treeCalls: Call[] = [];
  const tree = await TextTree.load("server-2socket");
  const kernel = new FakeKernel();
  showPmus(new FakePerf(kernel), tree, 8);
  kernel.always("uname", [], {
    sysname: "Linux",
    nodename: "busy",
    release: "6.12.57",
    version: "#1 SMP",
    machine: "x86_64",
  });
  kernel.always("descriptorLimit", [], { soft: 1024, hard: 524_288 });
  kernel.always("setDescriptorLimit", [], 0);
  const watchedTree = recorded<HostTree>(tree, treeCalls);
  const watchedKernel = recorded<Kernel>(kernel, kernelCalls);
  const stage = new Stage(REGISTRY, {
    tree: watchedTree,
    kernel: watchedKernel,
    profile: readHostProfile(watchedKernel, watchedTree),
    clock: new HandClock(),
  });
  const sampler = new FakeSampler(stage);
  for (let tick = 0; tick < 20; tick++) sampler.tick();
  const unasked = pathsOf(treeCalls);
  const app = await wholeApp({ sampler });

  const paths = [
    ...Object.values(REQUESTS).flat(),
    ...Object.keys(POSTS).map((r) => r.split(" ")[1]!),
  ];
  let asked = 0;
  for (const path of paths) {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
      const response = await app.request(path, {
        method,
        ...(/GET|HEAD/.test(method)
          ? {}
          : { body: new URLSearchParams({ token: TOKEN, text: "x", interval: "1s" }) }),
      });
      await response.body?.cancel();
      asked++;
    }
    sampler.tick();
  }
  for (const [route, fields] of Object.entries(POSTS)) {
    const response = await app.request(route.split(" ")[1]!, {
      method: "POST",
      body: new URLSearchParams(fields),
    });
    assert(response.status < 400, route);
    await response.body?.cancel();
    sampler.tick();
  }
  assert(asked > 200);

  assertEquals(kernelCalls.filter(({ name }) => !KERNEL_CALLS.has(name as keyof Kernel)), []);
  assertEquals(treeCalls.filter(({ name }) => !TREE_CALLS.has(name as keyof HostTree)), []);
  assert(kernelCalls.some(({ name }) => name === "perfEventOpen"), "nothing was counted");
  const requests = kernelCalls.filter(({ name }) => name.startsWith("ioctl")).map(({ args }) =>
    args[1]
  );
  assert(requests.length > 0);
  assertEquals(requests.filter((request) => !IOCTLS.has(request as number)), []);
  // No path comes from a request: what ticks read that nobody asked for is all that is read.
  assertEquals(pathsOf(treeCalls), unasked);
});

Deno.test("a request makes the main thread call nothing of the machine: only ticks do", async () => {
  const host = await BusyHost.load("server-2socket");
  host.tick();
  const app = await wholeApp(host);
  const before = host.kernelCalls;
  for (const path of Object.values(REQUESTS).flat()) {
    const response = await app.request(path);
    await response.body?.cancel();
  }
  assertEquals(host.kernelCalls, before);
});

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { SystemError } from "../../collectors/kernel/errno.ts";
import { isNotifyAddress } from "../../collectors/kernel/notify_address.ts";
import { NotifySocket } from "../../collectors/kernel/notify_socket.ts";
import { startSampler } from "../../collectors/sampling/sampler.ts";
import { ManagerSocket } from "./manager_socket.ts";

const HOST = { procfs: "/proc", sysfs: "/sys" };

Deno.test("isNotifyAddress() knows paths and abstract names that fit a socket's address", () => {
  for (const address of ["/run/systemd/notify", "@abc", `/${"a".repeat(106)}`]) {
    assertEquals(isNotifyAddress(address), true, address);
  }
  for (
    const address of ["", "/", "@", "run/notify", "vsock:2:9999", `/${"é".repeat(54)}`, "/a\0b"]
  ) {
    assertEquals(isNotifyAddress(address), false, address);
  }
});

for (const kind of ["abstract", "file"] as const) {
  Deno.test(`NotifySocket reaches a real socket, ${kind}`, () => {
    using manager = new ManagerSocket(kind);
    const socket = new NotifySocket(manager.address);
    socket.send("READY=1\nWATCHDOG=1");
    socket.send("STOPPING=1");
    socket.close();
    assertEquals(manager.heard(), "READY=1\nWATCHDOG=1");
    assertEquals(manager.heard(), "STOPPING=1");
    assertEquals(manager.heard(), null);
  });
}

Deno.test("NotifySocket says who could not be notified, and waits for nobody", () => {
  const error = assertThrows(
    () => new NotifySocket("/nowhere/notify").send("READY=1"),
    SystemError,
  );
  assertEquals(
    error.message,
    'Cannot notify "/nowhere/notify": ENOENT, no such file, directory or event',
  );
  // A manager that reads nothing: the queue is full after some, and no call blocks.
  using manager = new ManagerSocket("abstract");
  const socket = new NotifySocket(manager.address);
  let taken = 0;
  for (let i = 0; i < 5000; i++) if (socket.send("WATCHDOG=1")) taken++;
  let heard = 0;
  while (manager.heard() !== null) heard++;
  assertEquals(heard > 0 && heard < 5000, true, `${heard} of 5000`);
  assertEquals(heard, taken);
  socket.close();
});

Deno.test("a supervised sampler is ready when it serves and not before, alive while both threads are, and ends", async () => {
  using manager = new ManagerSocket("abstract");
  // Longer between ticks than a manager waits: being alive depends on no tick.
  const sampler = await startSampler({
    intervalMs: 60_000,
    ...HOST,
    notifySocket: manager.address,
  });
  await sampler.wait(1, AbortSignal.timeout(20_000));
  assertEquals(manager.heard(), null);
  sampler.serving();
  assertEquals(await manager.next(), "READY=1\nWATCHDOG=1");
  assertEquals(await manager.next(), "WATCHDOG=1");
  assertEquals(sampler.feed.sequence() <= 2, true);
  await sampler.stop();
  // Another beat may have come in between.
  let last = await manager.next();
  while (last === "WATCHDOG=1") last = await manager.next();
  assertEquals(last, "STOPPING=1");
});

Deno.test("a supervised sampler whose manager is not there ends with that reason", async () => {
  const sampler = await startSampler({
    intervalMs: 1000,
    ...HOST,
    notifySocket: "/nowhere/notify",
  });
  sampler.serving();
  assertEquals(
    await sampler.ended,
    'Cannot notify "/nowhere/notify": ENOENT, no such file, directory or event',
  );
  await assertRejects(
    () => startSampler({ intervalMs: 1000, ...HOST, notifySocket: "nowhere" }),
    Error,
    'Cannot notify "nowhere"',
  );
});

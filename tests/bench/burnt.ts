/**
 * A process whose child burns CPU and ends, as `ProcessTree` sees it and as `/proc` does. Prints both, and
 * how many of its processes are left once it was stopped.
 *
 * @module
 */
import { ProcessTree } from "./process_tree.ts";

const burn = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done";
const child = new Deno.Command("/bin/sh", {
  args: ["-c", `sh -c '${burn}'; echo done; sleep 1000 & wait`],
  stdout: "piped",
  detached: true,
}).spawn();
const tree = new ProcessTree(child.pid);
const reader = child.stdout.getReader();
await reader.read();
const cpuMs = tree.cpuMs();
const own = Deno.readTextFileSync(`/proc/${child.pid}/stat`).split(" ");
const ticks = own.slice(13, 17).map(Number).reduce((sum, field) => sum + field);
while (tree.pids().length < 2) await new Promise((resolve) => setTimeout(resolve, 1));
await tree.stop(child);
await reader.cancel();
while (tree.pids().length > 0) await new Promise((resolve) => setTimeout(resolve, 1));
console.log(JSON.stringify({ cpuMs, ticks, left: tree.pids().length }));

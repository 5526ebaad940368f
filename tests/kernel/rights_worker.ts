/** Tells which rights a worker has. @module */
const NAMES = ["ffi", "env", "import", "net", "read", "run", "sys", "write"] as const;

const granted: string[] = [];
for (const name of NAMES) {
  if ((await Deno.permissions.query({ name })).state === "granted") granted.push(name);
}
self.postMessage(granted);

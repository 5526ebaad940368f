/**
 * Threads that may connect to one host and can do nothing else: the one that hears the network gives back
 * its right to reach other hosts.
 *
 * @module
 */

/** With the port, as a right names it: `prometheus.example:443`. */
export function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? 443 : 80)}`;
}

/** Whether this thread has the right that it hands on. */
export async function mayConnect(url: string): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "net", host: hostOf(url) });
  return state === "granted";
}

/** `module`: what runs in it. `url`: where it may connect. */
export function confinedWorker(module: URL, name: string, url: string): Worker {
  return new Worker(module.href, {
    type: "module",
    name,
    deno: {
      permissions: {
        net: [hostOf(url)],
        env: false,
        ffi: false,
        import: false,
        read: false,
        run: false,
        sys: false,
        write: false,
      },
    },
  });
}

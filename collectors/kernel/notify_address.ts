/** Where a service manager listens, as it is written in its variable (sd_notify(3)). @module */

/** Of `sun_path` without the zero byte that ends it (unix(7)). */
const ADDRESS_BYTES_MOST = 107;

/** Whether it is a path, or a name in the abstract namespace, that fits the address of a socket. */
export function isNotifyAddress(text: string): boolean {
  const { length } = new TextEncoder().encode(text);
  return /^[/@][^\0]+$/.test(text) && length <= ADDRESS_BYTES_MOST;
}

/** Where the service listens: an IP address and a port, as `--listen` names them. @module */
export interface Address {
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
}

const EVERYWHERE = "0.0.0.0";
export const PORT_MOST = 65_535;

/**
 * `127.0.0.1:7878`, `[::1]:7878`, `localhost:7878`, or `:7878` for every interface. Undefined for
 * anything else: a name would be resolved again at each start, perhaps to another interface.
 */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  if (port > PORT_MOST) return undefined;
  const [, six, four] = match;
  if (six !== undefined) return isIpv6(six) ? { hostname: six, port } : undefined;
  if (four === "") return { hostname: EVERYWHERE, port };
  if (four === "localhost") return { hostname: "127.0.0.1", port };
  return isIpv4(four!) ? { hostname: four!, port } : undefined;
}

/** As it stands in a URL: `[::1]:7878`. */
export function printAddress(address: Address): string {
  return `${printHostname(address.hostname)}:${address.port}`;
}

export function printHostname(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

/** Only processes of this host can connect. */
export function isLoopback(hostname: string): boolean {
  return hostname === "::1" || (isIpv4(hostname) && hostname.startsWith("127."));
}

/** Every interface of the host, whatever their addresses are. */
export function isEverywhere(hostname: string): boolean {
  return hostname === EVERYWHERE || hostname === "::";
}

// Not from node:net, which would bring sockets and streams of its own into memory.

/** Four numbers of 0 to 255, without leading zeros. */
export function isIpv4(text: string): boolean {
  return /^(\d{1,3}\.){3}\d{1,3}$/.test(text) &&
    text.split(".").every((part) => String(Number(part)) === part && Number(part) <= 255);
}

/** Without brackets and zone. */
export function isIpv6(text: string): boolean {
  return /^[\da-f:.]+$/i.test(text) && text.includes(":") && URL.canParse(`http://[${text}]/`);
}

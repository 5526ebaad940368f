/**
 * The datagram socket on which a service manager hears that its service is ready and alive
 * (sd_notify(3)): a path, or a name in the abstract namespace, which is written with a leading `@`.
 *
 * @module
 */
import { ERRNO, SystemError } from "./errno.ts";
import { type Libc, openLibc } from "./ffi.ts";
import { isNotifyAddress } from "./notify_address.ts";

// include/linux/socket.h, include/linux/net.h: the same on x86-64 and arm64.
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
/** A manager that does not read must not stop the sampling. */
const SOCK_NONBLOCK = 0o4000;
const MSG_NOSIGNAL = 0x4000;

export class NotifySocket {
  readonly #libc: Libc;
  readonly #address: string;
  readonly #sockaddr: Uint8Array<ArrayBuffer>;
  readonly #encoder = new TextEncoder();
  #fd: number;

  /** Throws `SystemError` where there is no socket to be had. */
  constructor(address: string, libc: Libc = openLibc()) {
    if (!isNotifyAddress(address)) throw new RangeError(`Cannot notify ${JSON.stringify(address)}`);
    this.#libc = libc;
    this.#address = address;
    this.#sockaddr = sockaddrOf(address);
    this.#fd = libc.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (this.#fd < 0) throw new SystemError("open a socket to notify", libc.errno());
  }

  /** One datagram, `READY=1` for one. False where the manager's queue is full. Throws `SystemError`. */
  send(text: string): boolean {
    const { symbols, errno } = this.#libc;
    const bytes = this.#encoder.encode(text);
    const { length } = this.#sockaddr;
    const sent = symbols.sendto(
      this.#fd,
      bytes,
      bytes.length,
      MSG_NOSIGNAL,
      this.#sockaddr,
      length,
    );
    if (sent >= 0) return true;
    const cause = errno();
    if (cause === ERRNO.EAGAIN) return false;
    throw new SystemError(`notify "${this.#address}"`, cause);
  }

  close(): void {
    if (this.#fd >= 0) this.#libc.symbols.close(this.#fd);
    this.#fd = -1;
  }
}

/**
 * `struct sockaddr_un`: u16 sun_family, then the path with a zero byte after it, or a zero byte with the
 * name after it, which ends where the length says.
 */
function sockaddrOf(address: string): Uint8Array<ArrayBuffer> {
  const name = new TextEncoder().encode(address);
  const abstract = address.startsWith("@");
  const sockaddr = new Uint8Array(2 + name.length + (abstract ? 0 : 1));
  new DataView(sockaddr.buffer).setUint16(0, AF_UNIX, true);
  sockaddr.set(name, 2);
  if (abstract) sockaddr[2] = 0;
  return sockaddr;
}

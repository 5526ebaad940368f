/** A real datagram socket on which a test hears what a service manager would. @module */

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;

const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  getpid: { parameters: [], result: "i32" },
} as const;

export class ManagerSocket implements Disposable {
  readonly address: string;
  readonly #libc = Deno.dlopen("libc.so.6", SYMBOLS);
  readonly #fd: number;

  /** In the abstract namespace, or as a file of `/tmp`. */
  constructor(kind: "abstract" | "file") {
    const { symbols } = this.#libc;
    const name = `ringside-test-${symbols.getpid()}-${crypto.randomUUID().slice(0, 8)}`;
    this.address = kind === "file" ? `/tmp/${name}` : `@${name}`;
    const bytes = new TextEncoder().encode(this.address);
    const sockaddr = new Uint8Array(2 + bytes.length + (kind === "file" ? 1 : 0));
    sockaddr[0] = AF_UNIX;
    sockaddr.set(bytes, 2);
    if (kind === "abstract") sockaddr[2] = 0;
    this.#fd = symbols.socket(AF_UNIX, SOCK_DGRAM, 0);
    if (symbols.bind(this.#fd, sockaddr, sockaddr.length) < 0) {
      throw new Error(`Cannot bind ${this.address}`);
    }
  }

  /** What is there now; null for nothing. */
  heard(): string | null {
    const bytes = new Uint8Array(512);
    const length = this.#libc.symbols.recv(this.#fd, bytes, BigInt(bytes.length), MSG_DONTWAIT);
    return length < 0 ? null : new TextDecoder().decode(bytes.subarray(0, length));
  }

  /** The next message; the test's own end is the only limit. */
  async next(): Promise<string> {
    for (;;) {
      const heard = this.heard();
      if (heard !== null) return heard;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  [Symbol.dispose](): void {
    this.#libc.symbols.close(this.#fd);
    if (this.address.startsWith("/")) {
      this.#libc.symbols.unlink(new TextEncoder().encode(`${this.address}\0`));
    }
    this.#libc.close();
  }
}

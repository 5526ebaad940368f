/**
 * Where a read puts its bytes: `struct iovec` for `preadv(2)`.
 *
 *     offset  0  void  *iov_base   a 64-bit address
 *     offset  8  size_t iov_len
 *
 * An address held as a JavaScript number is past 2^31, so it is a heap number: 16 bytes of garbage at
 * each call that is handed one. Here it is kept as four 16-bit words, and an offset is added word by
 * word, all of it in small integers.
 *
 * @module
 */

export class Iovec {
  /** What `preadv` is handed. */
  readonly struct = new Uint16Array(new ArrayBuffer(16));
  readonly #addresses = new WeakMap<Uint8Array, Uint16Array>();

  /** Points at `bytes` from `offset` on. Allocates the first time that it meets these bytes. */
  point(bytes: Uint8Array<ArrayBuffer>, offset: number): void {
    let address = this.#addresses.get(bytes);
    if (address === undefined) {
      address = addressOf(bytes);
      this.#addresses.set(bytes, address);
    }
    const struct = this.struct;
    let sum = address[0]! + (offset & 0xffff);
    struct[0] = sum & 0xffff;
    sum = address[1]! + (offset >>> 16) + (sum >>> 16);
    struct[1] = sum & 0xffff;
    sum = address[2]! + (sum >>> 16);
    struct[2] = sum & 0xffff;
    struct[3] = address[3]! + (sum >>> 16);
    const length = bytes.byteLength - offset;
    struct[4] = length & 0xffff;
    struct[5] = length >>> 16;
  }
}

function addressOf(bytes: Uint8Array<ArrayBuffer>): Uint16Array {
  // Asking for `.buffer` moves small arrays out of the garbage collector's heap, where they would move.
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes.buffer)) +
    BigInt(bytes.byteOffset);
  const words = new Uint16Array(4);
  new DataView(words.buffer).setBigUint64(0, address, true);
  return words;
}

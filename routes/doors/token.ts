/**
 * The token that opens the service. What is kept of it is a MAC under a key of this run: comparing
 * MACs takes the same time whatever was given, and tells neither bytes nor length of the token.
 *
 * @module
 */

/**
 * Guesses are limited to some ten a minute from an address, but addresses are cheap. 16 random
 * characters of hexadecimal are 64 bits, which no number of addresses guesses through a listener.
 */
export const TOKEN_LENGTH_LEAST = 16;
/** Far below what a header or a form may hold. */
export const TOKEN_LENGTH_MOST = 512;
/** Of SHA-256's blocks: a longer one is hashed first (RFC 2104). */
const KEY_BYTES = 64;

/** A token cannot be used; the message ends a sentence: `found ..., needs ...`. It holds no part of the token. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

const encoder = new TextEncoder();

export class Token {
  readonly #key: CryptoKey;
  readonly #mac: ArrayBuffer;

  private constructor(key: CryptoKey, mac: ArrayBuffer) {
    this.#key = key;
    this.#mac = mac;
  }

  /** Throws `TokenError`. Blanks around it go: a file ends with a line feed. */
  static async of(text: string): Promise<Token> {
    const token = text.trim();
    check(token);
    const algorithm = { name: "HMAC", hash: "SHA-256" } as const;
    const secret = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    const key = await crypto.subtle.importKey("raw", secret, algorithm, false, ["sign", "verify"]);
    return new Token(key, await crypto.subtle.sign("HMAC", key, encoder.encode(token)));
  }

  /** Whether somebody gave the token. */
  async is(given: string): Promise<boolean> {
    if (given.length > TOKEN_LENGTH_MOST) return false;
    return await crypto.subtle.verify("HMAC", this.#key, this.#mac, encoder.encode(given));
  }
}

function check(token: string): void {
  const needed = `needs ${TOKEN_LENGTH_LEAST} to ${TOKEN_LENGTH_MOST} characters that cannot be ` +
    "guessed, such as openssl rand -hex 16 prints";
  if (token === "") throw new TokenError(`it is empty, ${needed}`);
  if (!/^[!-~]+$/.test(token)) {
    throw new TokenError(
      `it holds blanks, several lines or characters beyond ASCII, which an Authorization header ` +
        `cannot carry, ${needed}`,
    );
  }
  const { length } = token;
  if (length < TOKEN_LENGTH_LEAST || length > TOKEN_LENGTH_MOST) {
    throw new TokenError(`it has ${length} characters, ${needed}`);
  }
}

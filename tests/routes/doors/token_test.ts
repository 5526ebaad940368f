import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Token,
  TOKEN_LENGTH_LEAST,
  TOKEN_LENGTH_MOST,
  TokenError,
} from "../../../routes/doors/token.ts";

const TEXT = "0123456789abcdef0123456789abcdef";

Deno.test("Token is itself and nothing else, however near", async () => {
  const token = await Token.of(`${TEXT}\n`);
  assert(await token.is(TEXT));
  const others = [
    "",
    TEXT.slice(1),
    TEXT.slice(0, -1),
    `${TEXT}0`,
    `${TEXT}\n`,
    TEXT.toUpperCase(),
    `${TEXT.slice(0, -1)}e`,
    "x".repeat(1 << 20),
  ];
  for (const other of others) assertEquals(await token.is(other), false, other.slice(0, 40));
});

Deno.test("Token tells nothing of itself", async () => {
  const token = await Token.of(TEXT);
  assertEquals(JSON.stringify(token), "{}");
  assert(!Deno.inspect(token, { depth: 9, showHidden: true }).includes(TEXT));
});

Deno.test("Token takes what a header can carry and nobody guesses, and says what it needs", async () => {
  const needed =
    "needs 16 to 512 characters that cannot be guessed, such as openssl rand -hex 16 prints";
  const cases: readonly [string, string][] = [
    ["", `it is empty, ${needed}`],
    [" \n", `it is empty, ${needed}`],
    ["a".repeat(TOKEN_LENGTH_LEAST - 1), `it has 15 characters, ${needed}`],
    ["a".repeat(TOKEN_LENGTH_MOST + 1), `it has 513 characters, ${needed}`],
  ];
  for (const [text, message] of cases) {
    assertEquals((await assertRejects(() => Token.of(text), TokenError)).message, message);
  }
  for (const text of [`${TEXT}\n${TEXT}`, `${TEXT} b`, `${TEXT}é`, `\u0000${TEXT}`]) {
    const { message } = await assertRejects(() => Token.of(text), TokenError);
    assertEquals(
      message,
      "it holds blanks, several lines or characters beyond ASCII, which an Authorization header " +
        `cannot carry, ${needed}`,
    );
  }
  for (const length of [TOKEN_LENGTH_LEAST, TOKEN_LENGTH_MOST]) {
    assert(await (await Token.of("~".repeat(length))).is("~".repeat(length)));
  }
});

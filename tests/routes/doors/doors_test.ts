import { assert, assertEquals, assertRejects } from "@std/assert";
import type { HandedFile } from "../../../collectors/mod.ts";
import { doorNote, openDoors, tlsCause } from "../../../routes/doors/doors.ts";
import type { DoorOptions } from "../../../routes/doors/options.ts";
import { OptionError } from "../../../routes/options.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const FILE: DoorOptions = { token: { from: "file", given: { by: "--token-file", value: "/t" } } };
const TLS: DoorOptions = {
  tls: { cert: { by: "--tls-cert", value: "/c" }, key: { by: "RINGSIDE_TLS_KEY", value: "/k" } },
};
const PRIVATE = { text: `${SECRET}\n`, othersMayRead: false };

/** Files by their paths; the error is what reading any other one comes to. */
function files(
  held: Readonly<Record<string, { text: string; othersMayRead: boolean }>>,
): (paths: readonly string[]) => Promise<HandedFile[]> {
  return (paths) => Promise.resolve(paths.map((path) => ({ path, ...held[path]! })));
}

async function refused(
  options: DoorOptions,
  readFiles: (paths: readonly string[]) => Promise<readonly HandedFile[]>,
): Promise<string> {
  const { message } = await assertRejects(() => openDoors(options, readFiles), OptionError);
  assert(!message.includes(SECRET) && !message.includes("\n"), message);
  return message;
}

Deno.test("openDoors reads nothing where nothing is wanted", async () => {
  const never = (): Promise<never> => Promise.reject(new Error("read"));
  assertEquals(await openDoors({}, never), {});
  const given = { by: "--token", value: SECRET };
  const { token } = await openDoors({ token: { from: "token", given } }, never);
  assert(await token!.is(SECRET));
});

Deno.test("openDoors takes the token and the pair out of their files", async () => {
  const held = files({
    "/t": PRIVATE,
    "/c": { text: "a certificate", othersMayRead: true },
    "/k": { text: "a key", othersMayRead: false },
  });
  const doors = await openDoors({ ...FILE, ...TLS }, held);
  assert(await doors.token!.is(SECRET));
  assertEquals(doors.tls, { cert: "a certificate", key: "a key" });
  assertEquals(await openDoors(TLS, held), { tls: { cert: "a certificate", key: "a key" } });
});

Deno.test("openDoors refuses a secret that everybody may read, but for what a container is given", async () => {
  const open = { text: SECRET, othersMayRead: true };
  assertEquals(
    await refused(FILE, files({ "/t": open })),
    'Cannot use --token-file "/t": every user of this machine may read it, needs a file that only ' +
      "the service reads, by chmod o-rwx /t",
  );
  assertEquals(
    await refused(TLS, files({ "/c": open, "/k": open })),
    'Cannot use RINGSIDE_TLS_KEY "/k": every user of this machine may read it, needs a file that ' +
      "only the service reads, by chmod o-rwx /k",
  );
  // What is to be pasted touches that file and no other: here it would be /etc.
  const spaced: DoorOptions = {
    token: { from: "file", given: { by: "--token-file", value: "/etc /my token" } },
  };
  assert((await refused(spaced, files({ "/etc /my token": open }))).endsWith(
    ", by chmod o-rwx '/etc /my token'",
  ));
  const value = "/run/secrets/ringside_token";
  const secret: DoorOptions = { token: { from: "file", given: { by: "--token-file", value } } };
  assert(await (await openDoors(secret, files({ [value]: open }))).token!.is(SECRET));
});

Deno.test("openDoors says what is wrong with a token, where it stood, and nothing of it", async () => {
  const needed =
    "needs 16 to 512 characters that cannot be guessed, such as openssl rand -hex 16 prints";
  assertEquals(
    await refused(FILE, files({ "/t": { text: "\n", othersMayRead: false } })),
    `Cannot use the token of --token-file "/t": it is empty, ${needed}`,
  );
  const given = { by: "RINGSIDE_TOKEN", value: SECRET.slice(0, 15) };
  assertEquals(
    await refused({ token: { from: "token", given } }, files({})),
    `Cannot use the token of RINGSIDE_TOKEN: it has 15 characters, ${needed}`,
  );
});

Deno.test("openDoors names the flag of a file that cannot be read", async () => {
  const denied = 'Cannot open "/k": EACCES, permission denied';
  assertEquals(
    await refused({ ...FILE, ...TLS }, () => Promise.reject(new Error(denied))),
    'Cannot use RINGSIDE_TLS_KEY: cannot open "/k": EACCES, permission denied',
  );
  const musl = 'Cannot open "libc.so.6": not found, needs glibc 2.17 or later, not musl';
  assertEquals(await refused(FILE, () => Promise.reject(new Error(musl))), musl);
});

Deno.test("doorNote says who can read the page, and what is weak about it", () => {
  const by = (by: string): DoorOptions => ({
    token: { from: "token", given: { by, value: SECRET } },
  });
  const cases: readonly [DoorOptions, string, string][] = [
    [{}, "127.0.0.1", "no login: every user of this host can read the page"],
    [TLS, "0.0.0.0", "no login: everybody who reaches this address can read the page"],
    [FILE, "::1", "login by the token of --token-file"],
    [
      FILE,
      "192.0.2.1",
      "login by the token of --token-file, which goes through the network unencrypted",
    ],
    [{ ...by("RINGSIDE_TOKEN"), ...TLS }, "0.0.0.0", "login by the token of RINGSIDE_TOKEN"],
    [
      by("--token"),
      "127.0.0.1",
      "login by the token of --token, which every user of this host can see in ps: --token-file " +
      "keeps it",
    ],
  ];
  for (const [options, hostname, note] of cases) assertEquals(doorNote(options, hostname), note);
});

Deno.test("tlsCause knows no other errors", () => {
  assertEquals(tlsCause(new Error("Address already in use")), undefined);
  assertEquals(tlsCause("KeyMismatch")?.includes("does not belong"), true);
});

/**
 * What stands between the service and its readers, from options: the token and the files of TLS. They
 * are read once, at the start; a new token or certificate takes a new start.
 *
 * @module
 */
import type { HandedFile } from "../../collectors/mod.ts";
import { shellWord } from "../../collectors/pmu/perf_command.ts";
import { isLoopback } from "../address.ts";
import { OptionError } from "../options.ts";
import { quote } from "../refusal.ts";
import type { DoorOptions, Given } from "./options.ts";
import { Token, TokenError } from "./token.ts";

/** As `Deno.serve` takes it. */
export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Doors {
  readonly token?: Token;
  readonly tls?: TlsFiles;
}

/** Reads files, in the order of their paths. */
export type ReadFiles = (paths: readonly string[]) => Promise<readonly HandedFile[]>;

/**
 * Docker and Podman put secrets there, for all users of a container that has, as a rule, one; a mode
 * of one's own is not to be had for them everywhere.
 */
const SECRETS = "/run/secrets/";

/** Throws `OptionError` where something cannot be used. Nothing of a file's content is ever told. */
export async function openDoors(options: DoorOptions, readFiles: ReadFiles): Promise<Doors> {
  const { token, tls } = options;
  const wanted: Given[] = [];
  if (token?.from === "file") wanted.push(token.given);
  if (tls !== undefined) wanted.push(tls.cert, tls.key);
  const files = await readGiven(wanted, readFiles);
  const [secret] = token?.from === "file" ? files.splice(0, 1) : [];
  const [cert, key] = files;
  if (secret !== undefined) checkSecret(token!.given, secret);
  if (key !== undefined) checkSecret(tls!.key, key);
  return {
    ...(token === undefined ? {} : { token: await tokenOf(token.given, secret) }),
    ...(cert === undefined || key === undefined ? {} : { tls: { cert: cert.text, key: key.text } }),
  };
}

/** The files that options name. Throws `OptionError` where one cannot be read. */
export async function readGiven(
  wanted: readonly Given[],
  readFiles: ReadFiles,
): Promise<HandedFile[]> {
  if (wanted.length === 0) return [];
  try {
    return [...await readFiles(wanted.map(({ value }) => value))];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const by = wanted.find(({ value }) => found.includes(`"${value}"`))?.by;
    throw new OptionError(by === undefined ? found : `Cannot use ${by}: ${lowered(found)}`);
  }
}

/** A sentence that goes on another one. */
function lowered(sentence: string): string {
  return sentence.replace(/^Cannot/, "cannot");
}

/** Throws `OptionError` where every user of the machine may read it. */
export function checkSecret({ by, value }: Given, { othersMayRead }: HandedFile): void {
  if (!othersMayRead || value.startsWith(SECRETS)) return;
  throw new OptionError(
    `Cannot use ${by} ${quote(value)}: every user of this machine may read it, needs a file that ` +
      `only the service reads, by chmod o-rwx ${shellWord(value)}`,
  );
}

async function tokenOf({ by, value }: Given, file: HandedFile | undefined): Promise<Token> {
  try {
    return await Token.of(file?.text ?? value);
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    const where = file === undefined ? "" : ` ${quote(value)}`;
    throw new OptionError(`Cannot use the token of ${by}${where}: ${error.message}`);
  }
}

/** Who can read the page, for the line of the start. */
export function doorNote({ token, tls }: DoorOptions, hostname: string): string {
  const local = isLoopback(hostname);
  if (token === undefined) {
    return local
      ? "no login: every user of this host can read the page"
      : "no login: everybody who reaches this address can read the page";
  }
  const open = local || tls !== undefined ? "" : ", which goes through the network unencrypted";
  const seen = token.given.by === "--token"
    ? ", which every user of this host can see in ps: --token-file keeps it"
    : "";
  return `login by the token of ${token.given.by}${open}${seen}`;
}

/** What is wrong with the files of TLS, by what the listener said of them; undefined for another error. */
export function tlsCause(error: unknown): string | undefined {
  const found = error instanceof Error ? error.message : String(error);
  return CAUSES.find(([said]) => said.test(found))?.[1];
}

/** What Deno says (ext/tls, rustls), and what it means. */
const CAUSES: readonly (readonly [RegExp, string])[] = [
  [
    /No certificates found/,
    "the file of --tls-cert holds no certificate, needs one in PEM, which begins with " +
    "-----BEGIN CERTIFICATE-----",
  ],
  [
    /No keys found/,
    "the file of --tls-key holds no key, needs one in PEM without a passphrase, which begins with " +
    "-----BEGIN PRIVATE KEY-----",
  ],
  [
    /KeyMismatch|keys may not be consistent/,
    "the key of --tls-key does not belong to the certificate of --tls-cert, needs a pair",
  ],
  [
    /Unable to decode certificate|invalid peer certificate/,
    "the certificate of --tls-cert is damaged, needs a whole one in PEM",
  ],
  [
    /parse private key/,
    "the key of --tls-key cannot be used, needs RSA of 2048 bits or more, ECDSA or Ed25519",
  ],
];

/** Who may read, and by which doors, as flags and variables say it: the token and the files of TLS. @module */

/** A value and the name under which a person gave it, for messages. */
export interface Given {
  readonly by: string;
  readonly value: string;
}

export interface DoorOptions {
  /** `token`: itself; `file`: where it stands. */
  readonly token?: { readonly from: "token" | "file"; readonly given: Given };
  readonly tls?: { readonly cert: Given; readonly key: Given };
}

export const DOOR_FLAGS = {
  "token": { type: "string" },
  "token-file": { type: "string" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
} as const;

export type DoorFlag = keyof typeof DOOR_FLAGS;

export interface DoorSources {
  readonly flag: (name: DoorFlag) => Given | undefined;
  readonly variable: (name: DoorFlag) => Given | undefined;
  /** Makes the error of what is wrong, by its message. */
  readonly error: (message: string) => Error;
}

/** A flag wins over a variable, whichever of the two ways to give a token it is. */
export function doorOptions(sources: DoorSources): DoorOptions {
  const { flag, variable } = sources;
  const token = tokenBy(flag, sources) ?? tokenBy(variable, sources);
  const cert = fileBy("tls-cert", sources);
  const key = fileBy("tls-key", sources);
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert === undefined ? [key!, "--tls-cert"] : [cert, "--tls-key"];
    throw sources.error(`Cannot use ${there.by} alone: TLS needs ${missing} with it`);
  }
  return {
    ...(token === undefined ? {} : { token }),
    ...(cert === undefined || key === undefined ? {} : { tls: { cert, key } }),
  };
}

function tokenBy(
  lookUp: DoorSources["flag"],
  { error }: DoorSources,
): DoorOptions["token"] {
  const token = lookUp("token");
  const file = lookUp("token-file");
  if (token !== undefined && file !== undefined) {
    throw error(`Cannot use ${token.by} and ${file.by} together: needs one of them`);
  }
  if (token !== undefined) return { from: "token", given: token };
  return file === undefined ? undefined : { from: "file", given: absolute(file, error) };
}

function fileBy(name: DoorFlag, { flag, variable, error }: DoorSources): Given | undefined {
  const given = flag(name) ?? variable(name);
  return given === undefined ? undefined : absolute(given, error);
}

/** A task runs in its project's folder, wherever the person who starts it is. */
function absolute(given: Given, error: DoorSources["error"]): Given {
  if (given.value.startsWith("/")) return given;
  throw error(
    `Cannot use ${given.by} ${JSON.stringify(given.value)}: needs an absolute path, such as ` +
      "/etc/ringside/file",
  );
}

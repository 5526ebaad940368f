/** Where a fleet is asked for, as flags and variables say it: the engine and the headers it wants. @module */
import type { Given } from "../doors/options.ts";
import { quoteUrl } from "../refusal.ts";
import { isSendable } from "../sent_header.ts";

export interface FleetOptions {
  /** Without a last slash: `https://prometheus.example/base`. */
  readonly url: string;
  /** `NAME: VALUE` each, and who gave it. */
  readonly headers: readonly Header[];
  readonly headerFile?: Given;
}

export interface Header {
  readonly name: string;
  readonly value: string;
}

export const FLEET_FLAGS = {
  "prometheus-url": { type: "string" },
  "prometheus-header": { type: "string", multiple: true },
  "prometheus-header-file": { type: "string" },
} as const;

export interface FleetSources {
  readonly url: Given | undefined;
  readonly headers: readonly Given[];
  readonly headerFile: Given | undefined;
  /** Makes the error of what is wrong, by its message. */
  readonly error: (message: string) => Error;
}

const HEADERS_MOST = 16;

/** Undefined where no engine is named. Nothing of a header's value is ever told. */
export function fleetOptions(sources: FleetSources): FleetOptions | undefined {
  const { url, headers, headerFile, error } = sources;
  if (url === undefined) {
    const lone = headers[0] ?? headerFile;
    if (lone === undefined) return undefined;
    throw error(`Cannot use ${lone.by} alone: it is for an engine, needs --prometheus-url with it`);
  }
  if (headerFile !== undefined && !headerFile.value.startsWith("/")) {
    throw error(
      `Cannot use ${headerFile.by} ${JSON.stringify(headerFile.value)}: needs an absolute path, ` +
        "such as /etc/ringside/prometheus-headers",
    );
  }
  return {
    url: engineUrl(url, error),
    headers: headers.map(({ by, value }) => parseHeader(value, by, error)),
    ...(headerFile === undefined ? {} : { headerFile }),
  };
}

function engineUrl({ by, value }: Given, error: FleetSources["error"]): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const needs = "needs an address such as http://127.0.0.1:9090";
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw error(
      `Cannot use ${by}${quoteUrl(value)}: it is no URL of http or https, ${needs}`,
    );
  }
  // A secret in it would be shown, in messages and links.
  if (url.username !== "" || url.password !== "") {
    throw error(
      `Cannot use ${by}: there is a user or a password in it, needs --prometheus-header-file with ` +
        `an Authorization header instead`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw error(`Cannot use ${by}: there is a query or a fragment in it, ${needs}`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

function parseHeader(line: string, by: string, error: FleetSources["error"]): Header {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  if (colon < 0 || !isSendable(name, value)) {
    throw error(
      `Cannot use a header of ${by}: needs NAME:VALUE, such as X-Scope-OrgID:fleet, and none of the ` +
        `connection's own`,
    );
  }
  return { name, value };
}

/** The headers of a file, a line each; empty lines and those that begin with # are none. */
export function parseHeaderFile(
  text: string,
  { by }: Given,
  error: FleetSources["error"],
): readonly Header[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length === 0 || lines.length > HEADERS_MOST) {
    throw error(
      `Cannot use the headers of ${by}: it has ${lines.length}, needs 1 to ${HEADERS_MOST} lines of ` +
        `NAME: VALUE`,
    );
  }
  return lines.map((line) => parseHeader(line, by, error));
}

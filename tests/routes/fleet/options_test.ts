import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseHeaderFile } from "../../../routes/fleet/options.ts";
import { OptionError, parseOptions } from "../../../routes/options.ts";

const SECRET = "s3cr3t-0123456789";
const URL_FLAG = ["--prometheus-url", "http://127.0.0.1:9090"];

function fleetOf(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): unknown {
  const command = parseOptions(args, (name) => variables[name.replace("RINGSIDE_", "")]);
  return command.name === "serve" ? command.fleet : undefined;
}

Deno.test("an engine and its headers come from flags or variables", () => {
  assertEquals(fleetOf([]), undefined);
  assertEquals(fleetOf(URL_FLAG), { url: "http://127.0.0.1:9090", headers: [] });
  assertEquals(fleetOf([], { PROMETHEUS_URL: "https://m.example/prometheus/" }), {
    url: "https://m.example/prometheus",
    headers: [],
  });
  assertEquals(
    fleetOf([...URL_FLAG, "--prometheus-header", "X-Scope-OrgID: a:b", "--prometheus-header=Y:2"]),
    {
      url: "http://127.0.0.1:9090",
      headers: [{ name: "X-Scope-OrgID", value: "a:b" }, { name: "Y", value: "2" }],
    },
  );
  assertEquals(
    fleetOf(URL_FLAG, { PROMETHEUS_HEADER: "A: 1\n\nB: 2, 3", PROMETHEUS_HEADER_FILE: "/f" }),
    {
      url: "http://127.0.0.1:9090",
      headers: [{ name: "A", value: "1" }, { name: "B", value: "2, 3" }],
      headerFile: { by: "RINGSIDE_PROMETHEUS_HEADER_FILE", value: "/f" },
    },
  );
});

const REFUSED: readonly (readonly [readonly string[], string])[] = [
  [["--prometheus-url", "file:///etc/passwd"], "it is no URL of http or https"],
  [["--prometheus-url", "prometheus:9090"], "it is no URL of http or https"],
  [["--prometheus-url", `admin:${SECRET}@prom:9090`], "it is no URL of http or https"],
  [["--prometheus-url", `ftp://p?key=${SECRET}`], "it is no URL of http or https"],
  [[...URL_FLAG, "--prometheus-header", `Content-Encoding: ${SECRET}`], "needs NAME:VALUE"],
  [["--prometheus-url", `http://me:${SECRET}@p/`], "there is a user or a password in it"],
  [["--prometheus-url", `http://p/?token=${SECRET}`], "there is a query or a fragment in it"],
  [["--prometheus-header", `A:${SECRET}`], "needs --prometheus-url with it"],
  [[...URL_FLAG, "--prometheus-header", SECRET], "needs NAME:VALUE"],
  [[...URL_FLAG, "--prometheus-header", `A: ${SECRET}\r\nB: x`], "needs NAME:VALUE"],
  [[...URL_FLAG, "--prometheus-header", `Host: ${SECRET}`], "needs NAME:VALUE"],
  [[...URL_FLAG, "--prometheus-header", `: ${SECRET}`], "needs NAME:VALUE"],
  [[...URL_FLAG, "--prometheus-header-file", "headers"], "needs an absolute path"],
];

Deno.test("what cannot be used is refused in a line that tells no secret", () => {
  for (const [args, message] of REFUSED) {
    const error = assertThrows(() => fleetOf(args), OptionError);
    assert(error.message.includes(message), error.message);
    assert(!error.message.includes(SECRET) && !error.message.includes("\n"), error.message);
  }
});

Deno.test("a file has a header a line", () => {
  const given = { by: "--prometheus-header-file", value: "/f" };
  const error = (message: string): Error => new OptionError(message);
  assertEquals(
    parseHeaderFile("# of the fleet\r\nAuthorization: Bearer x\n\nB: 2\n", given, error),
    [
      { name: "Authorization", value: "Bearer x" },
      { name: "B", value: "2" },
    ],
  );
  for (const text of ["", "# none\n", SECRET, "A: 1\n".repeat(17)]) {
    const { message } = assertThrows(() => parseHeaderFile(text, given, error), OptionError);
    assert(!message.includes(SECRET), message);
  }
});

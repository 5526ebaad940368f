import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import type { DoorOptions } from "../../routes/doors/options.ts";
import { FLAGS } from "../../routes/flags.ts";
import { asGiven, OptionError, parseOptions } from "../../routes/options.ts";

const SAMPLING = { intervalMs: 1000, procfs: "/proc", sysfs: "/sys" };
const SERVE = { address: { hostname: "127.0.0.1", port: 7878 }, allowedHosts: [], doors: {} };

/** `arguments` as a shell would split them, variables, and what of the defaults they change. */
type Accepted = readonly [string, Readonly<Record<string, string>>, object];

const ACCEPTED: readonly Accepted[] = [
  ["", {}, {}],
  ["--listen [::1]:80", {}, { address: { hostname: "::1", port: 80 } }],
  ["--listen=127.0.0.1:0", {}, { address: { hostname: "127.0.0.1", port: 0 } }],
  ["--listen :80 --insecure-no-auth", {}, { address: { hostname: "0.0.0.0", port: 80 } }],
  ["", { LISTEN: "127.0.0.1:81" }, { address: { hostname: "127.0.0.1", port: 81 } }],
  ["--listen [::1]:82", { LISTEN: "wrong" }, { address: { hostname: "::1", port: 82 } }],
  ["", { LISTEN: "" }, {}],
  [
    "",
    { LISTEN: "192.0.2.1:80", INSECURE_NO_AUTH: "1" },
    { address: { hostname: "192.0.2.1", port: 80 } },
  ],
  ["", { INSECURE_NO_AUTH: "false" }, {}],
  ["--interval 10ms", {}, { intervalMs: 10 }],
  ["--interval 60s", {}, { intervalMs: 60_000 }],
  ["--interval 1.5s", {}, { intervalMs: 1500 }],
  ["", { INTERVAL: "250ms" }, { intervalMs: 250 }],
  ["--procfs /host/proc --sysfs /host/sys", {}, { procfs: "/host/proc", sysfs: "/host/sys" }],
  ["", { PROCFS: "/p", SYSFS: "/s" }, { procfs: "/p", sysfs: "/s" }],
  ["--allow-host db-07 --allow-host a.example", {}, { allowedHosts: ["db-07", "a.example"] }],
  ["", { ALLOW_HOST: "db-07, a.example" }, { allowedHosts: ["db-07", "a.example"] }],
  ["--allow-host b", { ALLOW_HOST: "a" }, { allowedHosts: ["b"] }],
  ["--allow-origin https://a.example --allow-origin http://[::1]:8080", {}, {
    allowedOrigins: ["https://a.example", "http://[::1]:8080"],
  }],
  ["", { ALLOW_ORIGIN: "https://a.example, http://b" }, {
    allowedOrigins: ["https://a.example", "http://b"],
  }],
  ["--allow-origin http://b", { ALLOW_ORIGIN: "http://a" }, { allowedOrigins: ["http://b"] }],
  ["", { ALLOW_ORIGIN: "" }, {}],
  ["--no-node-metrics --no-node-metrics", {}, {
    exposition: { nodeMetrics: false, nodePerf: false },
  }],
  ["--base-path /ringside", {}, { basePath: "/ringside" }],
  ["--base-path /", { BASE_PATH: "/a" }, {}],
  ["", { BASE_PATH: "/a/b" }, { basePath: "/a/b" }],
  ["--no-node-metrics", {}, { exposition: { nodeMetrics: false, nodePerf: false } }],
  ["", { NO_NODE_METRICS: "1" }, { exposition: { nodeMetrics: false, nodePerf: false } }],
  ["", { NO_NODE_METRICS: "0" }, {}],
  ["--compat node_perf", {}, { exposition: { nodeMetrics: true, nodePerf: true } }],
  [
    "--no-node-metrics",
    { COMPAT: "node_perf" },
    { exposition: { nodeMetrics: false, nodePerf: true } },
  ],
  ["--notify-socket /run/systemd/notify", {}, { notifySocket: "/run/systemd/notify" }],
  ["--notify-socket=", { NOTIFY_SOCKET: "@manager" }, { notifySocket: "@manager" }],
  ["--notify-socket=", {}, {}],
  ["", { FORMAT: "json" }, {}],
  ["--cpus 0-2,8", {}, { narrowing: { cpus: [0, 1, 2, 8] } }],
  ["--events llc,cpu-cycles", { CPUS: "1" }, {
    narrowing: { events: ["llc", "cycles"], cpus: [1] },
  }],
  ["", { EVENTS: "tlb" }, { narrowing: { events: ["tlb"] } }],
  ["--token secret", {}, { doors: doorToken("token", "--token", "secret") }],
  ["--token-file /t", {}, { doors: doorToken("file", "--token-file", "/t") }],
  ["", { TOKEN: "secret" }, { doors: doorToken("token", "RINGSIDE_TOKEN", "secret") }],
  ["", { TOKEN_FILE: "/t" }, { doors: doorToken("file", "RINGSIDE_TOKEN_FILE", "/t") }],
  ["--token-file /t", { TOKEN: "secret" }, { doors: doorToken("file", "--token-file", "/t") }],
  ["--token s", { TOKEN_FILE: "t", TOKEN: "v" }, { doors: doorToken("token", "--token", "s") }],
  ["--listen :80 --token s", {}, {
    address: { hostname: "0.0.0.0", port: 80 },
    doors: doorToken("token", "--token", "s"),
  }],
  ["--listen :80", { TOKEN_FILE: "/t" }, {
    address: { hostname: "0.0.0.0", port: 80 },
    doors: doorToken("file", "RINGSIDE_TOKEN_FILE", "/t"),
  }],
  ["--tls-cert /c", { TLS_KEY: "/k", TLS_CERT: "/d" }, {
    doors: {
      tls: {
        cert: { by: "--tls-cert", value: "/c" },
        key: { by: "RINGSIDE_TLS_KEY", value: "/k" },
      },
    },
  }],
];

function doorToken(from: "token" | "file", by: string, value: string): DoorOptions {
  return { token: { from, given: { by, value } } };
}

function parse(
  args: string,
  variables: Readonly<Record<string, string>> = {},
): ReturnType<typeof parseOptions> {
  return parseOptions(
    args.split(" ").filter((arg) => arg !== ""),
    (name) => variables[name.replace(/^RINGSIDE_/, "")],
  );
}

const BASE_PATH =
  "needs a path of letters, digits, -, _ and ~ without a last slash, such as /ringside";

Deno.test("parseOptions takes flags before variables before defaults", () => {
  for (const [args, variables, changed] of ACCEPTED) {
    const command = parse(args, variables);
    const expected: object = { name: "serve", ...SAMPLING, ...SERVE, ...changed };
    if (command.name !== "serve") throw new Error(`${args} is no service`);
    const { name, sampling, serve, doors } = command;
    assertEquals<object>({ name, ...sampling, ...serve, doors }, expected, args);
  }
});

Deno.test("parseOptions knows the other commands", () => {
  assertEquals(parse("--help"), { name: "help" });
  assertEquals(parse("-h"), { name: "help" });
  assertEquals(parse("--version"), { name: "version" });
  assertEquals(parse("once"), { name: "once", sampling: SAMPLING, format: "table" });
  assertEquals(parse("once --format json --interval 250ms"), {
    name: "once",
    sampling: { ...SAMPLING, intervalMs: 250 },
    format: "json",
  });
  assertEquals(parse("once --json"), { name: "once", sampling: SAMPLING, format: "json" });
  for (const format of ["prom", "csv"] as const) {
    assertEquals(parse(`once --format ${format}`), { name: "once", sampling: SAMPLING, format });
  }
  // The text of /metrics is chosen as the service's is.
  const prom = { name: "once", sampling: SAMPLING, format: "prom" } as const;
  const exposition = { nodeMetrics: false, nodePerf: true };
  assertEquals(parse("once --format prom --no-node-metrics --compat node_perf"), {
    ...prom,
    exposition,
  });
  assertEquals(parse("once --format prom", { NO_NODE_METRICS: "1" }), {
    ...prom,
    exposition: { nodeMetrics: false, nodePerf: false },
  });
  assertEquals(parse("doctor"), { name: "doctor", sampling: SAMPLING, format: "table" });
  assertEquals(parse("doctor --json"), { name: "doctor", sampling: SAMPLING, format: "json" });
  assertEquals(parse("check-perf"), { name: "check-perf", sampling: SAMPLING, seconds: 5 });
  assertEquals(parse("check-perf 2.5 --cpus 1"), {
    name: "check-perf",
    sampling: { ...SAMPLING, narrowing: { cpus: [1] } },
    seconds: 2.5,
  });
  assertEquals(parse("once", { FORMAT: "json" }), {
    name: "once",
    sampling: SAMPLING,
    format: "json",
  });
});

type Refused = readonly [string, Readonly<Record<string, string>>, string];

const INTERVAL = "needs a span of time from 10ms to 60s, such as 250ms, 1s or 1.5s";
const ORIGIN =
  "needs one origin as browsers write it: a scheme, a host and perhaps a port, in small letters and " +
  "without a last slash, such as https://wall.example.net";
const ADDRESS = "needs an IP address and a port up to 65535, such as 127.0.0.1:7878 or [::1]:7878";

const REFUSED: readonly Refused[] = [
  ["--interval 9ms", {}, `Cannot use --interval "9ms": ${INTERVAL}`],
  ["--interval 61s", {}, `Cannot use --interval "61s": ${INTERVAL}`],
  ["--interval fast", {}, `Cannot use --interval "fast": ${INTERVAL}`],
  ["", { INTERVAL: "0" }, `Cannot use RINGSIDE_INTERVAL "0": ${INTERVAL}`],
  ["--listen 7878", {}, `Cannot use --listen "7878": ${ADDRESS}`],
  ["", { LISTEN: "db-07:80" }, `Cannot use RINGSIDE_LISTEN "db-07:80": ${ADDRESS}`],
  [
    "--listen 192.0.2.1:80",
    {},
    "Cannot listen on 192.0.2.1:80: everybody who reaches this address would read the page, needs " +
    "--token-file, or a loopback address such as 127.0.0.1:80, or --insecure-no-auth",
  ],
  ["--procfs proc", {}, 'Cannot use --procfs "proc": needs an absolute path, such as /proc'],
  ["--base-path /a/", {}, `Cannot use --base-path "/a/": ${BASE_PATH}`],
  ["", { BASE_PATH: "/../a" }, `Cannot use RINGSIDE_BASE_PATH "/../a": ${BASE_PATH}`],
  ["--compat netdata", {}, 'Cannot use --compat "netdata": needs node_perf'],
  ["", { NO_NODE_METRICS: "yes" }, 'Cannot use RINGSIDE_NO_NODE_METRICS "yes": needs 1 or 0'],
  [
    "--notify-socket vsock:2:9999",
    {},
    'Cannot use --notify-socket "vsock:2:9999": needs an absolute path, or @ and a name, of at ' +
    "most 107 bytes",
  ],
  ["", { SYSFS: "x" }, 'Cannot use RINGSIDE_SYSFS "x": needs an absolute path, such as /sys'],
  [
    "--allow-host http://a",
    {},
    'Cannot use --allow-host "http://a": needs a host name without scheme and port, such as ' +
    "db-07.example.net",
  ],
  [
    "",
    { ALLOW_HOST: "a,,b" },
    'Cannot use RINGSIDE_ALLOW_HOST "": needs a host name without scheme and port, such as ' +
    "db-07.example.net",
  ],
  ...["*", "null", "a.example", "https://a.example/", "https://A.example", "https://*.a.example/x"]
    .map((origin): Refused => [
      `--allow-origin ${origin}`,
      {},
      `Cannot use --allow-origin "${origin}": ${ORIGIN}`,
    ]),
  [
    "",
    { ALLOW_ORIGIN: "https://a.example:443" },
    `Cannot use RINGSIDE_ALLOW_ORIGIN "https://a.example:443": ${ORIGIN}`,
  ],
  ["", { INSECURE_NO_AUTH: "yes" }, 'Cannot use RINGSIDE_INSECURE_NO_AUTH "yes": needs 1 or 0'],
  ["once --format xml", {}, 'Cannot use --format "xml": needs table, json, prom or csv'],
  ["doctor --format prom", {}, 'Cannot use --format "prom": needs table or json'],
  ["doctor", { FORMAT: "csv" }, 'Cannot use RINGSIDE_FORMAT "csv": needs table or json'],
  [
    "--format json",
    {},
    "Cannot use --format: it belongs to once and doctor, needs one of them before it",
  ],
  ["--json", {}, "Cannot use --json: it belongs to once and doctor, needs one of them before it"],
  ["doctor --format xml", {}, 'Cannot use --format "xml": needs table or json'],
  ["once --json --format csv", {}, 'Cannot use --json beside --format "csv": needs one of them'],
  ["once --format prom --compat bogus", {}, 'Cannot use --compat "bogus": needs node_perf'],
  ["twice", {}, 'Cannot run "twice": needs once, doctor, check-perf, or nothing'],
  ["once more", {}, 'Cannot run "once more": needs once, doctor, check-perf, or nothing'],
  ["doctor who", {}, 'Cannot run "doctor who": needs once, doctor, check-perf, or nothing'],
  ["check-perf 1 2", {}, 'Cannot run "check-perf 1 2": needs once, doctor, check-perf, or nothing'],
  ["check-perf 0", {}, 'Cannot check for "0": needs seconds from 1 to 3600, such as 5'],
  ["check-perf soon", {}, 'Cannot check for "soon": needs seconds from 1 to 3600, such as 5'],
  [
    "--events llc,cache",
    {},
    'Cannot use --events: found "cache", needs bundles (core, branch, llc, l1d, l2, tlb, l1i, stalls, ' +
    "clock) or events by perf's names, such as cache-misses",
  ],
  [
    "",
    { CPUS: "3-1" },
    'Cannot use RINGSIDE_CPUS: found "3-1", needs numbers and ranges below 8192',
  ],
  [
    "--events core,,llc",
    {},
    'Cannot use --events: found "" in "core,,llc", needs bundles (core, branch, llc, l1d, l2, tlb, ' +
    "l1i, stalls, clock) or events by perf's names, such as cache-misses",
  ],
  ["--cpus 0,,1", {}, 'Cannot use --cpus: found "", needs numbers and ranges below 8192'],
  ["--cpus=", {}, 'Cannot use --cpus "": needs CPU numbers and ranges, such as 0-3,8'],
  [
    "--token a --token-file /b",
    {},
    "Cannot use --token and --token-file together: needs one of them",
  ],
  [
    "",
    { TOKEN: "a", TOKEN_FILE: "/b" },
    "Cannot use RINGSIDE_TOKEN and RINGSIDE_TOKEN_FILE together: needs one of them",
  ],
  [
    "--token-file token",
    {},
    'Cannot use --token-file "token": needs an absolute path, such as /etc/ringside/file',
  ],
  ["--tls-cert /c", {}, "Cannot use --tls-cert alone: TLS needs --tls-key with it"],
  ["", { TLS_KEY: "/k" }, "Cannot use RINGSIDE_TLS_KEY alone: TLS needs --tls-cert with it"],
  ["--colour", {}, "Cannot read the arguments: Unknown option '--colour', --help lists them"],
  [
    "--otlp=1",
    {},
    "Cannot read the arguments: Option '--otlp' does not take an argument, --help lists them",
  ],
  [
    "--notify-socket",
    {},
    "Cannot use --notify-socket: nothing stands behind it, needs PATH, as --help says",
  ],
  [
    "--interval --otlp",
    {},
    "Cannot use --interval: another flag stands behind it, needs SPAN, or --interval=SPAN where that " +
    "begins with -",
  ],
  [
    "--prometheus-header -a:b",
    {},
    "Cannot use --prometheus-header: another flag stands behind it, needs NAME:VALUE, or " +
    "--prometheus-header=NAME:VALUE where that begins with -",
  ],
  ["--interval 1s --interval=2s", {}, "Cannot use --interval twice: needs it once"],
  ["--token a --listen :80 --token b", {}, "Cannot use --token twice: needs it once"],
];

Deno.test("parseOptions says of each flag that has a value which one it needs", () => {
  for (const [flag, { type }] of Object.entries(FLAGS)) {
    if (type !== "string") continue;
    const { message } = assertThrows(() => parse(`--${flag}`), OptionError);
    assertMatch(
      message,
      /^Cannot use --[a-z-]+: nothing stands behind it, needs [A-Z:]+, as --help says$/,
    );
  }
});

Deno.test("once, doctor and check-perf have no doors, whatever a unit file says of them", () => {
  const variables = { TOKEN: "a", TOKEN_FILE: "b", TLS_CERT: "c" };
  assertEquals(parse("once", variables), { name: "once", sampling: SAMPLING, format: "table" });
});

Deno.test("parseOptions refuses what is wrong with one line that says what was given and needed", () => {
  for (const [args, variables, message] of REFUSED) {
    const error = assertThrows(() => parse(args, variables), OptionError);
    assertEquals(error.message, message);
  }
});

Deno.test("asGiven names the variable that was set, and the flag where that was given", () => {
  const said = "Cannot use --cpus 7: needs --token-file or --allow-net=a";
  const variables: Readonly<Record<string, string>> = { RINGSIDE_CPUS: "7", RINGSIDE_TOKEN: "t" };
  const read = (args: readonly string[]): string => asGiven(said, args, (name) => variables[name]);
  const named = "Cannot use RINGSIDE_CPUS 7: needs --token-file or --allow-net=a";
  assertEquals(read([]), named);
  assertEquals(read(["once", "--cpus-x"]), named);
  assertEquals(read(["--cpus", "7"]), said);
  assertEquals(read(["--cpus=7"]), said);
});

Deno.test("asGiven leaves what is needed as it is: a variable that is set to 0 is not", () => {
  const said =
    "Cannot listen on 0.0.0.0:80: everybody would read the page, needs --insecure-no-auth";
  assertEquals(asGiven(said, [], () => "0"), said);
});

/** The flags that there are, by the names and words in which people find them. @module */
import { BUNDLES } from "../collectors/mod.ts";
import { DOOR_FLAGS } from "./doors/options.ts";
import { FLEET_FLAGS } from "./fleet/options.ts";

export const ONCE_FORMATS = ["table", "json", "prom", "csv"] as const;
export type OnceFormat = (typeof ONCE_FORMATS)[number];
export const DOCTOR_FORMATS = ["table", "json"] as const;
export type DoctorFormat = (typeof DOCTOR_FORMATS)[number];

/** Names that others have for what `/metrics` tells. */
export const COMPAT = ["node_perf"] as const;

export const FLAGS = {
  "listen": { type: "string" },
  "interval": { type: "string" },
  "procfs": { type: "string" },
  "sysfs": { type: "string" },
  "events": { type: "string" },
  "cpus": { type: "string" },
  "allow-host": { type: "string", multiple: true },
  "allow-origin": { type: "string", multiple: true },
  "base-path": { type: "string" },
  "notify-socket": { type: "string" },
  "insecure-no-auth": { type: "boolean" },
  "no-node-metrics": { type: "boolean" },
  "compat": { type: "string" },
  "otlp": { type: "boolean" },
  ...DOOR_FLAGS,
  ...FLEET_FLAGS,
  "format": { type: "string" },
  "json": { type: "boolean" },
  "help": { type: "boolean", short: "h" },
  "version": { type: "boolean" },
} as const;

export const USAGE = `Usage: main.ts [once | doctor | check-perf [SECONDS]] [flags]

Shows this host's counters live at http://127.0.0.1:7878.
\`once\` prints them a single time and ends. \`doctor\` prints what is not counted, why, and what would
help; it ends with 0 when nothing that is missing can be had here, with 1 when something can, with 2
when it failed. \`check-perf\` counts beside \`perf stat\` for some seconds (default 5) and prints both;
it ends with 0 when they agree, with 1 when they do not, with 2 when it could not run.

  --listen ADDRESS      IP address and port (default 127.0.0.1:7878); :7878 is every interface; others
                        than 127.0.0.1, [::1], 0.0.0.0 and [::] Deno must be allowed, by --allow-net
  --interval SPAN       between two readings, 10ms to 60s (default 1s)
  --procfs DIRECTORY    where the host's procfs is mounted (default /proc)
  --sysfs DIRECTORY     where the host's sysfs is mounted (default /sys)
  --events LIST         hardware events to count: ${BUNDLES.join(",")},
                        or events by perf's names such as cache-misses (default: all)
  --cpus LIST           CPUs on which perf events are opened, such as 0-3,8 (default: all)
  --allow-host NAME     a further name that requests may come for; may be repeated
  --allow-origin ORIGIN a site whose pages may read JSON and /metrics, such as https://wall.example.net;
                        may be repeated
  --base-path PATH      below which a reverse proxy passes requests on, such as /ringside
  --notify-socket PATH  where a service manager hears that it is alive, as systemd's NOTIFY_SOCKET says
  --no-node-metrics     leave node_* out of /metrics, where node_exporter tells them
  --compat NAMES        also tell /metrics by other names: ${COMPAT.join(" or ")}, those of
                        node_exporter's collector perf
  --token-file FILE     a token that readers must have, from 16 characters; needed beyond loopback
  --token TOKEN         the same; every user of this host sees it in ps, so rather the file
  --insecure-no-auth    serve other hosts too, to everybody, without a login
  --tls-cert FILE       serve https, with this certificate and its chain (PEM) and
  --tls-key FILE        this key (PEM, without a passphrase)
  --prometheus-url URL  an engine of PromQL that knows more hosts: the page /fleet shows them
  --prometheus-header NAME:VALUE
                        that the engine wants, as a tenant's name; may be repeated
  --prometheus-header-file FILE
                        the same from a file that only the service reads, a line each
  --otlp                send metrics to an OpenTelemetry collector, as the OTEL_* variables say
  --format FORMAT       table (default) or json; of \`once\` also prom, the text of /metrics, or csv
  --json                the same as --format json
  --help, --version

Each flag but the last three has a variable, such as RINGSIDE_LISTEN; the flag wins. RINGSIDE_ALLOW_HOST
and RINGSIDE_ALLOW_ORIGIN take several with commas, RINGSIDE_PROMETHEUS_HEADER one header a line,
RINGSIDE_INSECURE_NO_AUTH, RINGSIDE_NO_NODE_METRICS and RINGSIDE_OTLP take 1.
`;

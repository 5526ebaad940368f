/**
 * Runs in the main thread of the service, before `main.ts`: in the turn of the event loop after the one
 * in which it began to listen, when the first request could be answered, it says what rights are left.
 *
 * @module
 */
const RIGHTS: readonly Deno.PermissionDescriptor[] = [
  { name: "ffi" },
  { name: "read" },
  { name: "read", path: "." },
  { name: "env", variable: "RINGSIDE_TOKEN" },
  { name: "env", variable: "OTEL_EXPORTER_OTLP_HEADERS" },
  { name: "net" },
  { name: "net", host: "192.0.2.1" },
];

function left(): readonly string[] {
  return RIGHTS.filter((right) => Deno.permissions.querySync(right).state === "granted")
    .map((right) => JSON.stringify(right));
}

const { serve } = Deno;
Deno.serve = ((...options: Parameters<typeof serve>) => {
  const server = serve(...options);
  setTimeout(() => console.log(`RIGHTS LEFT ${JSON.stringify(left())}`), 0);
  return server;
}) as typeof serve;

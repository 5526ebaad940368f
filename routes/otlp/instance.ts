/**
 * Which of all services this one is, in `service.instance.id`: a UUID of version 5 (RFC 9562, 5.5) in the
 * namespace that OpenTelemetry has for it, the same after each start. What it is made of, a machine-id
 * among it, cannot be read from it.
 *
 * https://opentelemetry.io/docs/specs/semconv/registry/attributes/service/
 *
 * @module
 */
import type { HostProfile } from "../../collectors/mod.ts";
import { type Address, printAddress } from "../address.ts";

const NAMESPACE = "4d63009a8d0f11eeaad74c796ed8e320";

/** Differs where the machine, its name or the address that it listens on does. */
export async function instanceId(
  { hostId = "", hostname }: Pick<HostProfile, "hostId" | "hostname">,
  address: Address,
): Promise<string> {
  return await uuid5(NAMESPACE, [hostId, hostname, printAddress(address)].join("\n"));
}

async function uuid5(namespace: string, name: string): Promise<string> {
  const named = new TextEncoder().encode(name);
  const hashed = await crypto.subtle.digest(
    "SHA-1",
    Uint8Array.of(...Uint8Array.fromHex(namespace), ...named),
  );
  const bytes = new Uint8Array(hashed, 0, 16);
  bytes[6] = 0x50 | bytes[6]! & 0x0f;
  bytes[8] = 0x80 | bytes[8]! & 0x3f;
  return bytes.toHex().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What the composition root may import of the routes. @module */
import "./modules.ts";
export { printAddress } from "./address.ts";
export { hostOf } from "./confined_worker.ts";
export { doorNote, openDoors } from "./doors/doors.ts";
export { USAGE } from "./flags.ts";
export type { OtlpStart } from "./otlp/exporter.ts";
export { asGiven, type Command, OptionError, parseOptions } from "./options.ts";
export { type Listener, ListenError } from "./server.ts";
export { complain, print, say } from "./speech.ts";
export { startService } from "./service.ts";

// Loaded when it is asked for: most services send nothing, ask no engine, and print nothing.

export const startOtlp: typeof import("./otlp/exporter.ts").startOtlp = async (parts) => {
  const otlp = await import("./otlp/exporter.ts");
  return await otlp.startOtlp(parts);
};

export const openEngine: typeof import("./fleet/engine.ts").openEngine = async (options, files) => {
  if (options === undefined) return undefined;
  const engine = await import("./fleet/engine.ts");
  return await engine.openEngine(options, files);
};

export async function loadPrinting(): Promise<typeof import("./printing.ts")> {
  return await import("./printing.ts");
}

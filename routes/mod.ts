/** What the composition root may import of the routes. @module */
export { printAddress } from "./address.ts";
export { hostOf } from "./confined_worker.ts";
export { openEngine } from "./fleet_engine.ts";
export { doorNote, openDoors } from "./doors.ts";
export { checkText as printCheck } from "../views/check_text.ts";
export { USAGE } from "./flags.ts";
export type { OtlpStart } from "./otlp.ts";
export { type Command, OptionError, parseOptions } from "./options.ts";
export { type Listener, ListenError } from "./server.ts";
export { complain, say } from "./speech.ts";
export { printDoctor, printOnce, startService } from "./service.ts";

/** Loaded when it is asked for: most services send nothing. */
export const startOtlp: typeof import("./otlp.ts").startOtlp = async (parts) => {
  const otlp = await import("./otlp.ts");
  return await otlp.startOtlp(parts);
};

/** What the composition root may import of the routes. @module */
export { printAddress } from "./address.ts";
export { openEngine } from "./fleet_engine.ts";
export { doorNote, openDoors } from "./doors.ts";
export { checkText as printCheck } from "../views/check_text.ts";
export { USAGE } from "./flags.ts";
export { type Command, OptionError, parseOptions } from "./options.ts";
export { type Listener, ListenError } from "./server.ts";
export { complain, say } from "./speech.ts";
export { printDoctor, printOnce, startService } from "./service.ts";

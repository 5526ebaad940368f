/** What the composition root may import of the routes. @module */
export { isLoopback, printAddress } from "./address.ts";
export { once } from "./once.ts";
export { type Command, OptionError, parseOptions, USAGE } from "./options.ts";
export { ListenError, type Listener } from "./server.ts";
export { startService } from "./service.ts";

/** What the composition root may import of the routes. @module */
export { isLoopback, printAddress } from "./address.ts";
export { type Command, OptionError, parseOptions, USAGE } from "./options.ts";
export { type Listener, ListenError } from "./server.ts";
export { printOnce, startService } from "./service.ts";

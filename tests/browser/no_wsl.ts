/**
 * playwright-core asks for a file below /proc as soon as it is loaded, to see whether it runs under
 * WSL, and Deno answers that only with `--allow-all`. Its package is-wsl leaves the question out
 * where this variable is set. Imported before it.
 *
 * @module
 */
Deno.env.set("__IS_WSL_TEST__", "1");

/** Headers that options give for requests of the service's own. @module */

/** RFC 9110, 5.6.2 and 5.5; neither can end a line. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Those of the connection and of the body are not a person's to set. */
const BARRED =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-(length|type|encoding))$/i;

/** Whether it can be sent beside what the service sets itself. */
export function isSendable(name: string, value: string): boolean {
  return NAME.test(name) && VALUE.test(value) && !BARRED.test(name);
}

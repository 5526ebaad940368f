/** Messages of server-sent events, as text (WHATWG HTML, section 9.2). @module */

export interface Message {
  /** Absent: an unnamed message. */
  readonly event?: string;
  readonly id?: string;
  /** Milliseconds before a client connects again. */
  readonly retryMs?: number;
  readonly data: string;
}

/** A comment that keeps proxies and clients from taking a quiet stream for a dead one. */
export const HEARTBEAT = ":\n\n";

/** One message with its empty line. Line ends of any kind in the data become lines of data. */
export function printMessage(message: Message): string {
  let text = "";
  if (message.event !== undefined) text += `event: ${message.event}\n`;
  if (message.id !== undefined) text += `id: ${message.id}\n`;
  if (message.retryMs !== undefined) text += `retry: ${message.retryMs}\n`;
  return `${text}data: ${message.data.replace(/\r\n|\r|\n/g, "\ndata: ")}\n\n`;
}

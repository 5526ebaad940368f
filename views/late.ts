/** What is said where ticks do not come: how old the figures are, and what holds them up. @module */

export interface Late {
  /** Since the last tick, ms. */
  readonly ageMs: number;
  /** The collector that is being read; null where none is. */
  readonly reading: string | null;
}

/** `no tick for 12 s, collector "filesystem" hangs`. Without a capital: it follows a time, or a colon. */
export function lateText({ ageMs, reading }: Late): string {
  const seconds = Math.floor(ageMs / 1000);
  return `no tick for ${seconds} s` + (reading === null ? "" : `, collector "${reading}" hangs`);
}

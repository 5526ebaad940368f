/** Events of perf without their PMU. @module */

/** `cpu_core/cycles/` and `cpu/event=0x24,umask=0xff,name=l2_rqsts.references/`. */
const OF_A_PMU = /^\w+\/(.*)\/$/;
const NAME_TERM = /(?:^|,)name=([^,]+)/;

/** An event's name without its PMU, which is told beside it: the maker's where perf is told it. */
export function eventName(event: string): string {
  const terms = OF_A_PMU.exec(event)?.[1];
  if (terms === undefined) return event;
  return NAME_TERM.exec(terms)?.[1] ?? terms;
}

/** The same of several events that are counted for together. */
export function eventLabel(events: readonly string[]): string {
  return events.map(eventName).join("+");
}

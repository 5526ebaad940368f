/**
 * `/api/v1/perf`, in the shape of the Python service that this one succeeds, so that its clients go on
 * working: they look at `available` first.
 *
 * @module
 */

export interface PerfUnavailable {
  readonly available: false;
  readonly reason: string;
}

export function perfJson(version: string): PerfUnavailable {
  return {
    available: false,
    reason: `No hardware event is counted: Ringside ${version} opens no hardware counters`,
  };
}

import type { CollectorSpec } from "./collector.ts";

export const softwareEvents: CollectorSpec = {
  id: "software_events",
  minIntervalMs: 0,
  open: () => ({ read: () => {}, close: () => {} }),
};

import type { CollectorSpec } from "./collector.ts";

export const frequency: CollectorSpec = {
  id: "frequency",
  minIntervalMs: 0,
  open: () => ({ read: () => {}, close: () => {} }),
};

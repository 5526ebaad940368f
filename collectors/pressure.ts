import type { CollectorSpec } from "./collector.ts";

export const pressure: CollectorSpec = {
  id: "pressure",
  minIntervalMs: 0,
  open: () => ({ read: () => {}, close: () => {} }),
};

import type { CollectorSpec } from "./collector.ts";

export const thermal: CollectorSpec = {
  id: "thermal",
  minIntervalMs: 0,
  open: () => ({ read: () => {}, close: () => {} }),
};

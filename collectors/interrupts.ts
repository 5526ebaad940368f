import type { CollectorSpec } from "./collector.ts";

export const interrupts: CollectorSpec = {
  id: "interrupts",
  minIntervalMs: 0,
  open: () => ({ read: () => {}, close: () => {} }),
};

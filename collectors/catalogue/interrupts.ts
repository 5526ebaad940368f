import type { Subject } from "../catalogue.ts";

export const interrupts: Subject = { metrics: [] };

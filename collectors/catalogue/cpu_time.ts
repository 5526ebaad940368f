import type { Subject } from "../catalogue.ts";

export const cpuTime: Subject = { metrics: [] };

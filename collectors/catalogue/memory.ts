import type { Subject } from "../catalogue.ts";

export const memory: Subject = { metrics: [] };

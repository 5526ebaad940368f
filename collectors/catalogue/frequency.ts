import type { Subject } from "../catalogue.ts";

export const frequency: Subject = { metrics: [] };

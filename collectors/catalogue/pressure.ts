import type { Subject } from "../catalogue.ts";

export const pressure: Subject = { metrics: [] };

import type { Subject } from "../catalogue.ts";

export const thermal: Subject = { metrics: [] };

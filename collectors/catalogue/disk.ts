import type { Subject } from "../catalogue.ts";

export const disk: Subject = { metrics: [] };

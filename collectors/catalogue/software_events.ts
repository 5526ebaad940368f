import type { Subject } from "../catalogue.ts";

export const softwareEvents: Subject = { metrics: [] };

import type { Subject } from "../catalogue.ts";

export const processes: Subject = { metrics: [] };

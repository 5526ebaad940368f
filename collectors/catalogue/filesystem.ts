import type { Subject } from "../catalogue.ts";

export const filesystem: Subject = { metrics: [] };

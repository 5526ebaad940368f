import type { Subject } from "../catalogue.ts";

export const numa: Subject = { metrics: [] };

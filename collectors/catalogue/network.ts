import type { Subject } from "../catalogue.ts";

export const network: Subject = { metrics: [] };

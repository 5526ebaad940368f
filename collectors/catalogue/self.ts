import type { Subject } from "../catalogue.ts";

export const self: Subject = { metrics: [] };

import type { Subject } from "../catalogue.ts";

export const load: Subject = { metrics: [] };

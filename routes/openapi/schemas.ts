/** The schema of every answer that has one, by the name under which the description refers to it. @module */
import { CATALOGUES } from "./catalogue.ts";
import { DIAGNOSES } from "./doctor.ts";
import { READINGS } from "./reading.ts";
import { SERIES_SCHEMAS } from "./series.ts";
import { SMALL_ANSWERS } from "./small_answers.ts";
import { SNAPSHOTS } from "./snapshot.ts";

export const SCHEMAS = {
  ...SNAPSHOTS,
  ...READINGS,
  ...SERIES_SCHEMAS,
  ...CATALOGUES,
  ...DIAGNOSES,
  ...SMALL_ANSWERS,
};

export type SchemaName = keyof typeof SCHEMAS;

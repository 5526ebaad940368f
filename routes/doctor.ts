/** The doctor over HTTP and in a terminal. @module */
import { diagnose } from "../collectors/doctor/diagnosis.ts";
import type { Sampler } from "../collectors/mod.ts";
import { HTML_TYPE, JSON_TYPE, send } from "./answer.ts";
import type { Deps } from "./app.ts";
import { parseFields } from "./fields.ts";
import type { Handler } from "./lazily.ts";
import type { Newest } from "./newest.ts";
import { snapshotAfterTicks } from "./once.ts";
import type { DoctorFormat } from "./flags.ts";
import { queryOf } from "./pages.ts";
import { NOTHING } from "./query.ts";
import type { Rendering } from "./rendering.ts";

const JSON_INDENT = 2;

/** `/doctor`: whole without scripts; it is as fresh as its last tick. */
export async function doctorPage(deps: Deps, newest: Newest): Promise<Handler> {
  const doctor = await deps.rendering.doctor();
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const page = newest.answer("doctor", (snapshot) => {
      return doctor.document({ snapshot, diagnosis: diagnose(snapshot) });
    });
    return send(context, page, HTML_TYPE);
  };
}

/** `/api/v1/doctor`: the same for programs. */
export async function doctorJson(deps: Deps, newest: Newest): Promise<Handler> {
  const doctor = await deps.rendering.doctor();
  return (context) => {
    parseFields(NOTHING, queryOf(context));
    const json = newest.answer("doctor json", (snapshot) => {
      return JSON.stringify(doctor.json(diagnose(snapshot)));
    });
    return send(context, json, JSON_TYPE);
  };
}

/** What a terminal is told, and the exit code that says the same. */
export interface Examination {
  readonly text: string;
  readonly exitCode: number;
}

/** Resolves after the ticks that counters need to show anything. Rejects when the sampler ends before. */
export async function examine(
  sampler: Sampler,
  format: DoctorFormat,
  rendering: Rendering,
): Promise<Examination> {
  const diagnosis = diagnose(await snapshotAfterTicks(sampler));
  const doctor = await rendering.doctor();
  const text = format === "table"
    ? doctor.text(diagnosis)
    : `${JSON.stringify(doctor.json(diagnosis), null, JSON_INDENT)}\n`;
  return { text, exitCode: diagnosis.exitCode };
}

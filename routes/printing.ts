/** What a terminal is shown of the service, a single time. @module */
import type { Sampler } from "../collectors/mod.ts";
import type { ExpositionChoice } from "../views/exposition/exposition.ts";
import { type Examination, examine } from "./doctor.ts";
import type { DoctorFormat, OnceFormat } from "./flags.ts";
import { once } from "./once.ts";
import { views } from "./service.ts";

interface PrintOptions<Format> {
  readonly sampler: Sampler;
  readonly version: string;
  readonly format: Format;
}

interface OnceOptions extends PrintOptions<OnceFormat> {
  /** Of the text of `/metrics`. */
  readonly exposition: ExpositionChoice | undefined;
}

/** What the service shows, a single time. Rejects when the sampler ends before it has. */
export function printOnce(options: OnceOptions): Promise<string> {
  const { sampler, format, version, exposition } = options;
  return once(sampler, format, views(version, { exposition }));
}

/** What the doctor finds. Rejects when the sampler ends before it has looked. */
export function printDoctor(options: PrintOptions<DoctorFormat>): Promise<Examination> {
  return examine(options.sampler, options.format, views(options.version));
}

export { checkText as printCheck } from "../views/check_text.ts";

/** A snapshot for a terminal: every metric with its value, its unit and what it is worth. @module */
import { shownUnit } from "../collectors/catalogue.ts";
import type { Snapshot } from "../collectors/readings/snapshot.ts";
import { isMeasured, type Reading } from "../collectors/trust.ts";
import { absentWords, boundSign, instant, spell, trustWords } from "./format.ts";
import { TOLD } from "./told.ts";

/** Wider names push their own line to the right, and no other. */
const NAME_WIDTH = 52;
const VALUE_WIDTH = 12;
const UNIT_WIDTH = 6;

/** Lines of `name  value unit  trust`; then the causes of what is missing. Ends with a newline. */
export function tableText(snapshot: Snapshot): string {
  const { profile, problems } = snapshot;
  const lines = [
    `${profile.hostname}, Linux ${profile.kernelRelease}, ${instant(snapshot.wallMs).join(" ")}`,
    "",
  ];
  for (const metric of TOLD) {
    const unit = shownUnit(metric);
    const host = snapshot.read(metric.id);
    const instances = metric.scope === "host" ? [] : snapshot.instances(metric.scope);
    // What has no sensible sum has no line of the host.
    if (isMeasured(host) || host.absent !== "finer_only") lines.push(line(metric.id, host, unit));
    for (const { name } of instances) {
      lines.push(line(`${metric.id}{${printable(name)}}`, snapshot.read(metric.id, name), unit));
    }
  }
  if (problems.length > 0) lines.push("");
  for (const { collector, message, remedy } of problems) {
    lines.push(`${collector}: ${printable(message)}`);
    if (remedy !== undefined) lines.push(`  ${printable(remedy)}`);
  }
  return `${lines.join("\n")}\n`;
}

function line(name: string, reading: Reading, unit: string): string {
  const head = name.padEnd(NAME_WIDTH);
  if (!isMeasured(reading)) {
    return `${head} ${"".padStart(VALUE_WIDTH)} ${absentWords(reading.absent)}`;
  }
  const { value, unit: suffix } = spell(reading.value, unit);
  const number = boundSign(reading) + value;
  return `${head} ${number.padStart(VALUE_WIDTH)} ${suffix.padEnd(UNIT_WIDTH)} ${
    trustWords(reading)
  }`;
}

/** Names come from the machine: control characters would write to the terminal what they like. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?");
}

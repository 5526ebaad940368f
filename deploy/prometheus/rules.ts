/**
 * Writes `rules.yml`: recording rules made of the catalogue's formulas, then alerts.
 *
 * deno run --allow-read --allow-write=deploy deploy/prometheus/rules.ts
 *
 * @module
 */
import { stringify } from "yaml";
import { ALERTS } from "./alerts.ts";
import { RECORDING_GROUPS } from "./recording.ts";

const FILE = new URL("./rules.yml", import.meta.url);
const LINE_WIDTH = 100;

const HEAD =
  `# Made by deploy/prometheus/rules.ts of the catalogue's formulas: \`deno task panels\`.
# Each host's quantities as ratios of sums over five minutes, and alerts.
# What a host does not measure has no series here either.
`;

/** The whole file. */
export function rulesYaml(): string {
  const groups = [...RECORDING_GROUPS, ALERTS];
  return HEAD + stringify({ groups }, { lineWidth: LINE_WIDTH, aliasDuplicateObjects: false });
}

if (import.meta.main) await Deno.writeTextFile(FILE, rulesYaml());

/**
 * Sizes of EC2 instances from which on they have the CPU's full set of events, as AWS's guide for
 * performance analysis on Graviton lists them (aws-graviton-getting-started, perfrunbook). Families that
 * it does not name are not guessed at.
 *
 * @module
 */

/** By generation and maker (i Intel, a AMD, g Graviton). */
const LEAST_SIZES: Readonly<Record<string, string>> = {
  "5i": "12xlarge",
  "6i": "16xlarge",
  "6a": "24xlarge",
  "6g": "16xlarge",
  "7i": "24xlarge",
  "7a": "24xlarge",
  "7g": "16xlarge",
  "8i": "48xlarge",
  "8a": "24xlarge",
  "8g": "24xlarge",
  "9g": "48xlarge",
};
/** Servers of half the size. */
const LEAST_SIZE_C5 = "9xlarge";

const INSTANCE = /^Amazon EC2 ([cmr])(\d)([a-z]*)\.\w/;

/**
 * The smallest type of the same family with the full set: `m6i.16xlarge`. `firmware`: maker and product
 * as the firmware tells them. Undefined for what the guide does not list.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { leastFullType } from "./cloud_pmu.ts";
 *
 * assertEquals(leastFullType("Amazon EC2 m6id.large"), "m6id.16xlarge");
 * assertEquals(leastFullType("Amazon EC2 t3.micro"), undefined);
 * ```
 */
export function leastFullType(firmware: string | undefined): string | undefined {
  const [, kind, generation, options] = INSTANCE.exec(firmware ?? "") ?? [];
  if (kind === undefined) return undefined;
  // The fifth generation has no letter for Intel.
  const maker = /^[iag]/.exec(options!)?.[0] ?? (generation === "5" ? "i" : "");
  const size = LEAST_SIZES[generation! + maker];
  if (size === undefined) return undefined;
  const type = `${kind}${generation}${options}`;
  return `${type}.${type.startsWith("c5") ? LEAST_SIZE_C5 : size}`;
}

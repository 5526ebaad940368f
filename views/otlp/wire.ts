/** What both encodings of OTLP have in common. @module */

/** AGGREGATION_TEMPORALITY_CUMULATIVE of opentelemetry/proto/metrics/v1/metrics.proto. */
export const CUMULATIVE = 2;

/** A double has no room for nanoseconds since 1970: what is kept is microseconds. */
export function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1000)) * 1000n;
}

/**
 * Reads what is sent over OTLP as a collector does: protobuf by OpenTelemetry's definitions and a
 * decoder that is not ours, into the shape that OTLP/JSON has.
 *
 * @module
 */
import protobuf from "protobufjs";
import DEFINITIONS from "./fixtures/otlp/metrics.proto" with { type: "text" };

const { root } = protobuf.parse(DEFINITIONS);
const REQUEST = root.lookupType("ExportMetricsServiceRequest");
const RESPONSE = root.lookupType("ExportMetricsServiceResponse");

export interface SentValue {
  readonly stringValue?: string;
  readonly intValue?: string;
}

export interface SentPoint {
  readonly attributes?: readonly { readonly key: string; readonly value: SentValue }[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asDouble: number;
}

export interface SentMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly gauge?: { readonly dataPoints: readonly SentPoint[] };
  readonly sum?: {
    readonly dataPoints: readonly SentPoint[];
    readonly aggregationTemporality: number;
    readonly isMonotonic?: boolean;
  };
}

export interface Sent {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: SentPoint["attributes"] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly metrics: readonly SentMetric[];
    }[];
  }[];
}

/** Throws where the bytes are not such a message. */
export function decodeRequest(bytes: Uint8Array): Sent {
  return REQUEST.toObject(REQUEST.decode(bytes), { longs: String }) as Sent;
}

/** What a receiver answers that takes only a part. */
export function encodePartialSuccess(rejectedDataPoints: number, errorMessage: string): Uint8Array {
  return RESPONSE.encode(
    RESPONSE.fromObject({ partialSuccess: { rejectedDataPoints, errorMessage } }),
  ).finish();
}

export function metricsOf(sent: Sent): ReadonlyMap<string, SentMetric> {
  const metrics = sent.resourceMetrics.flatMap(({ scopeMetrics }) =>
    scopeMetrics.flatMap((scope) => scope.metrics)
  );
  return new Map(metrics.map((metric) => [metric.name, metric]));
}

/** Attributes as a plain object. */
export function named(attributes: SentPoint["attributes"] = []): Record<string, string> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? `int ${value.intValue}`]),
  );
}

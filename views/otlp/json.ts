/**
 * Metrics of OpenTelemetry as OTLP/JSON: the messages of protobuf in JSON, with numbers of 64 bits as
 * text and enumerations as numbers.
 *
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 *
 * @module
 */
import type { Attributes, OtlpMessage, OtlpMetric, OtlpPoint } from "./metrics.ts";
import { CUMULATIVE, nanoseconds } from "./wire.ts";

export function otlpJson({ resource, scope, metrics }: OtlpMessage): unknown {
  return {
    resourceMetrics: [{
      resource: { attributes: attributesOf(resource) },
      scopeMetrics: [{ scope, metrics: metrics.map(metricOf) }],
    }],
  };
}

function metricOf({ name, help, unit, kind, points }: OtlpMetric): unknown {
  const dataPoints = points.map(pointOf);
  const head = { name, description: help, unit };
  return kind === "gauge" ? { ...head, gauge: { dataPoints } } : {
    ...head,
    sum: {
      aggregationTemporality: CUMULATIVE,
      isMonotonic: kind === "total",
      dataPoints,
    },
  };
}

function pointOf({ attributes, value, atMs, sinceMs }: OtlpPoint): unknown {
  return {
    attributes: attributesOf(attributes),
    ...(sinceMs === undefined ? {} : { startTimeUnixNano: String(nanoseconds(sinceMs)) }),
    timeUnixNano: String(nanoseconds(atMs)),
    asDouble: value,
  };
}

function attributesOf(attributes: Attributes): unknown {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === "number" ? { intValue: String(value) } : { stringValue: value },
  }));
}
